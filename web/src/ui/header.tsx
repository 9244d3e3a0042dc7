import { signal } from "@preact/signals";
import { describe, MODE_HELP } from "../scale/legend";
import { modesOf, type Mode } from "../scale/norm";
import { gradient, PALETTE_LABEL, PALETTES, type PaletteName } from "../scale/palette";
import { titleOf } from "../wire/combination";
import { paletteBytes } from "../chart/looks";
import { MOST_THRESHOLD } from "../state/settings";
import { favouritesFirst, isFavourite } from "../state/favourites";
import { VenueChips } from "./chips";
import { Segments, Toggle, type Choice } from "./controls";
import { forgetExport } from "./export";
import { Favourite } from "./favourite";
import { Leverage } from "./leverage";
import { toggleMap } from "./liq-map";
import { Look } from "./look";
import { narrow } from "./narrow";
import type { Page } from "./page";
import { RailToggle } from "./rail";
import { Ranges } from "./ranges";

const MODES: readonly Choice<Mode>[] = [
  { value: "z", label: "z", tip: `${MODE_HELP.z}  ·  N next` },
  { value: "robust", label: "robust", tip: `${MODE_HELP.robust}  ·  N next` },
  { value: "percentile", label: "pct", tip: `${MODE_HELP.percentile}  ·  N next` },
  { value: "usd", label: "USD", tip: `${MODE_HELP.usd}  ·  N next` },
  { value: "linear", label: "lin", tip: `${MODE_HELP.linear}  ·  N next` },
];

/** On a phone the second row of controls is folded away. */
const more = signal(false);

/** Everything that is chosen: instrument, range, leverage, normalisation, palette, threshold. */
export function Header({ page }: { page: Page }) {
  const { settings, session, sheet } = page, modes = modesOf(session.instrument.value?.unit);
  return (
    <header class="header">
      <h1 class="brand">Halcyon</h1>
      <Picker page={page} />
      {session.instrument.value && <Favourite name={session.instrument.value} tip="Favourite: listed first  ·  @" />}
      <VenueChips page={page} />
      {!narrow.value && <Ranges page={page} />}
      {narrow.value && <Reading page={page} />}
      <span class="spring" />
      <Toggle label="Keyboard help" tip="Keys and gestures  ·  ?" onPress={() => void (sheet.value = "keys")}>?</Toggle>
      <Toggle label="More controls" tip="Colours and axes" pressed={more.value} onPress={() => void (more.value = !more.value)}>⋯</Toggle>
      <div class="more" data-open={more.value}>
      {!narrow.value && <Reading page={page} />}
      <Segments label="Normalisation" value={settings.mode.value} choices={MODES.filter((mode) => modes.includes(mode.value))} onChoose={(mode) => void (settings.mode.value = mode)} />
      <Threshold page={page} />
      <PalettePicker page={page} />
      <Toggle label="log price axis" tip="Price axis: logarithmic or linear  ·  G" pressed={settings.axis.value === "log"} onPress={() => void (settings.axis.value = settings.axis.value === "log" ? "linear" : "log")}>
        log
      </Toggle>
      <Toggle label="Liquidation profile" tip="Profile: what stands by price  ·  F" pressed={settings.profile.value} onPress={() => void (settings.profile.value = !settings.profile.value)}>
        profile
      </Toggle>
      <Toggle label="Liquidation map" tip="Liquidation map: USD by price as a view of its own, by leverage or venue, with the sums from price  ·  $" pressed={settings.map.value !== null} onPress={() => toggleMap(page)}>
        map
      </Toggle>
      <Toggle label="Zones" tip="Zones: neighbouring hot levels, merged and listed beside the chart  ·  Z" pressed={settings.zones.value} onPress={() => void (settings.zones.value = !settings.zones.value)}>
        zones
      </Toggle>
      <Toggle label="Record" tip="Track record: how this map's own past did against published liquidations  ·  S" pressed={sheet.value === "record"} onPress={() => void (sheet.value = "record")}>
        record
      </Toggle>
      <Toggle label="Panes" tip="Panes under the chart: estimated sweeps, observed liquidations, open interest, taker delta, longs − shorts on the map, funding rate  ·  B" pressed={settings.panes.value} onPress={() => void (settings.panes.value = !settings.panes.value)}>
        panes
      </Toggle>
      <RailToggle />
      <span class="spring" />
      <Elsewhere page={page} />
      {narrow.value && <Look page={page} />}
      </div>
    </header>
  );
}

