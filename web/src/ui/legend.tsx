import { gradient } from "../scale/palette";
import { paletteBytes } from "../chart/looks";
import { MODE_LABEL } from "../scale/legend";
import type { Page } from "./page";
import { EQUALISED_HELP } from "./chips";

/** The colour bar: ticks, what they are of, and where the threshold lies. */
export function LegendBar({ page }: { page: Page }) {
  const { stage, session, settings } = page;
  const legend = stage.value?.shown.legend.value;
  if (!legend) return null;
  return (
    <figure class="legend" aria-label={`Colour scale: ${legend.text}`}>
      <div class="bar" style={{ background: gradient(paletteBytes(settings.palette.value, settings.theme.value, settings.opacity.value)) }}>
        {settings.threshold.value > 0 && <i class="cut" style={{ width: `${100 * settings.threshold.value}%` }} />}
        {legend.ticks.map((tick) => <i key={tick.label} class="tick" style={{ left: `${100 * tick.at}%` }} />)}
      </div>
      <div class="labels" aria-hidden="true">
        {legend.ticks.map((tick) => <span key={tick.label} style={{ left: `${100 * tick.at}%` }}>{tick.label}</span>)}
      </div>
      <figcaption>
        <b>{MODE_LABEL[legend.mode]}</b> {legend.text.replace(`${MODE_LABEL[legend.mode]} `, "")}
        {session.instrument.value?.unit === "sd" && <span class="key" tabIndex={0} data-tip={EQUALISED_HELP}>: of Σ cells/sd over √n venues</span>}
        <span class="key"><i class="undefined" /> undefined</span>
        <span class="key"><i class="hatch" /> gap</span>
        {" "}<a href="/docs/model" target="_blank">the model</a>
      </figcaption>
    </figure>
  );
}
