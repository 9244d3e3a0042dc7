/** What live venues tell: their states, candles under way, and how fresh all of it is. */
import { batch, signal, type Signal } from "@preact/signals";
import type { Name } from "../data/client";
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
  alert(firing: Firing): void;
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
  /** Whose candles are told, by name. */
  private watched: ReadonlySet<string> = new Set();
  /** When an instrument that is watched was last heard of, our clock. */
  private readonly heard = new Map<string, number>();
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
        this.ask();
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

  /** Whose candles are to be told, and as they stand now: those of instruments that nobody looks at are not sent. */
  watch(names: readonly Name[]): void {
    this.watched = new Set(names.map(nameOf));
    for (const name of this.heard.keys()) if (!this.watched.has(name)) this.heard.delete(name);
    this.ask();
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
    const heard = this.heard.get(nameOf({ venue, symbol })) ?? (state && state.last_event > 0 ? state.last_event + this.ahead : null);
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
    if (message.type === "alert") return this.events.alert(message);
    batch(() => {
      if (message.type === "column") return this.events.column(message);
      for (const candle of message.candles) {
        const name = nameOf(candle);
        if (!this.watched.has(name)) continue;
        // What is told first is how things stand: as old as its newest trade.
        this.heard.set(name, this.heard.has(name) ? at : Math.min(at, candle.received + this.ahead));
        this.events.candle(candle);
      }
    });
  }

  private ask(): void {
    this.stream?.say({ type: "watch", instruments: [...this.watched] });
  }
}

/** An instrument as the stream spells it. */
export function nameOf({ venue, symbol }: Name): string {
  return `${venue}:${symbol}`;
}