/** Other moments, other instruments, and out of the page. */
function Elsewhere({ page }: { page: Page }) {
  const { sheet } = page;
  return (
    <>
      {!narrow.value && <ReplayToggle page={page} />}
      <Toggle label="Screener" tip="Screener: every instrument's map in one table  ·  /" onPress={() => void (sheet.value = "screener")}>screener</Toggle>
      <Toggle label="Export" tip="Export: picture, CSV, Parquet, link  ·  Ctrl S" onPress={() => { forgetExport(); sheet.value = "export"; }}>export</Toggle>
    </>
  );
}

/** Which levels are read, and how closely; on a phone a row of its own that scrolls sideways, always in sight. */
function Reading({ page }: { page: Page }) {
  const lens = page.stage.value?.lens;
  return (
    <div class="reading">
      <Leverage page={page} />
      <Toggle label="Lens" tip="Lens: the finest cells under the pointer  ·  hold Alt, or L; Shift pins one, wheel magnifies, Ctrl+wheel resizes, Esc releases" pressed={lens?.state.value.on ?? false} onPress={() => lens?.toggle()}>
        <LensIcon /> Lens
      </Toggle>
      {narrow.value && <ReplayToggle page={page} />}
    </div>
  );
}

function ReplayToggle({ page: { settings, stage } }: { page: Page }) {
  return (
    <Toggle label="Replay" tip="Replay: the whole page as it was known at any past moment; starts at the cross-hair  ·  R" pressed={settings.at.value !== null} onPress={() => stage.value?.replay.toggle()}>
      replay
    </Toggle>
  );
}

function Picker({ page: { session } }: { page: Page }) {
  const chosen = session.instrument.value, all = session.server.instruments.value;
  const id = (venue: string, symbol: string): string => `${venue} ${symbol}`;
  return (
    <label class="picker" data-tip="Instrument  ·  I">
      <span class="visually-hidden">Instrument</span>
      <select
        id="instrument"
        value={chosen ? id(chosen.venue, chosen.symbol) : ""}
        disabled={all.length === 0}
        onChange={(event) => {
          const next = all.find((i) => id(i.venue, i.symbol) === event.currentTarget.value);
          if (next) session.choose(next);
        }}
      >
        {!chosen && <option value="">no instrument</option>}
        {favouritesFirst([...all.filter((i) => i.parts), ...all.filter((i) => !i.parts)]).map((i) => <option key={id(i.venue, i.symbol)} value={id(i.venue, i.symbol)}>{`${isFavourite(i) ? "★ " : ""}${titleOf(i)}`}</option>)}
      </select>
    </label>
  );
}

function Threshold({ page: { settings, stage } }: { page: Page }) {
  const legend = stage.value?.shown.legend.value;
  const words = legend ? describe(legend.mode, settings.threshold.value, legend.domain) : "off";
  return (
    <label class="threshold" data-tip="Threshold: only cells at least this strong are shown; weaker ones sink into the ground  ·  [ and ]">
      <span>threshold</span>
      <input
        type="range" min="0" max={MOST_THRESHOLD} step="0.01" aria-label="Threshold" aria-valuetext={words} value={settings.threshold.value}
        onInput={(event) => void (settings.threshold.value = Number(event.currentTarget.value))}
      />
      <output>{words}</output>
    </label>
  );
}

function PalettePicker({ page: { settings } }: { page: Page }) {
  const name = settings.palette.value;
  return (
    <label class="palette" data-tip="Palette; Viridis, Cividis and Inferno are safe for colour-blind eyes  ·  P">
      <span class="swatch" style={{ background: gradient(paletteBytes(name, settings.theme.value)) }} />
      <select aria-label="Palette" value={name} onChange={(event) => void (settings.palette.value = event.currentTarget.value as PaletteName)}>
        {PALETTES.map((p) => <option key={p} value={p}>{PALETTE_LABEL[p]}</option>)}
      </select>
    </label>
  );
}

function LensIcon() {
  return (
    <svg width="13" height="13" viewBox="0 0 13 13" aria-hidden="true">
      <circle cx="5.5" cy="5.5" r="4" fill="none" stroke="currentColor" stroke-width="1.4" />
      <path d="M8.6 8.6 12 12" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" />
    </svg>
  );
}
