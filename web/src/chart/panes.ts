/**
 * Panes under the chart, on the library's own time axis: levels swept
 * (estimated), liquidations observed where there are any, open interest,
 * cumulated taker delta, by how much longs outweigh shorts on the map, and the
 * funding rate that the venue told. Shorts point up and longs down, as they lie on the map.
 */
import {
  createTextWatermark, HistogramSeries, LineSeries, LineStyle, LineType, PriceScaleMode,
  type AutoscaleInfo, type IChartApi, type IPaneApi, type ISeriesApi, type ITextWatermarkPluginApi, type MouseEventParams, type SingleValueData, type Time, type UTCTimestamp,
} from "lightweight-charts";
import type { Flow } from "../layers/flows";
import { hatch } from "../layers/gaps";
import { INK, type Ink } from "../scale/ink";
import { compact } from "../units/format";
import { FLAG } from "../wire/api";
import { textWidth } from "./measure";
import { PaintHook } from "./paint-hook";
import { captionRoom, paneRoom } from "./pane-room";
import type { PaneSource } from "./pane-source";

type Point = SingleValueData<UTCTimestamp> & { color?: string };
type Series = ISeriesApi<"Histogram"> | ISeriesApi<"Line">;

/** What the library leaves free before a caption, CSS pixels, and as much behind it. */
const INDENT = 16;
const BETWEEN = "  ·  ";
/** What a narrow pane leaves out of a date. */
const YEAR = "2026-";

interface PaneKind {
  readonly title: string;
  /** The same for a pane that is too narrow for it. */
  readonly short: string;
  readonly bars: boolean;
  /** Holds in steps around zero, in percent. */
  readonly rate?: boolean;
  /** Flags of columns that it cannot tell of. */
  readonly lacking: number;
  /** Points of one column; `sum` is what earlier columns left. */
  points(flow: Flow, ink: Ink, sum: { delta: number }): { value: number; color?: string }[];
}

const signed = (short: number, long: number, up: string, down: string): { value: number; color: string }[] =>
  [...(short > 0 ? [{ value: short, color: up }] : []), ...(long > 0 ? [{ value: -long, color: down }] : [])];

const SWEPT: PaneKind = {
  title: "ESTIMATED  swept, USD: shorts up, longs down", short: "ESTIMATED  swept, USD", bars: true, lacking: FLAG.gap,
  points: (flow, ink) => signed(flow.sweptShort, flow.sweptLong, ink.groups[2], ink.groups[1]),
};
const OBSERVED: PaneKind = {
  title: "OBSERVED  liquidations, USD: shorts up, longs down", short: "OBSERVED  liquidations, USD", bars: true, lacking: FLAG.gap | FLAG.noLiquidations,
  points: (flow, ink) => signed(flow.observedShort, flow.observedLong, ink.observed, ink.observed),
};
const INTEREST: PaneKind = {
  title: "OBSERVED  open interest, contracts", short: "OBSERVED  OI, contracts", bars: false, lacking: FLAG.gap | FLAG.oldOpenInterest,
  points: (flow) => (flow.openInterest > 0 ? [{ value: flow.openInterest }] : []),
};
// The sum begins with the first column of the frame: only its changes mean anything.
const DELTA: PaneKind = {
  title: "OBSERVED  taker buys − sells, cumulated, contracts", short: "OBSERVED  taker delta, contracts", bars: false, lacking: FLAG.gap,
  points: (flow, _, sum) => [{ value: (sum.delta += flow.delta) }],
};

const STANDING: PaneKind = {
  title: "ESTIMATED  longs − shorts with a level on the map, contracts", short: "ESTIMATED  net longs, contracts", bars: false, lacking: FLAG.gap | FLAG.oldOpenInterest,
  points: (flow) => (Number.isNaN(flow.standing) ? [] : [{ value: flow.standing }]),
};

const FUNDING: PaneKind = {
  title: "OBSERVED  funding, longs pay shorts above 0", short: "OBSERVED  funding", bars: false, rate: true, lacking: 0,
  points: (flow) => (Number.isNaN(flow.funding) ? [] : [{ value: 100 * flow.funding }]),
};

/** What fills the panes: the columns of a frame, and how to write the time at which one of them closed. */
interface Filling {
  readonly source: PaneSource;
  readonly columns: readonly { readonly time: UTCTimestamp; readonly flow: Flow }[];
  readonly ink: Ink;
  readonly closeOf: (time: UTCTimestamp) => string;
}

