/** What has been loaded, by key: the least recently read is thrown away first, and nothing that is wanted. */

interface Kept<T> {
  readonly value: T;
  /** Number of the last read of any. */
  readAt: number;
  /** Not all of it was closed when it was loaded, and more may be by now. */
  stale: boolean;
}

export class Shelf<T extends object> {
  private readonly kept = new Map<string, Kept<T>>();
  private readonly elders = new WeakMap<T, T>();
  private reads = 0;

  constructor(private readonly limit: number) {}

  get(key: string): T | undefined {
    const kept = this.kept.get(key);
    if (kept) kept.readAt = ++this.reads;
    return kept?.value;
  }

  /** It is not there, or what is there is not up to date. */
  lacks(key: string): boolean {
    return this.kept.get(key)?.stale ?? true;
  }

  /** Puts a value in its place, in that of an elder one if there is one. */
  put(key: string, value: T, wanted: ReadonlySet<string>): void {
    const elder = this.kept.get(key)?.value;
    if (elder) {
      // One step back and no further: no chain is kept alive.
      this.elders.delete(elder);
      this.elders.set(value, elder);
    }
    this.kept.set(key, { value, readAt: ++this.reads, stale: false });
    if (this.kept.size > this.limit) this.drop(wanted);
  }

  /** What a value took the place of; undefined where it was the first. */
  before(value: T): T | undefined {
    return this.elders.get(value);
  }

  /** Marks values that are to be loaded again, and shown until then. */
  age(open: (value: T) => boolean): void {
    for (const kept of this.kept.values()) if (open(kept.value)) kept.stale = true;
  }

  private drop(wanted: ReadonlySet<string>): void {
    const idle = [...this.kept].filter(([key]) => !wanted.has(key)).sort(([, a], [, b]) => a.readAt - b.readAt);
    for (const [key] of idle.slice(0, this.kept.size - this.limit)) this.kept.delete(key);
  }
}
