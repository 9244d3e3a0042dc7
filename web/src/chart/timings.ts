/** Script time of the page's own drawing, and how long a trade took from the server's receiving it to the screen, kept for the debug handle and the benchmark. */

const KEPT = 6000;
export type TimingName = "paint" | "recolour" | "cursor" | "refill" | "lens" | "latency";

export class Timings {
  private readonly lists = new Map<TimingName, number[]>();

  /** Runs a function and notes how long it took. A trace of the browser's shows where, and how much of that was processor time. */
  measure<T>(name: TimingName, run: () => T): T {
    console.timeStamp(`${name} begins`);
    const start = performance.now();
    const result = run();
    this.note(name, performance.now() - start);
    console.timeStamp(`${name} ends`);
    return result;
  }

  /** Notes a length of time, ms. */
  note(name: TimingName, ms: number): void {
    const list = this.lists.get(name) ?? [];
    list.push(ms);
    if (list.length > KEPT) list.shift();
    this.lists.set(name, list);
  }

  /** Milliseconds noted so far, oldest first. */
  list(name: TimingName): readonly number[] {
    return this.lists.get(name) ?? [];
  }

  clear(): void {
    this.lists.clear();
  }
}
