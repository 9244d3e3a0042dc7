/** The page's connection: state of the server, instruments, the store of the chosen one, and what live venues tell. */
import { batch, signal, type Signal } from "@preact/signals";
import { AnswerError, Client, type Name } from "../data/client";
import { Store, type OnArrival } from "../data/store";
import type { Instrument, InstrumentsAnswer, StatusAnswer } from "../wire/api";
import { wholeOf } from "../wire/combination";
import type { Level } from "../units/units";
import { as_, type Millis } from "../units/units";
import type { ColumnMessage, FormingCandle } from "../wire/stream";
import { Live } from "./live";
import type { Settings } from "./settings";

/** Where the connection stands. `detail` is a sentence for the user. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "ok" }
  | { readonly state: "disconnected"; readonly since: number; readonly detail: string };

const POLL_MS = { preparing: 1_000, live: 5_000, idle: 15_000, lost: 2_000 } as const;
/** News that only the next poll can tell is asked for after this long, together with what else comes, ms. */
const SOON_MS = 500;

/** What a session tells whoever draws. */
export interface SessionEvents {
  /** An instrument is chosen and its store is empty; returns what arrivals are told to. */
  opened(store: Store, instrument: Instrument): OnArrival;
  /** More columns of the chosen instrument have closed. */
  advanced(): void;
  /** The candle under way of some instrument has moved. */
  candle(candle: FormingCandle): void;
}

export class Session {
  readonly client: Client;
  readonly link: Signal<Link> = signal<Link>({ state: "connecting" });
  readonly status: Signal<StatusAnswer | null> = signal<StatusAnswer | null>(null);
  readonly instruments: Signal<readonly Instrument[]> = signal<readonly Instrument[]>([]);
  readonly levels: Signal<readonly Level[]> = signal<readonly Level[]>([]);
  readonly instrument: Signal<Instrument | null> = signal<Instrument | null>(null);
  /** Last fault of a request for data, empty while all is well. */
  readonly fault: Signal<string> = signal("");
  readonly live: Live;
  store: Store | null = null;
  /** Resolves when the server has answered for the first time, or failed to. */
  readonly met: Promise<void>;
  private meet: () => void = () => undefined;
  /** Whom arrivals in the store are told to. */
  private arrival: OnArrival = () => undefined;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Polls so far: one that another has overtaken plans no next one. */
  private turn = 0;
  private ended = false;

  constructor(private readonly settings: Settings, private readonly events: SessionEvents, base = "") {
    this.client = new Client(base);
    this.met = new Promise((resolve) => (this.meet = resolve));
    this.live = new Live({
      column: (message) => this.closed(message), candle: (candle) => events.candle(candle),
      up: () => this.soon(0), down: () => this.soon(0),
    }, () => this.client.stream());
  }

  /** Asks for state and instruments, and goes on doing so. */
  start(): void {
    void this.poll();
  }

  stop(): void {
    this.ended = true;
    if (this.timer) clearTimeout(this.timer);
    this.live.stop();
    this.store?.close();
  }

  /** Asks at once, for instance because the user says so. */
  again(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    void this.poll();
  }

  /** Shows an instrument or a combination by its name, listed so far or not. */
  async show(name: Name): Promise<void> {
    try {
      const answer = await this.client.instruments(name);
      this.instruments.value = answer.instruments;
      const found = answer.instruments.find((i) => i.venue === name.venue && i.symbol === name.symbol);
      if (found) this.choose(found);
    } catch (error) {
      this.failed(error);
    }
  }

  /** Chooses an instrument; its store starts empty. */
  choose(instrument: Instrument): void {
    const before = this.instrument.peek();
    if (before && before.venue === instrument.venue && before.symbol === instrument.symbol && sameParts(before, instrument)) return;
    this.store?.close();
    const { venue, symbol } = instrument;
    const store = new Store({
      client: this.client,
      name: { venue, symbol },
      groups: instrument.groups.map((group) => group.name),
      bucketMs: this.levels.peek().map((level) => level.bucketMs),
      onArrival: (kind, level) => {
        if (this.store !== store) return;
        this.fault.value = "";
        this.arrival(kind, level);
      },
      onError: (error) => this.failed(error),
    });
    this.store = store;
    batch(() => {
      this.settings.venue.value = venue;
      this.settings.symbol.value = symbol;
      this.instrument.value = instrument;
    });
    this.arrival = this.events.opened(store, instrument);
  }

