/** What live venues tell: their states, candles under way, and how fresh all of it is. */
import { batch, signal, type Signal } from "@preact/signals";
import { Stream } from "../data/stream";
import type { Firing, Instrument } from "../wire/api";
import type { ColumnMessage, FormingCandle, StreamMessage, VenuesAnswer, VenueState } from "../wire/stream";

/** Where the stream stands: off where the server has none. `since` is our clock, ms. */
export interface StreamLink {
  readonly state: "off" | "connecting" | "open" | "lost" | "stalled";
  readonly since: number;
}

/** How long an instrument may say nothing before what is shown counts as stale, ms. */
export const STALE_MS = 15_000;

export interface LiveEvents {
  /** Columns of an instrument have closed. */
  column(message: ColumnMessage): void;
  candle(candle: FormingCandle): void;
  /** The stream stands again: what was missed must be asked for. */
  up(): void;
  down(): void;
}

/** How fresh an instrument is, for words. */
export interface Freshness {
  /** Age of the newest word of it, ms; null while nobody tells. */
  readonly ageMs: number | null;
  /** Its feed, null where none is known. */
  readonly venue: VenueState | null;
  readonly stale: boolean;
}

export class Live {
  readonly link: Signal<StreamLink> = signal<StreamLink>({ state: "off", since: 0 });
  readonly venues: Signal<readonly VenueState[]> = signal<readonly VenueState[]>([]);
  /** Moved on once a second while connected: ages are told anew. */
  readonly tick: Signal<number> = signal(0);
  /** How far our clock is ahead of the server's, ms. */
  private ahead = 0;
  /** When an instrument was last heard of, our clock. */
  private readonly heard = new Map<string, number>();
  /** Who wants to hear of alerts that fire. */
  readonly alerted = new Set<(firing: Firing) => void>();
  private stream: Stream | null = null;
  private ticker: ReturnType<typeof setInterval> | null = null;

  constructor(private readonly events: LiveEvents, private readonly address: () => string) {}

  /** Connects; does nothing where it is connected or trying to. */
  start(): void {
    if (this.stream) return this.stream.hurry();
    this.enter("connecting");
    this.stream = new Stream(() => new WebSocket(this.address()), {
      message: (message) => this.take(message),
      up: () => {
        this.enter("open");
        this.events.up();
      },
      down: (why) => {
        this.enter(why);
        this.events.down();
      },
    });
    this.ticker = setInterval(() => void this.tick.value++, 1000);
    this.stream.start();
  }

  stop(): void {
    this.stream?.stop();
    this.stream = null;
    if (this.ticker) clearInterval(this.ticker);
    this.enter("off");
  }

  /** Everything that closes is pushed: nobody needs to ask for it. */
  get pushing(): boolean {
    return this.link.peek().state === "open";
  }

  /** States as of now, pushed or asked for. */
  tell({ now, venues }: VenuesAnswer): void {
    this.ahead = Date.now() - now;
    this.venues.value = venues;
  }

  /** How long ago an instant of the server's clock is, ms. */
  since(at: number): number {
    this.tick.value;
    return Math.max(0, Date.now() - this.ahead - at);
  }

  /** How fresh an instrument is. */
  freshness(instrument: Pick<Instrument, "venue" | "symbol" | "parts">): Freshness {
    // A combination is as fresh as the freshest of its parts, and stale with all of them.
    const all = (instrument.parts ?? [instrument]).map((part) => this.freshnessOf(part));
    const best = all.reduce((a, b) => ((b.ageMs ?? Infinity) < (a.ageMs ?? Infinity) ? b : a), all[0] ?? { ageMs: null, venue: null, stale: true });
    return { ...best, stale: all.every((f) => f.stale) };
  }

  private freshnessOf({ venue, symbol }: Pick<Instrument, "venue" | "symbol">): Freshness {
    this.tick.value;
    const now = Date.now();
    const state = this.venues.value.find((v) => v.venue === venue && v.instruments.some((i) => i.symbol === symbol)) ?? null;
    const heard = this.heard.get(`${venue} ${symbol}`) ?? (state && state.last_event > 0 ? state.last_event + this.ahead : null);
    const ageMs = heard === null ? null : Math.max(0, now - heard);
    const stale = this.link.value.state !== "open" || state?.state !== "live" || (ageMs ?? Infinity) > STALE_MS;
    return { ageMs, venue: state, stale };
  }

  private enter(state: StreamLink["state"]): void {
    const before = this.link.peek();
    // A failed attempt to come back does not make the loss any younger.
    if ((state === "lost" || state === "stalled") && (before.state === "lost" || before.state === "stalled")) return;
    if (before.state !== state) this.link.value = { state, since: Date.now() };
  }

  private take(message: StreamMessage): void {
    const at = Date.now();
    if (message.type === "venues") return this.tell(message);
    if (message.type === "alert") return this.alerted.forEach((hear) => hear(message));
    batch(() => {
      if (message.type === "column") {
        this.heard.set(`${message.venue} ${message.symbol}`, at);
        this.events.column(message);
        return;
      }
      for (const candle of message.candles) {
        this.heard.set(`${candle.venue} ${candle.symbol}`, at);
        this.events.candle(candle);
      }
    });
  }
}
