/** Which prices the chart shows: scaled by themselves, or a range that the user chose by axis, drag, box or link. */
import type { Candles } from "./candles";
import type { PriceBand, Settings } from "../state/settings";

/** The chart takes a range at a paint; told in vain this often, what it shows instead is taken over. */
const MOST_PAINTS = 8;
/** Ranges that differ by less than this share of their height are the same: half a pixel. */
const SAME = 0.001;

export class PriceRange {
  /** What the chart was told and has not shown yet. */
  private asked: { readonly band: PriceBand; paints: number } | null = null;

  constructor(private readonly candles: Candles, private readonly settings: Settings) {}

  /** Shows a range of prices; null scales automatically. */
  set(band: PriceBand | null): void {
    this.settings.prices.value = band;
    this.asked = band && { band, paints: 0 };
    this.candles.askPrices(band);
  }

  /** Moves the prices by a share of their visible height, positive up. */
  pan(share: number): void {
    const shown = this.candles.shownPrices();
    if (!shown) return;
    const by = (shown.high / shown.low) ** share;
    this.set({ low: shown.low * by, high: shown.high * by });
  }

  /** Called in every paint: the range asked for is held once it is shown, and the user's own is taken over. */
  painted(): void {
    const shown = this.candles.shownPrices(), { asked } = this;
    if (!shown) return;
    if (asked) {
      if (!same(asked.band, shown) && asked.paints++ < MOST_PAINTS) return;
      this.asked = null;
      return this.candles.holdPrices();
    }
    const now = this.candles.pricesHeld() ? shown : null, told = this.settings.prices.peek();
    if (now === told || (now && told && same(now, told))) return;
    // Outside of the library's paint: signals draw the controls.
    queueMicrotask(() => void (this.settings.prices.value = now));
  }
}

function same(a: PriceBand, b: PriceBand): boolean {
  const slack = SAME * (a.high - a.low);
  return Math.abs(a.low - b.low) < slack && Math.abs(a.high - b.high) < slack;
}
