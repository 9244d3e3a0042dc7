/**
 * The candle under way, at any level: the minutes that the stream tells, with
 * those that closed before the page was opened. For the eye only; nothing of
 * it enters the map.
 */
import { MINUTE, HOUR } from "../units/units";
import type { ColumnsAnswer } from "../wire/api";
import type { FormingCandle } from "../wire/stream";
import type { Candle } from "./candles";

/** Longest bucket that is put together, and so how long minutes are kept, ms. */
const LONGEST = 24 * HOUR;

/** A candle of a stretch of time that is over, or of the minute under way. */
interface Piece extends Candle {
  readonly from: number;
  readonly to: number;
}

export class Forming {
  private readonly pieces = new Map<string, Piece>();
  /** The newest minute's start, and when the server received its newest trade; 0 before the first. */
  time = 0;
  received = 0;

  /** Another instrument. */
  clear(): void {
    this.pieces.clear();
    this.time = this.received = 0;
  }

  /** The minute under way as it is now. Returns false where it says nothing new. */
  take(candle: FormingCandle): boolean {
    const { time, open, high, low, close, received } = candle;
    if (time < this.time || !(open > 0)) return false;
    if (time > this.time) for (const [id, piece] of this.pieces) if (piece.to < time - LONGEST) this.pieces.delete(id);
    this.pieces.set(`${time}/${MINUTE}`, { from: time, to: time + MINUTE, open, high, low, close });
    this.time = time;
    this.received = received;
    return true;
  }

  /** Columns that have closed already. What the stream told of the same time stays. */
  seed(answer: ColumnsAnswer): void {
    answer.time.forEach((from, i) => {
      const open = answer.open[i] as number, id = `${from}/${answer.bucket_ms}`;
      if (open > 0 && !this.pieces.has(id)) {
        this.pieces.set(id, { from, to: from + answer.bucket_ms, open, high: answer.high[i] as number, low: answer.low[i] as number, close: answer.close[i] as number });
      }
    });
  }

  /** Stretches to {@link seed}, so that the bucket of `at` is whole up to `to`: whole hours, then minutes. */
  static missing(bucketMs: number, at: number, to: number): { bucketMs: number; from: number; to: number }[] {
    const start = Math.floor(at / bucketMs) * bucketMs, hour = Math.max(start, Math.floor(to / HOUR) * HOUR);
    return [{ bucketMs: HOUR, from: start, to: hour }, { bucketMs: MINUTE, from: hour, to }].filter((s) => s.from < s.to);
  }

  /** The candle of a bucket as far as it is known; null where nothing of it is. */
  candle(bucketMs: number, bucket: number): Candle | null {
    const from = bucket * bucketMs, to = from + bucketMs;
    const inside = [...this.pieces.values()].filter((p) => p.from >= from && p.to <= to).sort((a, b) => a.from - b.from || b.to - a.to);
    const first = inside[0];
    if (!first) return null;
    let { high, low, close } = first, end = first.to;
    for (const p of inside) {
      // An hour and its minutes may both be known.
      if (p.from < end && p !== first) continue;
      high = Math.max(high, p.high);
      low = Math.min(low, p.low);
      close = p.close;
      end = p.to;
    }
    return { open: first.open, high, low, close };
  }
}
