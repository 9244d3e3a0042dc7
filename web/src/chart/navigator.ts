/** Where the chart looks: windows, ranges, levels and frames. Tells the user's moves from its own. */
import { effect } from "@preact/signals";
import { chunkOf, lastColumn, priceOf, type Source } from "../layers/source";
import { bpPerPixel, type View } from "../scale/view";
import type { Level } from "../units/units";
import type { Instrument } from "../wire/api";
import type { Candle, Candles } from "./candles";
import { bandFor, frameFor, levelFor, outgrown, zoomed, type Window } from "./framing";
import { levelOn, mapSize, newestOf, openedAt, rangeOf } from "./opening";
import { PriceRange } from "./price-range";
import { OPTICAL_BAND, OPTICAL_MS, rangeMs, usualRange, type PriceBand, type Settings } from "../state/settings";

/** A level or frame is changed this long after the last move: a drag is never interrupted. */
const SETTLE_MS = 90;
/** A chart without data or width ignores its window; it is told again this often. */
const MOST_INSISTENCE = 4;

/** Where the chart looks. */
export interface Place {
  /** Name of a range that ends with the newest column; null for a window of the user's own. */
  readonly range: string | null;
  readonly window: Window | null;
  /** Null where prices scale by themselves. */
  readonly prices: PriceBand | null;
}

export class Navigator {
  private instrument: Instrument | null = null;
  private levels: readonly Level[] = [];
  private expected: Window | null = null;
  private width = 0;
  private banded: { low: number; high: number } | null = null;
  /** Where the user was before Optical took the view, to go back to. */
  private before: Place | null = null;
  readonly prices: PriceRange;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private view: View | null = null;
  private readonly stop: () => void;
  /** Something is held down: nothing may move under the user's hand. */
  private held = false;
  /** The user has had a hand on the chart since the last window was set. */
  private touched = false;
  /** How often the window has been set again because the chart was not ready to take it. */
  private insisted = 0;

  constructor(private readonly candles: Candles, private readonly settings: Settings, private readonly host: HTMLElement, private readonly source: () => Source | null, private readonly forming: (bucket: number) => Candle | null) {
    this.prices = new PriceRange(candles, settings);
    let was = settings.selection.peek();
    this.stop = effect(() => {
      const now = settings.selection.value;
      if ((now === "fresh") !== (was === "fresh")) this.switchOptical(now === "fresh");
      was = now;
    });
    host.addEventListener("pointerdown", this.hold, true);
    host.addEventListener("wheel", this.touch, true);
    host.addEventListener("dblclick", this.doubled, true);
    window.addEventListener("pointerup", this.release, true);
    window.addEventListener("pointercancel", this.release, true);
  }

  /** Looks at an instrument as the settings say. */
  open(instrument: Instrument, levels: readonly Level[]): void {
    const { prices } = this.settings, first = this.instrument === null;
    this.instrument = instrument;
    this.levels = levels;
    this.before = this.banded = null;
    this.candles.setTick(instrument.tick);
    // A link's prices are of the instrument that it names.
    this.prices.set(first ? prices.peek() : null);
    this.fit(instrument);
    this.look(openedAt(this.settings, instrument), null);
  }

  /** More columns have closed; a view that follows the newest moves on with them. */
  advance(instrument: Instrument): void {
    const moved = instrument.to - (this.instrument?.to ?? instrument.to), window = this.expected;
    this.instrument = instrument;
    if (!window || this.settings.range.peek() === null || moved === 0) return;
    this.fit(instrument);
    const next = newestOf(this.settings, instrument), frame = this.candles.current();
    if (!frame || outgrown(frame, next, instrument)) return this.look(next);
    this.expected = next;
    this.touched = false;
    this.insisted = 0;
    this.candles.show(next);
  }

  /** Where a range is chosen: shows its newest end again. */
  follow(): void {
    if (this.instrument && this.settings.range.peek() !== null) this.look(newestOf(this.settings, this.instrument));
  }