  /** Opens the chosen instrument anew, as it is loaded so far: somebody else draws from now on. */
  reopen(): void {
    const instrument = this.instrument.peek();
    if (this.store && instrument) this.arrival = this.events.opened(this.store, instrument);
  }

  private async poll(): Promise<void> {
    const turn = ++this.turn;
    let wait: number = POLL_MS.idle;
    try {
      // Both at once: a warm server is on the screen a round trip earlier.
      const [status, answer] = await Promise.all([this.client.status(), this.list()]);
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
      this.meet();
      if (status.live) this.live.start();
      else this.live.stop();
      if (status.live && !this.live.pushing) this.live.tell(await this.client.venues());
      if (status.state === "preparing") wait = POLL_MS.preparing;
      else if (this.instrument.peek()?.provenance === "LIVE" && !this.live.pushing) wait = POLL_MS.live;
    } catch (error) {
      wait = POLL_MS.lost;
      this.failed(error);
    }
    this.meet();
    if (!this.ended && turn === this.turn) this.timer = setTimeout(() => void this.poll(), wait);
  }

  /** Asks before it would, unless it is about to. */
  private soon(ms = SOON_MS): void {
    if (this.ended || this.timer === null) return; // a poll is under way
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), ms);
  }

  /** The stream says that columns have closed. */
  private closed({ venue, symbol, to }: ColumnMessage): void {
    const all = this.instruments.peek(), told = all.find((i) => i.venue === venue && i.symbol === symbol), chosen = this.instrument.peek();
    if (!told) return this.soon();
    if (to > told.to) this.instruments.value = all.map((i) => (i === told ? { ...i, to } : i));
    if (chosen?.venue === venue && chosen.symbol === symbol) this.follow(this.instruments.peek());
    // What is made of several venues is told by none of them.
    else if (chosen?.coin === told.coin && chosen.provenance === "LIVE" && !this.live.venues.peek().some((v) => v.venue === chosen.venue)) this.soon();
  }

  /** What there is, with what the address asks for: that may be a combination which is not listed by itself. */
  private async list(): Promise<InstrumentsAnswer> {
    const venue = this.settings.venue.peek(), symbol = this.settings.symbol.peek();
    const answer = await this.client.instruments();
    if (!venue || !symbol || answer.instruments.some((i) => i.venue === venue && i.symbol === symbol)) return answer;
    return this.client.instruments({ venue, symbol });
  }

  /** Takes over news of the chosen instrument, or chooses one: the one asked for, else the freshest. */
  private follow(instruments: readonly Instrument[]): void {
    const { venue, symbol } = this.settings;
    const chosen = instruments.find((i) => i.venue === venue.peek() && i.symbol === symbol.peek());
    const current = this.instrument.peek();
    if (!current) {
      const first = chosen ?? instruments.find((i) => i.symbol === symbol.peek()) ?? (symbol.peek() === "" ? freshest(instruments) : undefined);
      if (first) this.choose(first);
    } else if (chosen && !sameParts(chosen, current)) {
      this.choose(chosen);
    } else if (chosen && chosen.to !== current.to) {
      this.instrument.value = chosen;
      this.store?.advance();
      this.events.advanced();
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
    const link = this.link.peek(), detail = error instanceof DOMException && error.name === "TimeoutError" ? "the server is stalled" : "no answer from the server";
    if (link.state !== "disconnected" || link.detail !== detail) {
      this.link.value = { state: "disconnected", since: link.state === "disconnected" ? link.since : Date.now(), detail };
    }
  }
}

/** A combination of other parts is another map, its past included. */
function sameParts(a: Instrument, b: Instrument): boolean {
  const names = (i: Instrument): string => (i.parts ?? []).map((part) => `${part.venue}:${part.symbol}`).join();
  return names(a) === names(b);
}

/** Instruments whose ends lie this close together are up at the same time, ms. */
const TOGETHER_MS = 5 * 60_000;

/** The instrument whose data reach furthest, of several the one listed first; over all venues if more than one of them is up. */
function freshest(instruments: readonly Instrument[]): Instrument | undefined {
  const first = instruments.reduce<Instrument | undefined>((best, i) => (best && best.to >= i.to ? best : i), undefined);
  if (!first) return undefined;
  const whole = wholeOf(instruments, first.coin), up = whole?.parts?.filter((part) => part.to >= first.to - TOGETHER_MS) ?? [];
  return up.length > 1 ? whole : first;
}
