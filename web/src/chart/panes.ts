/**
 * Panes under the chart, on the library's own time axis: levels swept
 * (estimated), liquidations observed where there are any, open interest,
 * cumulated taker delta, and by how much longs outweigh shorts on the map. Shorts point up and longs down, as they lie on the map.
 */
import {
  createTextWatermark, HistogramSeries, LineSeries, PriceScaleMode,
  type IChartApi, type IPaneApi, type ISeriesApi, type ITextWatermarkPluginApi, type SingleValueData, type Time, type UTCTimestamp,
} from "lightweight-charts";
import type { Flow } from "../layers/flows";
import type { Ink } from "../scale/ink";
import { compact } from "../units/format";

type Point = SingleValueData<UTCTimestamp> & { color?: string };
type Series = ISeriesApi<"Histogram"> | ISeriesApi<"Line">;

/** Share of the chart's height that one pane takes. */
const STRETCH = 0.17;

interface PaneKind {
  readonly title: string;
  readonly bars: boolean;
  /** Points of one column; `sum` is what earlier columns left. */
  points(flow: Flow, ink: Ink, sum: { delta: number }): { value: number; color?: string }[];
}

const signed = (short: number, long: number, up: string, down: string): { value: number; color: string }[] =>
  [...(short > 0 ? [{ value: short, color: up }] : []), ...(long > 0 ? [{ value: -long, color: down }] : [])];

const SWEPT: PaneKind = {
  title: "ESTIMATED  swept, USD: shorts up, longs down", bars: true,
  points: (flow, ink) => signed(flow.sweptShort, flow.sweptLong, ink.groups[2], ink.groups[1]),
};
const OBSERVED: PaneKind = {
  title: "OBSERVED  liquidations, USD: shorts up, longs down", bars: true,
  points: (flow, ink) => signed(flow.observedShort, flow.observedLong, ink.observed, ink.observed),
};
const INTEREST: PaneKind = {
  title: "OBSERVED  open interest, contracts", bars: false,
  points: (flow) => (flow.openInterest > 0 ? [{ value: flow.openInterest }] : []),
};
// The sum begins with the first column of the frame: only its changes mean anything.
const DELTA: PaneKind = {
  title: "OBSERVED  taker buys − sells, cumulated, contracts", bars: false,
  points: (flow, _, sum) => [{ value: (sum.delta += flow.delta) }],
};

const STANDING: PaneKind = {
  title: "ESTIMATED  longs − shorts with a level on the map, contracts", bars: false,
  points: (flow) => (Number.isNaN(flow.standing) ? [] : [{ value: flow.standing }]),
};

interface Shown {
  readonly kind: PaneKind;
  /** Bars of the two sides are two series: a series holds one value a column. */
  readonly series: readonly Series[];
  readonly words: ITextWatermarkPluginApi<Time>;
  /** How far its data go, or what it lacks. */
  note: string;
}

export class Panes {
  private shown: Shown[] = [];

  constructor(private readonly chart: IChartApi) {}

  /** Heights of all panes together, CSS pixels, their separators included; 0 while there are none. */
  height(): number {
    return this.chart.panes().slice(1).reduce((sum, pane) => sum + pane.getHeight() + 1, 0);
  }

  /** What is shown, from the top. */
  titles(): readonly string[] {
    return this.shown.map(({ kind }) => kind.title);
  }

  /** How far each pane's data go, or what it lacks. */
  notes(): readonly string[] {
    return this.shown.map(({ note }) => note);
  }

  /** Points of another frame would add columns of their own: they go before the frame does. */
  clear(): void {
    for (const { series } of this.shown) for (const s of series) s.setData([]);
  }

  /** Takes the panes away. */
  hide(): void {
    for (const { series, words } of this.shown) {
      words.detach();
      for (const s of series) this.chart.removeSeries(s);
    }
    this.shown = [];
  }

  /**
   * Fills the panes with the columns of a frame; the observed one is there only if anything was observed.
   * `closeOf` writes the time at which a column closed.
   */
  fill(columns: readonly { readonly time: UTCTimestamp; readonly flow: Flow }[], ink: Ink, closeOf: (time: UTCTimestamp) => string): void {
    const observed = columns.some(({ flow }) => flow.observedLong > 0 || flow.observedShort > 0);
    const kinds = [SWEPT, ...(observed ? [OBSERVED] : []), INTEREST, DELTA, STANDING];
    if (kinds.length !== this.shown.length) {
      this.hide();
      this.shown = kinds.map((kind, i) => this.open(kind, i + 1, ink));
    }
    for (const pane of this.shown) {
      const { kind, series, words } = pane, sum = { delta: 0 }, up: Point[] = [], down: Point[] = [], last = columns[columns.length - 1];
      for (const { time, flow } of columns) {
        for (const point of kind.points(flow, ink, sum)) (kind.bars && point.value < 0 ? down : up).push({ time, ...point });
      }
      series.forEach((s, i) => s.setData(i === 0 ? up : down));
      pane.note = [
        last ? `to ${closeOf(last.time)}` : "nothing is stored here", up.length + down.length === 0 && last ? "none in these columns" : "",
        kind === SWEPT && last && !observed ? "the venue reported no liquidations here" : "",
      ].filter(Boolean).join(", ");
      words.applyOptions({ lines: [{ text: `  ${kind.title}  ·  ${pane.note}`, color: ink.dim, fontSize: 10 }] });
    }
  }

  private open(kind: PaneKind, index: number, ink: Ink): Shown {
    const options = {
      priceLineVisible: false, lastValueVisible: false,
      priceFormat: { type: "custom" as const, minMove: 1, formatter: (v: number) => compact(v).replace("-", "−") },
    };
    const series: Series[] = kind.bars
      ? [this.chart.addSeries(HistogramSeries, options, index), this.chart.addSeries(HistogramSeries, options, index)]
      : [this.chart.addSeries(LineSeries, { ...options, color: ink.axis, lineWidth: 1, crosshairMarkerRadius: 3 }, index)];
    const pane = this.chart.panes()[index] as IPaneApi<Time>;
    pane.setStretchFactor(STRETCH);
    // A new pane takes over the chart's axis, logarithmic or not; the title needs room above the bars.
    this.chart.priceScale("right", index).applyOptions({ mode: PriceScaleMode.Normal, scaleMargins: { top: 0.32, bottom: 0.06 } });
    const words = createTextWatermark(pane, { horzAlign: "left", vertAlign: "top", lines: [{ text: `  ${kind.title}`, color: ink.dim, fontSize: 10 }] });
    return { kind, series, words, note: "" };
  }
}