  /** Says which range is in force. */
  private fit(instrument: Instrument): void {
    this.settings.range.value = rangeOf(this.settings, instrument);
  }

  /** Shows a range that ends with the newest column. Leaves Optical, whose window is its own. */
  setRange(range: string): void {
    if (!this.instrument || rangeMs(range, this.instrument) === null) return;
    this.settings.range.value = range;
    this.settings.usual.value = false;
    this.prices.set(null);
    this.look(newestOf(this.settings, this.instrument));
  }

  /** Shows a place that was shown before. */
  restore({ range, window, prices }: Place): void {
    if (range !== null) {
      this.setRange(range);
      this.settings.usual.value = this.instrument !== null && range === usualRange(this.instrument);
    } else if (window) this.go(window);
    this.prices.set(prices);
  }

  /** Shows a window of time and prices of the user's own. */
  box(window: Window, prices: PriceBand): void {
    this.go(zoomed(window, 1, 0.5));
    this.prices.set(prices);
  }

  /** Shows a window of the user's own. */
  go(window: Window): void {
    this.settings.range.value = null;
    this.settings.window.value = window;
    this.look(window);
  }

  /** Zooms about a share of the width; a factor below 1 is closer. */
  zoom(factor: number, about = 0.5): void {
    const window = this.candles.window();
    if (window) this.go(zoomed(window, factor, about));
  }

  /** Moves by a share of the visible window, positive to later. */
  pan(share: number): void {
    const window = this.candles.window(), by = window ? share * (window.to - window.from) : 0;
    if (window) this.go({ from: window.from + by, to: window.to + by });
  }

  /** Back to the range's newest end and automatic prices. */
  reset(): void {
    if (this.settings.selection.peek() === "fresh") return this.switchOptical(true);
    if (this.instrument) this.restore({ range: this.settings.range.peek() ?? usualRange(this.instrument), window: null, prices: null });
  }

  /** Fills the frame again: columns have arrived. */
  refill(): void {
    this.candles.fill((bucket) => this.mark(bucket));
  }

  /** Called in every paint: notices the user's moves and plans the next frame. */
  painted(view: View): void {
    const window = this.candles.window(), frame = this.candles.current();
    this.view = view;
    this.prices.painted();
    if (!window || !frame || !this.instrument) return;
    const resized = this.width !== 0 && this.width !== view.width;
    this.width = view.width;
    const follows = this.settings.range.peek() !== null;
    if (resized && follows && this.expected) return this.candles.show(this.expected);
    const px = view.msPerPixel * view.ratio;
    if (this.expected && (Math.abs(window.from - this.expected.from) > px || Math.abs(window.to - this.expected.to) > px)) {
      if (!this.touched && this.insisted++ < MOST_INSISTENCE) return this.candles.show(this.expected);
      this.expected = window;
      // Outside of the library's paint: signals draw the controls.
      queueMicrotask(() => this.moved(window));
    }
    if (this.level(view) !== frame.level || outgrown(frame, window, this.instrument)) this.settle();
  }

  /** Price range that automatic scaling keeps in view. */
  band(): { low: number; high: number } | null {
    const source = this.source(), window = this.expected;
    if (!source || !window || !this.instrument) return null;
    const end = Math.min(window.to, this.instrument.to);
    const last = lastColumn(source, Math.ceil(end / source.size.bucketMs) - 1), price = last === null ? 0 : priceOf(source, last);
    // While other statistics of the same columns are on their way, prices stay where they are.
    if (price <= 0) return this.banded;
    const span = window.to - window.from, band = this.settings.selection.peek() === "fresh" && span <= 2 * OPTICAL_MS ? OPTICAL_BAND : bandFor(span);
    return (this.banded = { low: price * (1 - band), high: price * (1 + band) });
  }

