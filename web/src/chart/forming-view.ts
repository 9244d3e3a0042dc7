/** Draws the candle under way, marks its column, and tells how long its newest trade took to the screen. */
import type { Client, Name } from "../data/client";
import type { Ink } from "../scale/ink";
import { columnOf, type View } from "../scale/view";
import type { Level } from "../units/units";
import type { FormingCandle } from "../wire/stream";
import type { Candle, Candles } from "./candles";
import { Forming } from "./forming";
import type { Timings } from "./timings";

/** What is shown while a candle forms. */
export interface FormingHosts {
  readonly candles: Candles;
  readonly timings: Timings;
  /** The page is of now: not of a replayed moment. */
  now(): boolean;
}

export class FormingView {
  private readonly forming = new Forming();
  private name: Name | null = null;
  private client: Client | null = null;
  private levels: readonly Level[] = [];
  /** The bucket whose closed part has been asked for. */
  private seeded = "";
  /** When the server received what is not on the screen yet; 0 for nothing. */
  private pending = 0;

  constructor(private readonly hosts: FormingHosts) {}

  /** Another instrument. */
  open(name: Name, client: Client, levels: readonly Level[]): void {
    Object.assign(this, { name, client, levels, seeded: "", pending: 0 });
    this.forming.clear();
  }

  /** The candle under way has moved. */
  take(candle: FormingCandle): void {
    const { candles, now } = this.hosts, frame = candles.current();
    if (candle.venue !== this.name?.venue || candle.symbol !== this.name.symbol || !this.forming.take(candle) || !frame || !now()) return;
    const bucket = Math.floor(candle.time / frame.bucketMs), whole = this.forming.candle(frame.bucketMs, bucket);
    void this.seed(frame.bucketMs, candle.time);
    if (!whole) return;
    candles.update(bucket, whole);
    if (candle.received > 0) this.pending ||= candle.received;
  }

  /** The candle of a bucket that has not closed; null where there is none or the page is of the past. */
  candle(bucket: number): Candle | null {
    const frame = this.hosts.candles.current();
    return frame && this.forming.time > 0 && this.hosts.now() ? this.forming.candle(frame.bucketMs, bucket) : null;
  }

  /** Inside the chart's paint: a band over the column under way. */
  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const frame = this.hosts.candles.current(), { time } = this.forming;
    if (!frame || time === 0 || !this.hosts.now()) return;
    const from = Math.floor(time / frame.bucketMs) * frame.bucketMs;
    const x0 = columnOf(view, from), x1 = Math.max(x0 + 2 * view.ratio, columnOf(view, from + frame.bucketMs));
    if (x1 > 0 && x0 < view.width) {
      context.save();
      context.fillStyle = ink.band;
      context.fillRect(x0, 0, x1 - x0, view.height);
      context.restore();
    }
    this.painted();
  }

  /** On the screen with the frame that is being painted: measured when the next one begins. */
  private painted(): void {
    const { pending } = this;
    if (pending === 0) return;
    this.pending = 0;
    requestAnimationFrame(() => this.hosts.timings.note("latency", Date.now() - pending));
  }

  /** Asks once for the part of the bucket that closed before the stream told of it. */
  private async seed(bucketMs: number, at: number): Promise<void> {
    const key = `${bucketMs} ${Math.floor(at / bucketMs)}`, { name, client } = this;
    if (key === this.seeded || !name || !client) return;
    this.seeded = key;
    for (const stretch of Forming.missing(bucketMs, at, at)) {
      const level = this.levels.findIndex((l) => l.bucketMs === stretch.bucketMs);
      const answer = level < 0 ? null : await client.columns(name, level, stretch.from, stretch.to, null).catch(() => null);
      if (this.name !== name) return;
      if (answer) this.forming.seed(answer);
    }
  }
}
