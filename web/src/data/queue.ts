/** Loads what is wanted, a few at a time, most wanted first; forgets what is not wanted any more. */

/** A thing to load, known by its key. */
export interface Job {
  readonly key: string;
  load(signal: AbortSignal): Promise<void>;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;

/** Runs at most `width` loads at once. Failed ones are tried again, each time after twice as long. */
export class LoadQueue {
  private wishes: readonly Job[] = [];
  private readonly running = new Map<string, AbortController>();
  private readonly failed = new Map<string, { until: number; wait: number }>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly width: number, private readonly onError: (error: unknown) => void) {}

  /** Replaces the wish list, most wanted first. Running loads that are not on it are aborted. */
  want(jobs: readonly Job[]): void {
    this.wishes = jobs;
    const keys = new Set(jobs.map((job) => job.key));
    for (const [key, abort] of this.running) if (!keys.has(key)) abort.abort();
    this.pump();
  }

  /** Loads under way. */
  get busy(): number {
    return this.running.size;
  }

  /** Tries failed loads again at once: the server is back. */
  retry(): void {
    this.failed.clear();
    this.pump();
  }

  private pump(): void {
    const now = Date.now();
    for (const job of this.wishes) {
      if (this.running.size >= this.width) return;
      if (this.running.has(job.key)) continue;
      const failure = this.failed.get(job.key);
      if (failure && failure.until > now) this.wakeAt(failure.until - now);
      else this.start(job);
    }
  }

  private start(job: Job): void {
    const abort = new AbortController();
    this.running.set(job.key, abort);
    const done = (error?: unknown): void => {
      this.running.delete(job.key);
      if (error === undefined) {
        this.failed.delete(job.key);
        this.wishes = this.wishes.filter((wish) => wish.key !== job.key);
      } else if (!abort.signal.aborted) {
        const wait = Math.min(LAST_RETRY_MS, 2 * (this.failed.get(job.key)?.wait ?? FIRST_RETRY_MS / 2));
        this.failed.set(job.key, { until: Date.now() + wait, wait });
        this.onError(error);
      }
      this.pump();
    };
    job.load(abort.signal).then(() => done(), (error: unknown) => done(error ?? new Error("load failed")));
  }

  private wakeAt(ms: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.pump();
    }, ms);
  }
}
