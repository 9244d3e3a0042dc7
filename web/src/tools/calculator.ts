/** The calculator: asks for the venue's terms, answers the question, and draws its prices on the chart. */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Client } from "../data/client";
import { drawPriceLine, priceRow } from "../layers/lines";
import { calculate, type Question, type Result } from "../model/liquidation";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { price as priceText } from "../units/format";
import { toTick } from "../units/units";
import type { Instrument, TiersAnswer } from "../wire/api";
import { figures } from "../state/drawing-text";
import { REACH, type Grip, type Part, type Spot } from "../chart/overlay";
import type { CalculatorState, ToolName, ToolSettings } from "../state/tool-settings";

export interface CalculatorPort {
  readonly client: Client;
  /** The instrument on the stage. */
  readonly instrument: ReadonlySignal<Instrument | null>;
  /** Its newest price, 0 while unknown. */
  readonly price: ReadonlySignal<number>;
  readonly tools: ToolSettings;
  repaint(): void;
}

export class Calculator implements Part {
  /** Instrument that is calculated with; null is the one on the stage. */
  readonly other: Signal<Instrument | null> = signal<Instrument | null>(null);
  readonly terms: Signal<TiersAnswer | null> = signal<TiersAnswer | null>(null);
  /** Why there are no terms; empty while all is well. */
  readonly fault: Signal<string> = signal("");
  readonly instrument: ReadonlySignal<Instrument | null>;
  readonly question: ReadonlySignal<Question>;
  readonly result: ReadonlySignal<Result | null>;
  private readonly stops: (() => void)[];

  constructor(private readonly port: CalculatorPort) {
    const { tools } = port;
    this.instrument = computed(() => this.other.value ?? port.instrument.value);
    this.question = computed(() => ({ ...tools.calculator.value, entry: tools.calculator.value.entry ?? port.price.value }));
    this.result = computed(() => this.terms.value && calculate(this.terms.value, this.question.value));
    this.stops = [
      effect(() => {
        if (tools.panel.value === "calculator") this.load(this.instrument.value);
      }),
      effect(() => {
        [tools.panel.value, this.result.value];
        port.repaint();
      }),
    ];
  }

  /** Changes part of the question. */
  set(change: Partial<CalculatorState>): void {
    const { calculator } = this.port.tools;
    calculator.value = { ...calculator.peek(), ...change };
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const result = this.result.peek(), { side, entry, leverage } = this.question.peek(), tick = this.instrument.peek()?.tick ?? 1;
    if (this.port.tools.panel.peek() !== "calculator" || !result) return;
    const percent = result.distance === null ? "" : ` ${side === "long" ? "−" : "+"}${(100 * result.distance).toFixed(2)} %`;
    drawPriceLine(context, view, { price: entry, text: `${side} ${figures(leverage)}× at ${priceText(entry, tick)}`, colour: ink.text }, ink);
    if (result.bankruptcy !== null) drawPriceLine(context, view, { price: result.bankruptcy, text: `bankrupt ${priceText(result.bankruptcy, tick)}`, colour: ink.dim, dashed: true, slot: 1.2 }, ink);
    if (result.liquidation !== null) drawPriceLine(context, view, { price: result.liquidation, text: `liquidated ${priceText(result.liquidation, tick)}${percent}`, colour: ink.accent }, ink);
  }

  grab(spot: Spot, view: View): Grip | null {
    if (this.port.tools.panel.peek() !== "calculator" || !this.result.peek()) return null;
    return Math.abs(priceRow(view, this.question.peek().entry) - spot.y) <= REACH * view.ratio ? this.grip() : null;
  }

  place(tool: ToolName, spot: Spot): Grip | null {
    if (tool !== "entry") return null;
    this.enterAt(spot.price);
    return this.grip();
  }

  dispose(): void {
    for (const stop of this.stops) stop();
  }

  private grip(): Grip {
    return { cursor: "ns-resize", move: ({ price }) => this.enterAt(price) };
  }

  private enterAt(price: number): void {
    this.set({ entry: toTick(price, this.instrument.peek()?.tick ?? 0) });
  }

  private load(instrument: Instrument | null): void {
    const had = this.terms.peek();
    if (!instrument || (had && had.venue === instrument.venue && had.symbol === instrument.symbol)) return;
    this.terms.value = null;
    const { venue, symbol } = instrument, wanted = (): boolean => this.instrument.peek()?.venue === venue && this.instrument.peek()?.symbol === symbol;
    this.port.client.tiers({ venue, symbol }).then((terms) => {
      if (!wanted()) return;
      this.terms.value = terms;
      this.fault.value = "";
    }, (error: unknown) => {
      if (wanted()) this.fault.value = error instanceof Error ? error.message : String(error);
    });
  }
}
