/** Asks for observed positions while they are wanted, where the venue of the shown instrument tells them. */
import { effect, signal, type Signal } from "@preact/signals";
import { AnswerError, type Client, type Name } from "../data/client";
import type { Instrument } from "../wire/api";
import type { ObservedAnswer } from "../wire/observed";
import type { Session } from "../state/session";
import type { Settings } from "../state/settings";

/** Between two questions: positions change slowly, and the answer says how old they are, ms. */
const AGAIN_MS = 15_000;
/** Venues that name the parties of their trades. */
const TELLING = "hyperliquid";

/** Whose positions can be observed: the instrument's own, or those of the part of a combination that tells. */
export function observable(instrument: Instrument | null): Name | null {
  const one = instrument?.parts?.find((part) => part.venue === TELLING) ?? (instrument?.venue === TELLING ? instrument : null);
  return one && instrument?.provenance === "LIVE" && instrument.unit !== "sd" ? { venue: one.venue, symbol: one.symbol } : null;
}

export class ObservedView {
  readonly answer: Signal<ObservedAnswer | null> = signal<ObservedAnswer | null>(null);
  /** Rises with every answer. */
  version = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private key = "";

  constructor(private readonly client: Client, private readonly arrived: () => void) {}

  /** Follows the session until the returned function is called. */
  follow(session: Session, settings: Settings): () => void {
    return effect(() => {
      const name = settings.observed.value && settings.at.value === null ? observable(session.instrument.value) : null;
      this.want(name);
    });
  }

  private want(name: Name | null): void {
    const key = name ? `${name.venue} ${name.symbol}` : "";
    if (key === this.key) return;
    this.key = key;
    if (this.timer) clearTimeout(this.timer);
    this.take(null);
    if (name) void this.ask(name, key);
  }

  private async ask(name: Name, key: string): Promise<void> {
    let again = true;
    try {
      const answer = await this.client.observed(name);
      if (key === this.key) this.take(answer);
    } catch (error) {
      // A server that observes nothing says so once and for all.
      again = !(error instanceof AnswerError && error.status === 404);
    }
    if (again && key === this.key) this.timer = setTimeout(() => void this.ask(name, key), AGAIN_MS);
  }

  private take(answer: ObservedAnswer | null): void {
    if (answer === null && this.answer.peek() === null) return;
    this.answer.value = answer;
    this.version++;
    this.arrived();
  }
}
