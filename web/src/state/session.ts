/** What one chart shows: the chosen instrument and the store of its data. */
import { batch, computed, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { AnswerError, type Name } from "../data/client";
import { Store, type OnArrival } from "../data/store";
import type { Instrument } from "../wire/api";
import { wholeOf } from "../wire/combination";
import type { FormingCandle } from "../wire/stream";
import type { Server, Viewer } from "./server";
import type { Settings } from "./settings";

/** What a session tells whoever draws. */
export interface SessionEvents {
  /** An instrument is chosen and its store is empty; returns what arrivals are told to. */
  opened(store: Store, instrument: Instrument): OnArrival;
  /** More columns of the chosen instrument have closed. */
  advanced(): void;
  /** The candle under way of some instrument has moved. */
  candle(candle: FormingCandle): void;
}

export class Session implements Viewer {
  readonly instrument: Signal<Instrument | null> = signal<Instrument | null>(null);
  /** Last fault of a request, empty while all is well. */
  readonly fault: ReadonlySignal<string>;
  store: Store | null = null;
  /** Last fault of a request for this chart's data. */
  private readonly own = signal("");
  /** Whom arrivals in the store are told to. */
  private arrival: OnArrival = () => undefined;
  private readonly leave: () => void;

  constructor(readonly server: Server, private readonly settings: Settings, private readonly events: SessionEvents) {
    this.fault = computed(() => this.own.value || server.fault.value);
    this.leave = server.join(this);
  }

  stop(): void {
    this.leave();
    this.store?.close();
  }

  /** Shows an instrument or a combination by its name, listed so far or not. */
  async show(name: Name): Promise<void> {
    const found = await this.server.find(name);
    if (found) this.choose(found);
  }

  /** Chooses an instrument; its store starts empty. */
  choose(instrument: Instrument): void {
    const before = this.instrument.peek();
    if (before && before.venue === instrument.venue && before.symbol === instrument.symbol && sameParts(before, instrument)) return;
    this.store?.close();
    const { venue, symbol } = instrument;
    const store = new Store({
      client: this.server.client,
      name: { venue, symbol },
      groups: instrument.groups.map((group) => group.name),
      bucketMs: this.server.levels.peek().map((level) => level.bucketMs),
      onArrival: (kind, level) => {
        if (this.store !== store) return;
        this.own.value = "";
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
    this.server.watch();
  }

  /** Opens the chosen instrument anew, as it is loaded so far: somebody else draws from now on. */
  reopen(): void {
    const instrument = this.instrument.peek();
    if (!this.store || !instrument) return;
    this.arrival = this.events.opened(this.store, instrument);
    this.server.watch();
  }

  wanted(): Name | null {
    const venue = this.settings.venue.peek(), symbol = this.settings.symbol.peek();
    return venue && symbol ? { venue, symbol } : null;
  }

  /** Takes over news of the chosen instrument, or chooses one: the one asked for, else the freshest. */
  listed(): void {
    const instruments = this.server.instruments.peek(), { venue, symbol } = this.settings;
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

  back(): void {
    this.store?.retry();
  }

  candle(candle: FormingCandle): void {
    this.events.candle(candle);
  }

  private failed(error: unknown): void {
    if (error instanceof AnswerError || (error instanceof Error && error.message.startsWith("cannot decode"))) this.own.value = error.message;
    else this.server.lost(error);
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
export function freshest(instruments: readonly Instrument[]): Instrument | undefined {
  const first = instruments.reduce<Instrument | undefined>((best, i) => (best && best.to >= i.to ? best : i), undefined);
  if (!first) return undefined;
  const whole = wholeOf(instruments, first.coin), up = whole?.parts?.filter((part) => part.to >= first.to - TOGETHER_MS) ?? [];
  return up.length > 1 ? whole : first;
}
