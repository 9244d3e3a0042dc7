/** The funding rates of the frame's columns: asked for while the panes are open. */
import type { Client } from "../data/client";
import type { FundingAnswer } from "../wire/funding";
import type { Instrument } from "../wire/api";
import type { Frame } from "./candles";

/** Whose rates an answer holds, and for how long each is. */
export function fundingWords({ venue, symbol, interval_hours, interval_assumed, parts }: Omit<FundingAnswer, "rate" | "time" | "of">): string {
  const whose = parts.length > 0 ? `mean of ${[...new Set(parts.map((part) => part.venue))].join(", ")}` : `${venue} ${symbol}`;
  const assumed = interval_assumed ? (parts.length > 0 ? ", some assumed so" : " assumed") : "";
  return `${whose}, % per ${interval_hours} h${assumed}`;
}

const WAITING = "asking the server", FAILED = "the server could not tell";

export class FundingView {
  /** Whose rates they are and for how long, or that there are none yet. */
  words = WAITING;
  /** A question is under way. */
  asking = false;
  private level = -1;
  private rates = new Map<number, number>();
  private asked = "";
  private shown = "";

  constructor(private readonly client: Client, private readonly arrived: () => void) {}

  /** Rate at the close of the column of a level that starts at `time` (ms), a fraction; NaN where none is known. */
  at(level: number, time: number): number {
    return level === this.level ? (this.rates.get(time) ?? NaN) : NaN;
  }

  /** Wants the rates of a frame as far as the instrument is stored; of null none. Asks once for each. */
  want(stored: Instrument | null, frame: Frame | null): void {
    if (!stored || !frame) return this.forget();
    const { bucketMs, first, count, level } = frame, whose = `${stored.venue} ${stored.symbol} ${level}`;
    const from = Math.max(first * bucketMs, Math.floor(stored.from / bucketMs) * bucketMs), to = Math.min((first + count) * bucketMs, Math.floor(stored.to / bucketMs) * bucketMs);
    const key = `${whose} ${from} ${to}`;
    if (key === this.asked) return;
    if (whose !== this.shown) this.forget();
    this.asked = key;
    this.shown = whose;
    this.asking = from < to;
    if (this.asking) void this.ask(stored, level, { from, to }, key);
  }

  private async ask(name: Instrument, level: number, window: { from: number; to: number }, key: string): Promise<void> {
    // What cannot be had is asked for again when the next column closes: the map does not depend on it.
    const answer = await this.client.funding(name, level, window).catch(() => null);
    if (key !== this.asked) return;
    this.asking = false;
    if (answer) {
      this.level = level;
      this.rates = new Map(answer.time.map((time, i) => [time, answer.rate[i] as number]));
    }
    // Of a combination no part of which has a rate there is nobody to name.
    this.words = !answer ? FAILED : name.parts && answer.parts.length === 0 ? "" : fundingWords(answer);
    this.arrived();
  }

  private forget(): void {
    this.asked = this.shown = "";
    this.asking = false;
    this.words = WAITING;
    this.rates = new Map();
  }
}
