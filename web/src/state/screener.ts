/** The screener's rows: asked for while somebody looks, and sorted as they like. */
import { signal, type Signal } from "@preact/signals";
import type { Client } from "../data/client";
import type { Screened, ScreenerAnswer } from "../wire/api";

/** Asked again this often while the table is open. */
const AGAIN_MS = 30_000;

export interface SortBy {
  /** Name of a {@link SORT_KEYS} entry. */
  readonly key: string;
  /** 1 rising, -1 falling. */
  readonly way: 1 | -1;
}

/** What rows can be sorted by. Numbers sort by size; what is missing comes last either way. */
export const SORT_KEYS: Readonly<Record<string, (row: Screened) => string | number | null>> = {
  instrument: (row) => `${row.symbol} ${row.venue}`,
  price: (row) => row.price,
  ...Object.fromEntries([0, 1, 2, 3].flatMap((i) => [[`above${i}`, (row: Screened) => row.above[i] ?? null], [`below${i}`, (row: Screened) => row.below[i] ?? null]])),
  skew: (row) => row.skew,
  z: (row) => row.nearest?.z ?? null,
  distance: (row) => row.nearest?.distance ?? null,
  age: (row) => -row.at,
};

export function sorted(rows: readonly Screened[], { key, way }: SortBy): Screened[] {
  const of = SORT_KEYS[key] ?? (() => null);
  return [...rows].sort((a, b) => {
    const x = of(a), y = of(b);
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    return way * (typeof x === "string" ? x.localeCompare(String(y)) : x - Number(y));
  });
}

export class Screener {
  readonly answer: Signal<ScreenerAnswer | null> = signal<ScreenerAnswer | null>(null);
  /** Why there is no newer answer; empty while all is well. */
  readonly fault: Signal<string> = signal("");
  private timer: ReturnType<typeof setInterval> | null = null;
  private asked = 0;

  constructor(private readonly client: Client) {}

  /** Asks now and from time to time, as of an instant (null is now), until the returned function is called. */
  watch(at: number | null): () => void {
    void this.ask(at);
    if (this.timer) clearInterval(this.timer);
    this.timer = setInterval(() => void this.ask(at), AGAIN_MS);
    return () => {
      if (this.timer) clearInterval(this.timer);
      this.timer = null;
    };
  }

  private async ask(at: number | null): Promise<void> {
    const turn = ++this.asked;
    try {
      const answer = await this.client.screener(at);
      if (turn !== this.asked) return;
      this.answer.value = answer;
      this.fault.value = "";
    } catch (error) {
      if (turn === this.asked) this.fault.value = error instanceof Error ? error.message : String(error);
    }
  }
}
