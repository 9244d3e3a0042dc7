/** The server, as every chart of the document shares it: its state and instruments, asked for by one poll, what one stream pushes, and its alerts. */
import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { brought } from "../data/brought";
import { AnswerError, Client, type Name } from "../data/client";
import { as_, type Level, type Millis } from "../units/units";
import type { Instrument, InstrumentsAnswer, StatusAnswer } from "../wire/api";
import type { ColumnMessage, FormingCandle } from "../wire/stream";
import { AlertBook } from "./alert-book";
import { Live, nameOf } from "./live";

/** Where the connection stands. `detail` is a sentence for the user. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "ok" }
  | { readonly state: "disconnected"; readonly since: number; readonly detail: string };

const POLL_MS = { preparing: 1_000, live: 5_000, idle: 15_000, lost: 2_000 } as const;
/** News that only the next poll can tell is asked for after this long, together with what else comes, ms. */
const SOON_MS = 500;

/** A chart, as far as the server must know it. */
export interface Viewer {
  /** What it shows. */
  readonly instrument: ReadonlySignal<Instrument | null>;
  /** What it shows or waits for, which need not be listed by itself; null where anything will do. */
  wanted(): Name | null;
  /** Instruments have come or grown. */
  listed(): void;
  /** The server answers again: what failed meanwhile can be asked for. */
  back(): void;
  /** The candle under way of some instrument has moved. */
  candle(candle: FormingCandle): void;
}

export class Server {
  readonly client: Client;
  readonly link: Signal<Link> = signal<Link>({ state: "connecting" });
  readonly status: Signal<StatusAnswer | null> = signal<StatusAnswer | null>(null);
  /** Everything that is listed, and the combinations that charts show. */
  readonly instruments: Signal<readonly Instrument[]> = signal<readonly Instrument[]>([]);
  readonly levels: Signal<readonly Level[]> = signal<readonly Level[]>([]);
  /** What the server answered to the last poll instead of itself; empty while all is well. */
  readonly fault: Signal<string> = signal("");
  readonly live: Live;
  readonly alerts: AlertBook;
  /** Resolves when the server has answered for the first time, or failed to. */
  readonly met: Promise<void>;
  private meet: () => void = () => undefined;
  private readonly viewers = new Set<Viewer>();
  /** Ends of instruments that the stream told, and when, our clock, ms. */
  private readonly told = new Map<string, { readonly to: number; readonly at: number }>();
  /** What charts ask for and is not listed by itself. */
  private also: readonly Name[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Polls so far: one that another has overtaken plans no next one. */
  private turn = 0;

  constructor(base = "") {
    this.client = new Client(base);
    this.met = new Promise((resolve) => (this.meet = resolve));
    this.live = new Live({
      column: (message) => this.closed(message),
      candle: (candle) => this.viewers.forEach((viewer) => viewer.candle(candle)),
      alert: (firing) => this.alerts.heard([firing]),
      up: () => this.soon(0), down: () => this.soon(0),
    }, () => this.client.stream());
    this.alerts = new AlertBook(this.client, this.live);
  }

  /** Begins with what the document brought along, where that is enough, else by asking; and goes on asking. */
  start(): void {
    const first = brought();
    if (!first || this.unlisted(first.instruments).length > 0) return this.again();
    this.learn(first.status, first.instruments, Date.now());
    this.timer = setTimeout(() => this.again(), first.status.state === "preparing" ? POLL_MS.preparing : POLL_MS.live);
  }

  /** Asks at once, for instance because the user says so, and goes on doing so. */
  again(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    void this.poll();
  }

  /** Serves a chart until the returned function is called. */
  join(viewer: Viewer): () => void {
    this.viewers.add(viewer);
    return () => {
      this.viewers.delete(viewer);
      this.watch();
    };
  }

  /** Says anew whose candles are shown: the server then tells how those stand. */
  watch(): void {
    this.live.watch([...this.viewers].flatMap(({ instrument }) => {
      const shown = instrument.peek();
      // A combination lends the candles of its first part.
      return shown ? [shown.parts?.[0] ?? shown] : [];
    }));
  }

  /** An instrument or a combination by its name, listed so far or not. */
  async find(name: Name): Promise<Instrument | undefined> {
    const asked = Date.now();
    try {
      this.instruments.value = this.newest((await this.client.instruments([...this.wanted(), name])).instruments, asked);
      return this.instruments.peek().find((i) => same(i, name));
    } catch (error) {
      this.failed(error);
      return undefined;
    }
  }

  /** A request came to nothing for want of an answer. */
  lost(error: unknown): void {
    const link = this.link.peek(), detail = error instanceof DOMException && error.name === "TimeoutError" ? "the server is stalled" : "no answer from the server";
    if (link.state !== "disconnected" || link.detail !== detail) {
      this.link.value = { state: "disconnected", since: link.state === "disconnected" ? link.since : Date.now(), detail };
    }
  }

  private async poll(): Promise<void> {
    const turn = ++this.turn, asked = Date.now();
    let wait: number = POLL_MS.idle;
    try {
      // Both at once: a warm server is on the screen a round trip earlier.
      const [status, answer] = await Promise.all([this.client.status(), this.list()]);
      this.learn(status, answer, asked);
      if (status.live && !this.live.pushing) this.live.tell(await this.client.venues());
      if (status.state === "preparing") wait = POLL_MS.preparing;
      else if (!this.live.pushing && this.shown((i) => i.provenance === "LIVE")) wait = POLL_MS.live;
    } catch (error) {
      wait = POLL_MS.lost;
      this.failed(error);
    }
    this.meet();
    if (turn === this.turn) this.timer = setTimeout(() => this.again(), wait);
  }

  /** Takes what the server says of itself and of what it has, as of `asked`, our clock, ms. */
  private learn(status: StatusAnswer, { instruments, levels }: InstrumentsAnswer, asked: number): void {
    if (this.link.peek().state === "disconnected") this.viewers.forEach((viewer) => viewer.back());
    batch(() => {
      this.link.value = { state: "ok" };
      this.fault.value = "";
      this.status.value = status;
      if (this.levels.peek().length === 0) this.levels.value = levels.map((l) => ({ bucketMs: as_<Millis>(l.bucket_ms), shift: l.shift }));
      this.instruments.value = this.newest(instruments, asked);
    });
    this.viewers.forEach((viewer) => viewer.listed());
    this.meet();
    if (status.live) this.live.start();
    else this.live.stop();
  }

  /** Asks before it would, unless it is about to. */
  private soon(ms = SOON_MS): void {
    if (this.timer === null) return; // a poll is under way
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.again(), ms);
  }

