/**
 * The library's time axis with whole labels. By itself it centres a label on
 * its mark and cuts off what does not fit; a label at an end keeps within the
 * axis here, moved by no-break spaces beside it.
 */
import { defaultHorzScaleBehavior, type IChartApi, type IHorzScaleBehavior, type Time } from "lightweight-charts";
import { textWidth } from "./measure";

const SPACE = "\u00a0";

/** No-break spaces that keep a centred label within an axis: before the text where it is above 0, after it below. */
export function padding(centre: number, label: number, space: number, axis: number): number {
  const left = centre - label / 2, right = centre + label / 2;
  // A space on one side moves the text by half of its width.
  if (left < 0) return Math.ceil((-2 * left) / space);
  return right > axis ? -Math.ceil((2 * (right - axis)) / space) : 0;
}

export class WholeLabels extends defaultHorzScaleBehavior() {
  #chart: IChartApi | null = null;
  #asked = 0;

  /** The chart whose axis it is: known once the chart is made. */
  of(chart: IChartApi): void {
    this.#chart = chart;
  }

  /** The library remembers labels by this key; ours depend on where their marks are, so none is found again. */
  override cacheKey(): number {
    return ++this.#asked;
  }

  override formatTickmark(...[mark, localization]: Parameters<IHorzScaleBehavior<Time>["formatTickmark"]>): string {
    const text = super.formatTickmark(mark, localization), time = this.#chart?.timeScale();
    const centre = time?.timeToCoordinate(mark.originalTime as Time) ?? null;
    if (!time || centre === null) return text;
    const { fontSize, fontFamily } = (this.#chart as IChartApi).options().layout, font = `bold ${fontSize}px ${fontFamily}`;
    const spaces = padding(centre, textWidth(text, font), textWidth(SPACE, font), time.width());
    return spaces > 0 ? SPACE.repeat(spaces) + text : text + SPACE.repeat(-spaces);
  }
}
