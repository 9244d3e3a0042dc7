/**
 * Time travel: moves the instant that everything is shown as of. Columns are
 * causal, so the map as it was known then is the stored one cut at that
 * instant; nothing else has to be asked of the server.
 */
import { effect, signal, type Signal } from "@preact/signals";
import { MINUTE } from "../units/units";
import type { Instrument } from "../wire/api";
import type { Window } from "./framing";
import type { Settings } from "../state/settings";

/** How many times faster than the market a replay may run. */
export const SPEEDS = [1, 5, 10, 30, 60, 100, 300, 1000] as const;
const TICK_MS = 100;
/** Where in the visible window a replay starts that was not told where, and where its instant is kept. */
const START = 0.75;

/** The instrument as it was known at an instant: what closed later is not there. Null is now. */
export function asOf(instrument: Instrument, at: number | null): Instrument {
  if (at === null || at >= instrument.to) return instrument;
  return { ...instrument, to: Math.max(instrument.from + MINUTE, Math.floor(at / MINUTE) * MINUTE) };
}

/** What a replay must know of the chart, and move on it. */
export interface Travelled {
  /** All that is stored; null before there is an instrument. */
  stored(): Window | null;
  /** Width of a candle, ms. */
  candleMs(): number;
  window(): Window | null;
  /** Instant under the cross-hair; null where there is none. */
  pointed(): number | null;
  go(window: Window): void;
}

export class Replay {
  readonly playing: Signal<boolean> = signal(false);
  private timer: ReturnType<typeof setInterval> | null = null;
  private last = 0;
  /** The instant between two minutes that playing has come to. */
  private exact = 0;
  private readonly stop: () => void;

  constructor(private readonly settings: Settings, private readonly chart: Travelled) {
    this.stop = effect(() => {
      if (settings.at.value === null) this.pause();
    });
  }

  /** Starts at the cross-hair, or within the visible window; ends if it is on. */
  toggle(): void {
    if (this.settings.at.peek() !== null) return this.now();
    const window = this.chart.window(), stored = this.chart.stored();
    if (!window || !stored) return;
    const end = Math.min(window.to, stored.to);
    this.go(this.chart.pointed() ?? window.from + START * (end - window.from));
  }

  /** Shows everything as it was known at an instant, ms. */
  go(time: number): void {
    const stored = this.chart.stored(), window = this.chart.window();
    if (!stored || !Number.isFinite(time)) return;
    const at = Math.floor(Math.max(stored.from + MINUTE, Math.min(stored.to, time)) / MINUTE) * MINUTE;
    this.exact = at;
    this.settings.at.value = at;
    if (!window || this.settings.range.peek() !== null || (at > window.from && at <= window.to)) return;
    const span = window.to - window.from;
    this.chart.go({ from: at - START * span, to: at + (1 - START) * span });
  }

  /** Steps by whole candles, to where one closes. */
  step(candles: number): void {
    const width = this.chart.candleMs(), at = this.settings.at.peek() ?? this.chart.stored()?.to;
    if (at === undefined) return;
    this.pause();
    const edge = candles > 0 ? Math.floor(at / width) : Math.ceil(at / width);
    this.go((edge + candles) * width);
  }

  /** Plays on, from the present if nothing else was chosen; or pauses. */
  playOrPause(): void {
    if (this.playing.peek()) return this.pause();
    if (this.settings.at.peek() === null) this.toggle();
    if (this.settings.at.peek() === null) return;
    this.exact = this.settings.at.peek() as number;
    this.last = performance.now();
    this.timer = setInterval(() => this.tick(), TICK_MS);
    this.playing.value = true;
  }

  /** The next faster (1) or slower (-1) speed. */
  nudge(by: 1 | -1): void {
    const index = SPEEDS.findIndex((speed) => speed >= this.settings.speed.peek());
    this.settings.speed.value = SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, index + by))] as number;
  }

  /** Back to the present. */
  now(): void {
    this.settings.at.value = null;
    this.settings.reveal.value = false;
  }

  pause(): void {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    this.playing.value = false;
  }

  dispose(): void {
    this.stop();
    this.pause();
  }

  private tick(): void {
    const now = performance.now(), stored = this.chart.stored();
    this.exact += (now - this.last) * this.settings.speed.peek();
    this.last = now;
    if (!stored) return;
    if (this.exact >= stored.to) return this.now();
    if (this.exact - (this.settings.at.peek() ?? 0) >= MINUTE) {
      const exact = this.exact;
      this.go(exact);
      this.exact = exact;
    }
  }
}