interface Shown {
  readonly kind: PaneKind;
  /** Bars of the two sides are two series: a series holds one value a column. */
  readonly series: readonly Series[];
  readonly words: ITextWatermarkPluginApi<Time>;
  /** How far its data go, or what it lacks. */
  note: string;
  /** No more than how far its data go, for a narrow pane. */
  age: string;
  /** What it reads at the cross-hair; empty where nothing. */
  pointed: string;
  /** What is written over it. */
  caption: string;
}

/** Why no liquidation is to be seen in columns. */
function unreported(columns: Filling["columns"]): string {
  const unheard = columns.some(({ flow }) => (flow.flags & FLAG.noLiquidations) !== 0);
  return `the venue reported no liquidations here${unheard ? ", and was not heard all the time" : ""}`;
}

/** How a pane writes its numbers. */
function formatOf(kind: PaneKind): (value: number) => string {
  return kind.rate ? percent : (value) => compact(value).replace("-", "−");
}

const percent = (value: number): string => `${value.toFixed(4).replace("-", "−")} %`;

export class Panes {
  private shown: Shown[] = [];
  private ink: Ink = INK.dark;
  private filling: Filling | null = null;
  /** How many panes the chart is too low for. */
  private missing = 0;
  private readonly resized = new ResizeObserver(() => this.fit());

  constructor(private readonly chart: IChartApi) {
    this.resized.observe(chart.chartElement());
    chart.subscribeCrosshairMove((event) => this.point(event));
    chart.timeScale().subscribeSizeChange(() => this.shown.forEach((pane) => this.write(pane)));
  }

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

  /** What each pane reads at the cross-hair; empty where nothing. */
  pointed(): readonly string[] {
    return this.shown.map(({ pointed }) => pointed);
  }

  /** What is written over each pane. */
  captions(): readonly string[] {
    return this.shown.map(({ caption }) => caption);
  }

  /** Start of the last column that each pane has a point of, ms; 0 of none. */
  ends(): readonly number[] {
    return this.shown.map(({ series }) => 1000 * Math.max(0, ...series.map((s) => Number(s.data().at(-1)?.time ?? 0))));
  }

  /** Points of another frame would add columns of their own: they go before the frame does. */
  clear(): void {
    for (const { series } of this.shown) for (const s of series) s.setData([]);
  }

  /** Takes the panes away. */
  hide(): void {
    this.filling = null;
    this.remove();
  }

  dispose(): void {
    this.resized.disconnect();
  }

  private remove(): void {
    for (const { series, words } of this.shown) {
      words.detach();
      for (const s of series) this.chart.removeSeries(s);
    }
    this.shown = [];
  }

  /** Fills as many panes as there is room for; the observed one is there only if anything was observed. */
  fill(filling: Filling): void {
    const { source, columns, ink, closeOf } = filling, observed = columns.some(({ flow }) => flow.observedLong > 0 || flow.observedShort > 0);
    const all = [SWEPT, ...(observed ? [OBSERVED] : []), INTEREST, DELTA, STANDING, FUNDING], kinds = all.slice(0, this.room(all.length).count);
    this.filling = filling;
    this.ink = ink;
    this.missing = all.length - kinds.length;
    if (kinds.length !== this.shown.length || kinds.some((kind, i) => kind !== this.shown[i]?.kind)) {
      this.remove();
      this.shown = kinds.map((kind, i) => this.open(kind, i + 1, ink));
      this.stretch();
    }
    for (const pane of this.shown) {
      const { kind, series } = pane, sum = { delta: 0 }, up: Point[] = [], down: Point[] = [], last = columns[columns.length - 1];
      for (const { time, flow } of columns) {
        for (const point of kind.points(flow, ink, sum)) (kind.bars && point.value < 0 ? down : up).push({ time, ...point });
      }
      series.forEach((s, i) => s.setData(i === 0 ? up : down));
      pane.age = last ? `to ${closeOf(last.time).slice(YEAR.length)}` : "";
      pane.note = [
        last ? `to ${closeOf(last.time)}` : "nothing is stored here", up.length + down.length === 0 && last ? "none in these columns" : "",
        kind === FUNDING && last ? source.funding() : "", kind === SWEPT && last && !observed ? unreported(columns) : "",
      ].filter(Boolean).join(", ");
      this.write(pane);
    }
  }

  private room(wanted: number): { count: number; height: number } {
    return paneRoom(wanted, this.chart.chartElement().clientHeight - this.chart.timeScale().height(), this.chart.options().layout.fontSize);
  }

