/** What a tool knows of the instrument on the stage: asked for when it is wanted, and again whenever more has closed. */
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Instrument } from "../wire/api";

export class Latest<Answer> {
  /** Of which instrument, and the answer; null while there is none. */
  readonly value: Signal<{ readonly instrument: Instrument; readonly answer: Answer } | null> = signal<{ readonly instrument: Instrument; readonly answer: Answer } | null>(null);
  readonly fault: Signal<string> = signal("");
  private loading = false;
  private readonly stop: () => void;

  /** `wanted` reads signals and says whether there is a use for it now; `instrument` is as known at the shown instant. */
  constructor(private readonly instrument: ReadonlySignal<Instrument | null>, private readonly wanted: () => boolean, private readonly ask: (instrument: Instrument) => Promise<Answer>) {
    this.stop = effect(() => {
      if (wanted() && instrument.value) this.load();
    });
  }

  dispose(): void {
    this.stop();
  }

  /** Loads what is known now; while that is under way news wait, and only the newest is loaded after. */
  private load(): void {
    const asked = this.instrument.peek(), had = this.value.peek()?.instrument;
    if (this.loading || !asked || !this.wanted() || (had && same(had, asked) && had.to === asked.to)) return;
    // What is there is of another market.
    if (had && !same(had, asked)) this.value.value = null;
    this.loading = true;
    this.ask(asked).then((answer) => {
      const now = this.instrument.peek();
      if (now && same(asked, now)) this.value.value = { instrument: asked, answer };
      this.fault.value = "";
      this.loading = false;
      this.load();
    }, (error: unknown) => {
      this.fault.value = error instanceof Error ? error.message : String(error);
      this.loading = false;
    });
  }
}

function same(a: Instrument, b: Instrument): boolean {
  return a.venue === b.venue && a.symbol === b.symbol;
}
