import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Forming } from "../../src/chart/forming";
import { Stream } from "../../src/data/stream";
import type { ColumnsAnswer } from "../../src/wire/api";
import type { FormingCandle } from "../../src/wire/stream";

const MINUTE = 60_000, HOUR = 60 * MINUTE;

/** As much of a WebSocket as a Stream uses. */
class FakeSocket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
}

describe("the stream", () => {
  let sockets: FakeSocket[] = [], told: string[] = [], stream: Stream;
  const newest = (): FakeSocket => sockets[sockets.length - 1] as FakeSocket;
  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    told = [];
    stream = new Stream(() => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    }, { message: (m) => told.push(m.type), up: () => told.push("up"), down: (why) => told.push(why) }, () => 1);
    stream.start();
  });
  afterEach(() => vi.useRealTimers());

  test("is tried again, later each time, and soon again once it has spoken", () => {
    for (const wait of [500, 1000, 2000]) {
      newest().onclose?.();
      const before = sockets.length;
      vi.advanceTimersByTime(wait - 1);
      expect(sockets.length).toBe(before);
      vi.advanceTimersByTime(1);
      expect(sockets.length).toBe(before + 1);
    }
    newest().onopen?.();
    newest().onmessage?.({ data: '{"type":"venues"}' });
    newest().onclose?.();
    vi.advanceTimersByTime(500);
    expect(sockets.length).toBe(5);
    expect(told).toEqual(["lost", "lost", "lost", "up", "venues", "lost"]);
  });

  test("never waits beyond a bound", () => {
    for (let i = 0; i < 20; i++) {
      const before = sockets.length;
      let waited = 0;
      newest().onclose?.();
      for (; sockets.length === before; waited += 100) vi.advanceTimersByTime(100);
      expect(waited).toBeLessThanOrEqual(15_000);
    }
  });

  test("that says nothing is stalled: closed, not listened to any more, tried again", () => {
    const stalled = newest();
    stalled.onopen?.();
    stalled.onmessage?.({ data: '{"type":"venues"}' });
    vi.advanceTimersByTime(11_999);
    expect(told).toEqual(["up", "venues"]);
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["up", "venues", "stalled"]);
    expect(stalled.closed).toBe(true);
    stalled.onmessage?.({ data: '{"type":"column"}' });
    stalled.onclose?.();
    expect(told.length).toBe(3);
    vi.advanceTimersByTime(500);
    expect(sockets.length).toBe(2);
  });

  test("hurries where the server has been heard from, and stops for good", () => {
    newest().onclose?.();
    stream.hurry();
    stream.hurry();
    expect(sockets.length).toBe(2);
    stream.stop();
    expect(newest().closed).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(sockets.length).toBe(2);
    expect(told).toEqual(["lost"]);
  });
});

describe("the candle under way", () => {
  const minute = (time: number, open: number, high: number, low: number, close: number): FormingCandle =>
    ({ venue: "v", symbol: "s", time, open, high, low, close, volume: 1, mark: close, received: 5 });
  const columns = (bucket_ms: number, rows: readonly (readonly [number, number, number, number, number])[]): ColumnsAnswer => ({
    bucket_ms, time: rows.map((r) => r[0]), open: rows.map((r) => r[1]), high: rows.map((r) => r[2]), low: rows.map((r) => r[3]), close: rows.map((r) => r[4]),
  } as unknown as ColumnsAnswer);

  test("is put together of closed hours, closed minutes and the minute told", () => {
    const forming = new Forming(), at = 4 * HOUR;
    forming.seed(columns(HOUR, [[at, 10, 20, 9, 15]]));
    forming.seed(columns(MINUTE, [[at, 10, 11, 9.5, 10.5], [at + HOUR, 15, 30, 14, 16]]));
    expect(forming.take(minute(at + HOUR + MINUTE, 16, 17, 5, 6))).toBe(true);
    expect(forming.candle(4 * HOUR, 1)).toEqual({ open: 10, high: 30, low: 5, close: 6 });
    expect(forming.candle(HOUR, 5)).toEqual({ open: 15, high: 30, low: 5, close: 6 });
    expect(forming.candle(MINUTE, 5 * 60 + 1)).toEqual({ open: 16, high: 17, low: 5, close: 6 });
    expect(forming.candle(HOUR, 9)).toBeNull();
  });

  test("takes no older minute, and keeps no more than a day", () => {
    const forming = new Forming();
    forming.take(minute(10 * MINUTE, 1, 1, 1, 1));
    expect(forming.take(minute(9 * MINUTE, 2, 2, 2, 2))).toBe(false);
    expect(forming.take(minute(11 * MINUTE, 0, 0, 0, 0))).toBe(false);
    expect(forming.take(minute(30 * HOUR, 3, 3, 3, 3))).toBe(true);
    expect(forming.candle(MINUTE, 10)).toBeNull();
  });

  test("asks for whole hours first, then minutes, and for nothing it cannot need", () => {
    const at = 10 * HOUR + 7 * MINUTE;
    expect(Forming.missing(4 * HOUR, at, at)).toEqual([{ bucketMs: HOUR, from: 8 * HOUR, to: 10 * HOUR }, { bucketMs: MINUTE, from: 10 * HOUR, to: at }]);
    expect(Forming.missing(5 * MINUTE, at, at)).toEqual([{ bucketMs: MINUTE, from: 10 * HOUR + 5 * MINUTE, to: at }]);
    expect(Forming.missing(MINUTE, 10 * MINUTE, 10 * MINUTE)).toEqual([]);
  });
});