  /** Candle of a bucket of the frame's level, null where nothing traded or it is not loaded. */
  candle(bucket: number): Candle | null {
    const source = this.source(), at = source && chunkOf(source, bucket);
    if (!at?.present) return null;
    const { open, high, low, close } = at.chunk.series, i = at.column;
    if (!((open[i] as number) > 0)) return null;
    return { open: open[i] as number, high: high[i] as number, low: low[i] as number, close: close[i] as number };
  }

  /** What the chart draws of a bucket: its candle, closed or under way, or a dash at the price that levels are swept on. */
  private mark(bucket: number): Candle | null {
    const source = this.source(), candle = this.candle(bucket) ?? this.forming(bucket);
    if (candle || !source) return candle;
    const price = priceOf(source, bucket);
    return price > 0 ? { open: price, high: price, low: price, close: price } : null;
  }

  dispose(): void {
    this.stop();
    if (this.timer) clearTimeout(this.timer);
    this.host.removeEventListener("pointerdown", this.hold, true);
    this.host.removeEventListener("wheel", this.touch, true);
    this.host.removeEventListener("dblclick", this.doubled, true);
    window.removeEventListener("pointerup", this.release, true);
    window.removeEventListener("pointercancel", this.release, true);
  }

  private readonly hold = (): void => {
    this.held = this.touched = true;
  };

  private readonly touch = (): void => {
    this.touched = true;
  };

  /** On the map, not on an axis: the library has its own answer there. */
  private readonly doubled = ({ clientX, clientY }: MouseEvent): void => {
    const { view } = this, { left, top } = this.host.getBoundingClientRect();
    if (view && (clientX - left) * view.ratio < view.width && (clientY - top) * view.ratio < view.height) this.reset();
  };

  private readonly release = (): void => {
    this.held = false;
  };

  private moved(window: Window): void {
    this.settings.range.value = null;
    this.settings.window.value = window;
  }

  /** Shows a window, in a frame of the level that it needs. */
  private look(window: Window, current: number | null = this.candles.current()?.level ?? null): void {
    if (!this.instrument) return;
    const level = levelOn(this.levels, window, mapSize(this.host), this.settings.selection.peek() === "fresh", current);
    this.expected = window;
    this.touched = false;
    this.insisted = 0;
    this.setFrame(level, window);
  }

  private setFrame(level: number, window: Window): void {
    const { bucketMs } = this.levels[level] as Level;
    const frame = frameFor(level, bucketMs, window, this.instrument as Instrument);
    this.candles.setFrame(frame, (bucket) => this.mark(bucket), window);
    this.onFrame(window);
  }

  /** Called after the frame changed: its level's cells are wanted now, those of the window first. */
  onFrame: (window: Window) => void = () => undefined;

  private level(view: View): number {
    return this.levelAt(view.msPerPixel * view.ratio, bpPerPixel(view) * view.ratio, this.candles.current()?.level ?? null);
  }

  private levelAt(msPerPixel: number, bp: number, current: number | null): number {
    return levelFor(this.levels, msPerPixel, bp, this.settings.selection.peek() === "fresh", current);
  }

  private settle(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      const window = this.candles.window(), frame = this.candles.current();
      if (this.held) return this.settle();
      if (!window || !frame || !this.view || !this.instrument) return;
      const level = this.level(this.view);
      if (level !== frame.level || outgrown(frame, window, this.instrument)) this.setFrame(level, window);
    }, SETTLE_MS);
  }

  /** Optical has a window of its own, near price and of late; leaving it goes back to where one was. */
  private switchOptical(on: boolean): void {
    if (!this.instrument) return;
    const prices = this.settings.prices.peek();
    this.prices.set(null);
    if (on) {
      this.before ??= { range: this.settings.range.peek(), window: this.candles.window(), prices };
      // Optical follows the newest as ranges do, whatever window it was entered from.
      this.settings.range.value = this.before.range ?? usualRange(this.instrument);
      this.look(newestOf(this.settings, this.instrument), null);
    } else {
      const before = this.before ?? { range: usualRange(this.instrument), window: null, prices: null };
      this.before = null;
      this.restore(before);
    }
  }
}