  /** The stream says that columns have closed. */
  private closed({ to, ...name }: ColumnMessage): void {
    const all = this.instruments.peek(), listed = all.find((i) => same(i, name));
    this.told.set(nameOf(name), { to, at: Date.now() });
    if (!listed) return this.soon();
    if (to > listed.to) this.instruments.value = all.map((i) => (i === listed ? { ...i, to } : i));
    this.viewers.forEach((viewer) => viewer.listed());
    // How far a combination has come with it is told by nobody.
    if (this.shown((i) => i.parts?.some((part) => same(part, name)) ?? false)) this.soon();
  }

  /** What there is, with what charts ask for: that may be combinations which are not listed by themselves, and from then on are asked for at once. */
  private async list(): Promise<InstrumentsAnswer> {
    const asked = this.also.filter((name) => this.wanted().some((wanted) => same(wanted, name)));
    const answer = await this.client.instruments(asked), more = this.unlisted(answer).filter((name) => !asked.some((other) => same(other, name)));
    this.also = [...asked, ...more];
    return more.length === 0 ? answer : this.client.instruments(this.also);
  }

  /** What charts ask for and an answer does not list. */
  private unlisted({ instruments }: InstrumentsAnswer): Name[] {
    return this.wanted().filter((name) => !instruments.some((i) => same(i, name)));
  }

  /** An answer, with what the stream has told since it was asked for: it may overtake the answer. */
  private newest(instruments: readonly Instrument[], asked: number): Instrument[] {
    return instruments.map((i) => {
      const told = this.told.get(nameOf(i));
      return told && told.at >= asked && told.to > i.to ? { ...i, to: told.to } : i;
    });
  }

  private wanted(): Name[] {
    return [...this.viewers].flatMap((viewer) => viewer.wanted() ?? []);
  }

  /** Some chart shows such an instrument. */
  private shown(such: (instrument: Instrument) => boolean): boolean {
    return [...this.viewers].some(({ instrument }) => instrument.peek() !== null && such(instrument.peek() as Instrument));
  }

  private failed(error: unknown): void {
    if (error instanceof AnswerError) this.fault.value = error.message;
    else this.lost(error);
  }
}

function same(a: Name, b: Name): boolean {
  return a.venue === b.venue && a.symbol === b.symbol;
}
