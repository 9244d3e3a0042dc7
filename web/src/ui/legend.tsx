import { BANDS } from "../state/settings";
import { gradient } from "../scale/palette";
import { paletteBytes } from "../chart/looks";
import { MODE_LABEL } from "../scale/legend";
import { Segments, type Choice } from "./controls";
import type { Page } from "./page";
import { EQUALISED_HELP } from "./chips";

/** The colour bar in the strip above the chart; what it is of unfolds under the pointer or the focus. */
export function LegendBar({ page }: { page: Page }) {
  const { stage, settings } = page;
  const legend = stage.value?.shown.legend.value;
  if (!legend) return null;
  return (
    <figure class="legend" tabIndex={0} aria-label={`Colour scale: ${legend.text}`}>
      <b>{MODE_LABEL[legend.mode]}</b>
      <div class="scale" aria-hidden="true">
        <div class="bar" style={{ background: gradient(paletteBytes(settings.palette.value, settings.theme.value, settings.opacity.value)) }}>
          {settings.threshold.value > 0 && <i class="cut" style={{ width: `${100 * settings.threshold.value}%` }} />}
          {legend.ticks.map((tick) => <i key={tick.label} class="tick" style={{ left: `${100 * tick.at}%` }} />)}
        </div>
        {legend.ticks.map((tick) => <span key={tick.label} style={{ left: `${100 * tick.at}%` }}>{tick.label}</span>)}
      </div>
      <Meaning page={page} text={legend.text.replace(`${MODE_LABEL[legend.mode]} `, "")} />
    </figure>
  );
}

/** What the number is of, what else is drawn, and which surroundings cells are compared with. */
function Meaning({ page: { session, settings, stage }, text }: { page: Page; text: string }) {
  const mode = stage.value?.shown.legend.value?.mode ?? "z", compares = mode !== "usd" && settings.selection.value !== "fresh";
  return (
    <figcaption>
      <p>
        <b>{MODE_LABEL[mode]}</b> {text}
        {session.instrument.value?.unit === "sd" && <span tabIndex={0} data-tip={EQUALISED_HELP}>: of Σ cells/sd over √n venues</span>}
      </p>
      {compares && (
        <p class="band">
          compared with cells within
          <Segments label="Compared with" value={String(settings.band.value ?? "")} choices={BAND_CHOICES} onChoose={(band) => void (settings.band.value = band === "" ? null : Number(band))} />
        </p>
      )}
      <p>
        <span class="key"><i class="undefined" /> undefined: too few cells to compare with</span>
        <span class="key"><i class="hatch" /> gap: no data</span>
        <a href="/docs/model" target="_blank" data-tip="Opens the description of the model in a new tab">the model</a>
      </p>
    </figcaption>
  );
}

const BAND_CHOICES: readonly Choice<string>[] = [
  { value: "", label: "usual", tip: "As far from price as cells of this size are looked at: the line above says how far" },
  ...BANDS.map((band) => ({ value: String(band), label: `±${100 * band} %`, tip: `Cells within ±${100 * band} % of price, 24 h: a wider band cools what is near price, a narrower one warms it` })),
];
