/** Script time of the page's own drawing, kept for the debug handle and the benchmark. */

const KEPT = 600;
export type TimingName = "paint" | "recolour" | "cursor" | "refill" | "lens";

export class Timings {
  private readonly lists = new Map<TimingName, number[]>();

  /** Runs a function and notes how long it took. */
  measure<T>(name: TimingName, run: () => T): T {
    const start = performance.now();
    const result = run();
    const list = this.lists.get(name) ?? [];
    list.push(performance.now() - start);
    if (list.length > KEPT) list.shift();
    this.lists.set(name, list);
    return result;
  }

  /** Milliseconds noted so far, oldest first. */
  list(name: TimingName): readonly number[] {
    return this.lists.get(name) ?? [];
  }

  clear(): void {
    this.lists.clear();
  }
}
