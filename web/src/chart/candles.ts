/**
 * The chart library, wired: candles on transparent panes, a frame of columns
 * as its data, and its scales read back as a {@link View} at every paint.
 *
 * The library counts bars, the map counts time. A frame is a stretch of
 * columns of one level with a place for every bucket, whether it has a candle
 * or not, so that bar index and time stay affine. It reaches well beyond the
 * view and is moved when the view comes near its ends. The library counts from
 * the last bar that holds a value, which moves while candles are loading; a
 * hidden ruler with a value at the frame's last bar keeps that fixed.
 */
import {
  CandlestickSeries, createChartEx, LineSeries, PriceLineSource, PriceScaleMode,
  type CandlestickData, type IChartApi, type ISeriesApi, type MouseEventParams, type Time, type UTCTimestamp, type WhitespaceData,
} from "lightweight-charts";
import { dateTime, decimals, price as priceText, type Zone } from "../units/format";
import type { Flow } from "../layers/flows";
import { INK, type Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { chartOptions, MARGIN } from "./chart-options";
import { PaintHook, type Pane } from "./paint-hook";
import type { PaneSource } from "./pane-source";
import { Panes } from "./panes";
import { ScaleReader } from "./scale-reader";
import type { Axis, CandleStyle } from "../state/settings";
import { WholeLabels } from "./time-axis";

/** Columns that the library holds: `count` buckets of a level from `first` on. */
export interface Frame {
  readonly level: number;
  readonly bucketMs: number;
  readonly first: number;
  readonly count: number;
}

/** A candle, or null where nothing traded. */
export interface Candle {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
}

export interface CandlesOptions {
  readonly host: HTMLElement;
  /** Called inside the library's paint, with the scales as they are drawn. */
  readonly onPaint: (view: View, pane: Pane) => void;
  /** The same, after everything else of the pane was painted. */
  readonly onPainted: (pane: Pane) => void;
  readonly onCross: (event: { x: number; y: number } | null) => void;
  /** Price range that automatic scaling must keep in view, or null. */
  readonly band: () => { low: number; high: number } | null;
}

/** Columns from which on a rising candle is drawn hollow, CSS pixels: in narrower ones there is no inside to be seen, and a full body is one rectangle instead of five. */
const HOLLOW_FROM = 4;

export class Candles {
  readonly chart: IChartApi;
  readonly panes: Panes;
  /** What panes show; null while they are hidden. */
  private paneSource: PaneSource | null = null;
  private ink: Ink = INK.dark;
  private style: CandleStyle = "grey";
  private hollow: boolean | null = null;
  private readonly series: ISeriesApi<"Candlestick">;
  private readonly hook = new PaintHook((pane) => this.paint(pane));
  private readonly ruler: ISeriesApi<"Line">;
  private readonly scales: ScaleReader;
  private frame: Frame | null = null;
  private zone: Zone = "local";
  /** Prices to scale to, until they are held. */
  private asked: { low: number; high: number } | null = null;

  constructor(private readonly options: CandlesOptions) {
    const labels = new WholeLabels();
    this.chart = createChartEx<Time, WholeLabels>(options.host, labels, chartOptions(() => this.zone)) as IChartApi;
    labels.of(this.chart);
    this.panes = new Panes(this.chart);
    this.series = this.chart.addSeries(CandlestickSeries, {
      priceLineVisible: true, priceLineSource: PriceLineSource.LastVisible, lastValueVisible: true,
      autoscaleInfoProvider: (original: () => { priceRange: { minValue: number; maxValue: number } | null } | null) => {
        if (this.asked) return { priceRange: { minValue: this.asked.low, maxValue: this.asked.high } };
        const info = original(), band = options.band();
        if (!info?.priceRange || !band) return info;
        const { minValue, maxValue } = info.priceRange;
        return { ...info, priceRange: { minValue: Math.min(minValue, band.low), maxValue: Math.max(maxValue, band.high) } };
      },
    });
    this.ruler = this.chart.addSeries(LineSeries, { visible: false, priceScaleId: "ruler", lastValueVisible: false, priceLineVisible: false });
    this.scales = new ScaleReader(this.chart, this.series);
    this.series.attachPrimitive(this.hook);
    this.series.attachPrimitive(new PaintHook(options.onPainted, "top"));
    this.chart.timeScale().subscribeVisibleLogicalRangeChange(() => this.setBodies());
    this.chart.subscribeCrosshairMove((event: MouseEventParams) => options.onCross((event.paneIndex ?? 0) === 0 ? (event.point ?? null) : null));
  }

  /** Colours of the candles and of everything the library draws around them. */
  setLook(style: CandleStyle, ink: Ink): void {
    this.ink = ink;
    this.style = style;
    this.hollow = null;
    this.panes.hide();
    this.fillPanes();
    const [up, down] = ink.candles[style], line = { color: ink.cross, labelBackgroundColor: ink.crossLabel };
    this.series.applyOptions({ downColor: down, borderUpColor: up, borderDownColor: down, wickUpColor: up, wickDownColor: down, priceLineColor: ink.cross });
    this.setBodies();
    this.chart.applyOptions({
      layout: { textColor: ink.axis, panes: { separatorColor: ink.grid, separatorHoverColor: ink.band } }, grid: { vertLines: { color: ink.grid }, horzLines: { color: ink.grid } },
      crosshair: { vertLine: line, horzLine: line },
    });
  }

  /** Draws bodies hollow or full, by the room that columns have now. */
  private setBodies(): void {
    const scale = this.chart.timeScale(), range = scale.getVisibleLogicalRange(), { candles } = this.ink;
    const hollow = this.style === "grey" && range !== null && scale.width() >= HOLLOW_FROM * (range.to - range.from);
    if (hollow === this.hollow) return;
    this.hollow = hollow;
    this.series.applyOptions({ upColor: hollow ? candles.hollow : candles[this.style][0], borderVisible: hollow });
  }

  setAxis(axis: Axis): void {
    this.chart.priceScale("right").applyOptions({ mode: axis === "log" ? PriceScaleMode.Logarithmic : PriceScaleMode.Normal });
  }

  setZone(zone: Zone): void {
    this.zone = zone;
    this.chart.applyOptions({ localization: { timeFormatter: (t: UTCTimestamp) => dateTime(t * 1000, zone) } });
  }

  setTick(tick: number): void {
    const minMove = 10 ** -decimals(tick);
    this.series.applyOptions({ priceFormat: { type: "custom", minMove, formatter: (p: number) => priceText(p, tick) } });
  }

  /** Scales to a range of prices in the next paint and then holds it; null scales to what is in view. */
  askPrices(band: { low: number; high: number } | null): void {
    this.asked = band;
    this.chart.priceScale("right").applyOptions({ autoScale: true });
  }

  /** From now on prices stand where they are. */
  holdPrices(): void {
    this.asked = null;
    this.chart.priceScale("right").applyOptions({ autoScale: false });
  }

  /** Prices do not scale by themselves. */
  pricesHeld(): boolean {
    return !this.chart.priceScale("right").options().autoScale;
  }

  /** Range of prices between the scale's margins; null before there is data. */
  shownPrices(): { low: number; high: number } | null {
    const height = this.chart.panes()[0]?.getHeight() ?? 0;
    const low = this.series.coordinateToPrice((1 - MARGIN) * (height - 1)), high = this.series.coordinateToPrice(MARGIN * (height - 1));
    return low !== null && high !== null && low < high ? { low, high } : null;
  }

  /** Puts the cross-hair at a price and a bucket of the frame. */
  point(bucket: number, price: number): void {
    if (this.frame) this.chart.setCrosshairPosition(price, timeOf(this.frame, bucket - this.frame.first), this.series);
  }

  /** Puts the cross-hair at an instant (ms), within the frame; null leaves the price out. */
  pointAt(time: number, price: number | null): void {
    const { frame } = this, bucket = frame && Math.floor(time / frame.bucketMs);
    if (!frame || bucket === null || bucket < frame.first || bucket >= frame.first + frame.count) return this.unpoint();
    this.point(bucket, price ?? -1);
  }

  /** Takes the cross-hair away. */
  unpoint(): void {
    this.chart.clearCrosshairPosition();
  }

  /** Paints the pane again: what is drawn under the candles has changed. */
  repaint(): void {
    this.hook.repaint();
  }

  /** Takes a frame, fills it with the candles that are there, and shows a window (ms). */
  setFrame(frame: Frame, candle: (bucket: number) => Candle | null, window: { from: number; to: number }): void {
    this.panes.clear();
    this.frame = frame;
    this.ruler.setData([{ time: timeOf(frame, frame.count - 1), value: 0 }]);
    this.fill(candle);
    this.show(window);
  }

  /** Fills the frame with the candles that are there by now; the view stays. */
  fill(candle: (bucket: number) => Candle | null): void {
    const frame = this.frame;
    if (!frame) return;
    const data: (CandlestickData<UTCTimestamp> | WhitespaceData<UTCTimestamp>)[] = [];
    for (let i = 0; i < frame.count; i++) {
      const time = timeOf(frame, i), c = candle(frame.first + i);
      data.push(c ? { time, ...c } : { time });
    }
    this.series.setData(data);
    this.fillPanes();
  }

  /** Draws one candle of the frame anew: the one under way. */
  update(bucket: number, candle: Candle): void {
    const frame = this.frame;
    if (!frame || bucket < frame.first || bucket >= frame.first + frame.count) return;
    // Places of the frame lie behind it, so for the library it is history.
    this.series.update({ time: timeOf(frame, bucket - frame.first), ...candle }, true);
  }

  /** Shows panes under the chart, or hides them. */
  setPanes(source: PaneSource | null): void {
    this.paneSource = source;
    if (source) this.fillPanes();
    else this.panes.hide();
  }

  private fillPanes(): void {
    const { frame, paneSource: source } = this;
    if (!frame || !source) return;
    const columns: { time: UTCTimestamp; flow: Flow }[] = [];
    for (let i = 0; i < frame.count; i++) {
      const f = source.flow(frame.first + i);
      if (f) columns.push({ time: timeOf(frame, i), flow: f });
    }
    this.panes.fill({ source, columns, ink: this.ink, closeOf: (time) => dateTime(time * 1000 + frame.bucketMs, this.zone) });
  }

  /** Shows a window of time, ms. */
  show(window: { from: number; to: number }): void {
    const frame = this.frame;
    if (!frame) return;
    this.chart.timeScale().setVisibleLogicalRange({
      from: window.from / frame.bucketMs - frame.first,
      to: window.to / frame.bucketMs - frame.first - 1,
    });
  }

  /** Visible window, ms; null before there is data. */
  window(): { from: number; to: number } | null {
    const range = this.chart.timeScale().getVisibleLogicalRange();
    if (!range || !this.frame) return null;
    const { first, bucketMs } = this.frame;
    return { from: (first + range.from) * bucketMs, to: (first + range.to + 1) * bucketMs };
  }

  current(): Frame | null {
    return this.frame;
  }

  /** CSS pixel row of a price, or null before there is data. */
  yOf(price: number): number | null {
    return this.series.priceToCoordinate(price);
  }

  /** While off, neither mouse nor touch moves the chart: the lens has them. */
  setHandling(on: boolean): void {
    this.chart.applyOptions({ handleScroll: on, handleScale: on });
  }

  dispose(): void {
    this.panes.dispose();
    this.chart.remove();
  }

  private paint(pane: Pane): void {
    const view = this.frame && this.scales.read(pane, this.frame);
    if (view) this.options.onPaint(view, pane);
  }
}

/** Start of the frame's column `i`, in the library's seconds. */
function timeOf(frame: Frame, i: number): UTCTimestamp {
  return (((frame.first + i) * frame.bucketMs) / 1000) as UTCTimestamp;
}
