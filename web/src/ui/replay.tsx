import { SPEEDS } from "../chart/replay";
import { reachedZones, type Outcome } from "../layers/reveal";
import type { Zone } from "../layers/zones";
import { dateTime, price, usd } from "../units/format";
import { MINUTE } from "../units/units";
import { Toggle } from "./controls";
import { DateField } from "./date-field";
import { narrow } from "./narrow";
import type { Page } from "./page";

/** Under the chart while a replay is on: where it stands, how it plays, and what happened next. */
export function ReplayBar({ page }: { page: Page }) {
  const { settings, session, stage } = page, stored = session.instrument.value, replay = stage.value?.replay;
  const at = settings.at.value, zone = settings.zone.value;
  if (at === null || !stored || !replay) return null;
  const playing = replay.playing.value;
  return (
    <section class="replay" aria-label="Replay">
      <div class="segments">
        <button type="button" aria-label="One candle back" data-tip="One candle back  ·  ," onClick={() => replay.step(-1)}>‹</button>
        <button type="button" class="play" aria-label={playing ? "Pause" : "Play"} data-tip="Play or pause  ·  space" onClick={() => replay.playOrPause()}>{playing ? "❚❚" : "►"}</button>
        <button type="button" aria-label="One candle on" data-tip="One candle on  ·  ." onClick={() => replay.step(1)}>›</button>
      </div>
      <label data-tip="Speed: market minutes a minute  ·  < and >">
        <span class="visually-hidden">Speed</span>
        <select id="replay-speed" value={String(settings.speed.value)} onChange={(event) => void (settings.speed.value = Number(event.currentTarget.value))}>
          {[...new Set([...SPEEDS, settings.speed.value])].sort((a, b) => a - b).map((speed) => <option key={speed} value={String(speed)}>{speed}×</option>)}
        </select>
      </label>
      <input class="when" type="range" aria-label="Replayed time" aria-valuetext={dateTime(at, zone)} data-tip="Drag to any moment: the whole page is shown as it was known then"
        min={stored.from + MINUTE} max={stored.to} step={MINUTE} value={at} onInput={(event) => replay.go(Number(event.currentTarget.value))} />
      <DateField id="replay-time" label="Replayed date and time" tip="Date and time to go to: type, or step with ↑ and ↓  ·  J" at={at} from={stored.from} to={stored.to} zone={zone} onGo={(time) => replay.go(time)} />
      <Toggle label="What happened next" tip="Draws price and observed liquidations after this moment, to see whether the map was right  ·  V" pressed={settings.reveal.value}
        onPress={() => void (settings.reveal.value = !settings.reveal.value)}>what happened next</Toggle>
      <button type="button" class="toggle" data-tip="Ends the replay: back to the present  ·  R" onClick={() => replay.now()}>now</button>
      {settings.reveal.value && <Next outcome={stage.value?.reveal.outcome.value ?? null} at={at} zones={stage.value?.zones.zones.value ?? []} page={page} />}
    </section>
  );
}

/** What happened next, in numbers, as far as the view goes. */
function Next({ outcome, at, zones, page: { settings, session } }: { outcome: Outcome | null; at: number; zones: readonly Zone[]; page: Page }) {
  const tick = session.instrument.value?.tick ?? 1;
  if (!outcome) return <p class="next dim" role="status">Nothing later is stored in view: move the chart to the left.</p>;
  const { reached, spared } = reachedZones(zones, outcome), names = (list: Zone[]): string => list.map((zone) => zone.name).join(" ") || "none";
  const observed = outcome.observedLong + outcome.observedShort > 0;
  return (
    <p class="next" role="status" aria-label="What happened next">
      <span>{dateTime(at, settings.zone.value)} to {dateTime(outcome.until, settings.zone.value)}</span>
      <span>low <b>{price(outcome.low, tick)}</b> high <b>{price(outcome.high, tick)}</b></span>
      <span class={observed ? "observed" : "dim"}>{observed ? <>OBSERVED liquidated: longs <b>{usd(outcome.observedLong)}</b> shorts <b>{usd(outcome.observedShort)}</b></> : "the venue reported no liquidations here"}</span>
      {zones.length > 0 && <span tabIndex={0} data-tip="Zones as they stood at the replayed moment, and whether price came to them since">zones reached <b>{names(reached)}</b>, not reached <b>{names(spared)}</b></span>}
    </p>
  );
}

/** Says that the page is not of now. */
export function ReplayStamp({ page: { settings } }: { page: Page }) {
  const at = settings.at.value;
  if (at === null) return null;
  return <b class="stamp replayed" data-tip="REPLAY: everything is shown as it was known at this moment; nothing later has a part in it">REPLAY {narrow.value ? dateTime(at, settings.zone.value).slice("2026-".length) : dateTime(at, settings.zone.value)}</b>;
}