  /** The chart has another height: other panes may fit. */
  private fit(): void {
    const { filling, shown, missing } = this;
    if (!filling || shown.length === 0 || this.chart.chartElement().clientHeight === 0) return;
    if (this.room(shown.length + missing).count !== shown.length) this.fill(filling);
    else this.stretch();
  }

  /** Divides the height between the chart and its panes. */
  private stretch(): void {
    const [chart, ...panes] = this.chart.panes(), { height } = this.room(panes.length), all = this.chart.chartElement().clientHeight - this.chart.timeScale().height();
    chart?.setStretchFactor(Math.max(height, all - panes.length * height));
    for (const pane of panes) pane.setStretchFactor(height);
  }

  /** Reads every pane at the cross-hair: its own scale has room for a tick or two. */
  private point({ seriesData }: MouseEventParams): void {
    for (const pane of this.shown) {
      const pointed = pane.series.flatMap((s) => (seriesData.get(s) as Point | undefined)?.value ?? []).map(formatOf(pane.kind)).join("  ");
      if (pointed === pane.pointed) continue;
      pane.pointed = pointed;
      this.write(pane);
    }
  }

  /** Writes as much as fits: the library would draw what is too long in smaller letters. */
  private write(pane: Shown): void {
    const { kind, note, age, pointed } = pane, { missing } = this, more = missing > 0 && pane === this.shown.at(-1) ? `${missing} more in a higher chart` : "";
    const { fontSize, fontFamily } = this.chart.options().layout, font = `${fontSize}px ${fontFamily}`, room = this.chart.timeScale().width() - INDENT;
    const ways = [[kind.title, pointed, note, more], [kind.short, pointed, note, more], [kind.short, pointed, age, more], [kind.short, pointed, more], [kind.short, pointed]].map((parts) => parts.filter(Boolean).join(BETWEEN));
    pane.caption = ways.find((way) => textWidth(way, font) <= room) ?? cut(kind.short, font, room);
    pane.words.applyOptions({ lines: [{ text: pane.caption, color: this.ink.dim, fontSize, fontFamily }] });
  }

  /** Scales so that nothing is drawn where the caption stands, whatever the pane's height. */
  private belowCaption(info: AutoscaleInfo | null): AutoscaleInfo | null {
    return info && { ...info, margins: { above: captionRoom(this.chart.options().layout.fontSize), below: 1 } };
  }

  private open(kind: PaneKind, index: number, ink: Ink): Shown {
    const options = {
      priceLineVisible: false, lastValueVisible: false, autoscaleInfoProvider: (original: Autoscale) => this.belowCaption(kind.rate ? aroundZero(original) : original()),
      priceFormat: { type: "custom" as const, minMove: kind.rate ? 0.0001 : 1, formatter: formatOf(kind) },
    };
    const series: Series[] = kind.bars
      ? [this.chart.addSeries(HistogramSeries, options, index), this.chart.addSeries(HistogramSeries, options, index)]
      : [this.chart.addSeries(LineSeries, { ...options, color: ink.axis, lineWidth: 1, crosshairMarkerRadius: 3 }, index)];
    if (kind.rate) {
      series[0]?.applyOptions({ lineType: LineType.WithSteps });
      series[0]?.createPriceLine({ price: 0, color: ink.grid, lineWidth: 1, lineStyle: LineStyle.Solid, axisLabelVisible: false });
    }
    const pane = this.chart.panes()[index] as IPaneApi<Time>;
    // A new pane takes over the chart's axis, logarithmic or not.
    this.chart.priceScale("right", index).applyOptions({ mode: PriceScaleMode.Normal, scaleMargins: { top: 0, bottom: 0.06 } });
    series[0]?.attachPrimitive(new PaintHook(({ context, height, ratio }) => this.filling && hatch(context, this.filling.source.missing(kind.lacking), { height, ratio }, this.ink)));
    const words = createTextWatermark(pane, { horzAlign: "left", vertAlign: "top", lines: [] });
    return { kind, series, words, note: "", age: "", pointed: "", caption: "" };
  }
}

type Autoscale = () => AutoscaleInfo | null;

/** The beginning of a text that fits into so many CSS pixels, with dots. */
function cut(text: string, font: string, room: number): string {
  let end = text.length;
  while (end > 0 && textWidth(`${text.slice(0, end)}…`, font) > room) end--;
  return end > 0 ? `${text.slice(0, end)}…` : "";
}

/** Scales to what is in view and to zero. */
function aroundZero(original: Autoscale): AutoscaleInfo | null {
  const info = original(), range = info?.priceRange;
  return range ? { ...info, priceRange: { minValue: Math.min(0, range.minValue), maxValue: Math.max(0, range.maxValue) } } : info;
}
