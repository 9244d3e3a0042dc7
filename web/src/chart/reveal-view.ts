/** What came after the replayed instant, where the user asks for it: loads its columns and draws them. */
import { signal, type Signal } from "@preact/signals";
import type { Store } from "../data/store";
import { drawInstant, drawReveal, outcomeOf, revealed, type Outcome } from "../layers/reveal";
import type { Source } from "../layers/source";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { TILE } from "../wire/tile";
import type { PriceBand } from "../state/settings";

export interface RevealPlan {
  /** Reads what was stored later, too. */
  readonly source: Source;
  readonly view: View;
  /** The replayed instant, ms. */
  readonly at: number;
  readonly shown: boolean;
}

export class RevealView {
  /** What happened next, as far as the view goes; null while that is hidden or not loaded. */
  readonly outcome: Signal<Outcome | null> = signal<Outcome | null>(null);
  private wishes = "";

  constructor(private readonly plan: () => RevealPlan | null) {}

  /** Asks for the columns that are shown, and tells what they say. */
  update(store: Store): void {
    const plan = this.plan(), keys: { level: number; x: number; norm: null }[] = [];
    if (plan?.shown) {
      const { level, size, to } = plan.source, { first, end } = revealed(plan.source, plan.view, plan.at);
      for (let x = Math.floor(first / TILE); x * TILE < Math.min(end, to / size.bucketMs); x++) keys.push({ level, x, norm: null });
    }
    const wishes = JSON.stringify(keys);
    if (wishes !== this.wishes) store.want("reveal", [], keys);
    this.wishes = wishes;
    this.outcome.value = plan?.shown ? outcomeOf(plan.source, plan.view, plan.at) : null;
  }

  forget(): void {
    this.wishes = "";
    this.outcome.value = null;
  }

  /** Prices that must be kept in view for what happened next. */
  widen(band: PriceBand | null): PriceBand | null {
    const outcome = this.outcome.peek();
    return band && outcome ? { low: Math.min(band.low, outcome.low), high: Math.max(band.high, outcome.high) } : band;
  }

  draw(context: CanvasRenderingContext2D, ink: Ink): void {
    const plan = this.plan();
    if (!plan) return;
    drawInstant(context, plan.view, plan.at, plan.shown ? "what happened next" : "not known yet", ink);
    if (plan.shown) drawReveal(context, plan.source, plan.view, plan.at, ink);
  }
}
