/** The page's connection: state of the server, instruments, and the store of the chosen one. */
import { batch, signal, type Signal } from "@preact/signals";
import { AnswerError, Client } from "../data/client";
import { Store, type OnArrival } from "../data/store";
import type { Instrument, StatusAnswer } from "../wire/api";
import type { Level } from "../units/units";
import { as_, type Millis } from "../units/units";
import type { Settings } from "./settings";

/** Where the connection stands. `detail` is a sentence for the user. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "ok" }
  | { readonly state: "disconnected"; readonly since: number; readonly detail: string };

const POLL_MS = { preparing: 1_000, live: 5_000, idle: 15_000, lost: 2_000 } as const;

export class Session {
  readonly client: Client;
  readonly link: Signal<Link> = signal<Link>({ state: "connecting" });
  readonly status: Signal<StatusAnswer | null> = signal<StatusAnswer | null>(null);
  readonly instruments: Signal<readonly Instrument[]> = signal<readonly Instrument[]>([]);
  readonly levels: Signal<readonly Level[]> = signal<readonly Level[]>([]);
  readonly instrument: Signal<Instrument | null> = signal<Instrument | null>(null);
  /** Last fault of a request for data, empty while all is well. */
  readonly fault: Signal<string> = signal("");
  store: Store | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private ended = false;

  constructor(private readonly settings: Settings, private readonly onStore: (store: Store, instrument: Instrument) => OnArrival, private readonly onAdvance: () => void, base = "") {
    this.client = new Client(base);
  }

  /** Asks for state and instruments, and goes on doing so. */
  start(): void {
    void this.poll();
  }

  stop(): void {
    this.ended = true;
    if (this.timer) clearTimeout(this.timer);
    this.store?.close();
  }

  /** Asks at once, for instance because the user says so. */
  again(): void {
    if (this.timer) clearTimeout(this.timer);
    void this.poll();
  }

  /** Chooses an instrument; its store starts empty. */
  choose(instrument: Instrument): void {
    const before = this.instrument.peek();
    if (before && before.venue === instrument.venue && before.symbol === instrument.symbol) return;
    this.store?.close();
    const { venue, symbol } = instrument;
    let arrival: OnArrival = () => undefined;
    const store = new Store({
      client: this.client,
      name: { venue, symbol },
      groups: instrument.groups.map((group) => group.name),
      bucketMs: this.levels.peek().map((level) => level.bucketMs),
      onArrival: (kind, level) => {
        if (this.store !== store) return;
        this.fault.value = "";
        arrival(kind, level);
      },
      onError: (error) => this.failed(error),
    });
    this.store = store;
    batch(() => {
      this.settings.venue.value = venue;
      this.settings.symbol.value = symbol;
      this.instrument.value = instrument;
    });
    arrival = this.onStore(store, instrument);
  }

  private async poll(): Promise<void> {
    let wait: number = POLL_MS.idle;
    try {
      // Both at once: a warm server is on the screen a round trip earlier.
      const [status, answer] = await Promise.all([this.client.status(), this.client.instruments()]);
      if (this.link.peek().state === "disconnected") this.store?.retry();
      batch(() => {
        this.link.value = { state: "ok" };
        this.status.value = status;
        if (this.levels.peek().length === 0) {
          this.levels.value = answer.levels.map((l) => ({ bucketMs: as_<Millis>(l.bucket_ms), shift: l.shift }));
        }
        this.instruments.value = answer.instruments;
      });
      this.follow(answer.instruments);
      if (status.state === "preparing") wait = POLL_MS.preparing;
      else if (this.instrument.peek()?.provenance === "LIVE") wait = POLL_MS.live;
    } catch (error) {
      wait = POLL_MS.lost;
      this.failed(error);
    }
    if (!this.ended) this.timer = setTimeout(() => void this.poll(), wait);
  }

  /** Takes over news of the chosen instrument, or chooses one: the one asked for, else the freshest. */
  private follow(instruments: readonly Instrument[]): void {
    const { venue, symbol } = this.settings;
    const chosen = instruments.find((i) => i.venue === venue.peek() && i.symbol === symbol.peek());
    const current = this.instrument.peek();
    if (!current) {
      const first = chosen ?? instruments.find((i) => i.symbol === symbol.peek()) ?? (symbol.peek() === "" ? freshest(instruments) : undefined);
      if (first) this.choose(first);
    } else if (chosen && chosen.to !== current.to) {
      this.instrument.value = chosen;
      this.store?.advance();
      this.onAdvance();
    }
  }

  private failed(error: unknown): void {
    if (error instanceof AnswerError) {
      this.fault.value = error.message;
      return;
    }
    if (error instanceof Error && error.message.startsWith("cannot decode")) {
      this.fault.value = error.message;
      return;
    }
    const link = this.link.peek();
    if (link.state !== "disconnected") this.link.value = { state: "disconnected", since: Date.now(), detail: "no answer from the server" };
  }
}

/** The instrument whose data reach furthest; of several the one listed first. */
function freshest(instruments: readonly Instrument[]): Instrument | undefined {
  return instruments.reduce<Instrument | undefined>((best, i) => (best && best.to >= i.to ? best : i), undefined);
}
