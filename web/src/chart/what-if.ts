/** What if price went to a line: loads the book and measures the market, answers, and draws line and cascade. */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Client } from "../data/client";
import { drawPriceLine, drawStretch, priceRow } from "../layers/lines";
import { cascade, measure, type Cascade, type MarketState } from "../model/cascade";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { price as priceText, usd } from "../units/format";
import { DAY, toTick, type Level } from "../units/units";
import type { Instrument, ProfileAnswer } from "../wire/api";
import { REACH, type Grip, type Part, type Spot } from "./overlay";
import type { ToolName, ToolSettings } from "./tool-settings";

/** The market is measured over columns of about this width, and so long. */
const MEASURED = { bucketMs: 900_000, window: DAY } as const;
/** Where the line first lies, as a share of price. */
const FIRST = 0.98;

export interface WhatIfPort {
  readonly client: Client;
  /** The instrument on the stage, as known at the shown instant. */
  readonly instrument: ReadonlySignal<Instrument | null>;
  readonly levels: ReadonlySignal<readonly Level[]>;
  readonly tools: ToolSettings;
  repaint(): void;
}

interface Loaded {
  readonly instrument: Instrument;
  readonly book: ProfileAnswer;
  /** Null where the market could not be measured. */
  readonly market: MarketState | null;
}

export class WhatIf implements Part {
  readonly loaded: Signal<Loaded | null> = signal<Loaded | null>(null);
  readonly fault: Signal<string> = signal("");
  /** Null while the book, the market or the line is missing. */
  readonly answer: ReadonlySignal<Cascade | null>;
  private loading = false;
  private readonly stop: () => void;

  constructor(private readonly port: WhatIfPort) {
    const { tools } = port;
    this.answer = computed(() => {
      const loaded = this.loaded.value, line = tools.target.value;
      if (!loaded || line === null) return null;
      // Without a market nothing gives way: the cascade is the line.
      const market = loaded.market ?? { volatility: 0, volume: 1, over: 0 };
      return cascade(loaded.book, line, market, loaded.instrument.groups.map((group) => group.name), tools.impact.value);
    });
    const stops = [
      effect(() => {
        if (tools.panel.value === "whatif" && port.instrument.value) this.load();
      }),
      effect(() => {
        void [tools.panel.value, this.answer.value];
        port.repaint();
      }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  /** Lays the line at a price. */
  set(line: number): void {
    if (line > 0 && Number.isFinite(line)) this.port.tools.target.value = toTick(line, this.loaded.peek()?.instrument.tick ?? 0);
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const answer = this.answer.peek(), loaded = this.loaded.peek(), line = this.port.tools.target.peek();
    if (this.port.tools.panel.peek() !== "whatif" || !answer || !loaded || line === null) return;
    const { tick } = loaded.instrument, at = (price: number): number => priceRow(view, price);
    drawStretch(context, view, { from: at(loaded.book.price), to: at(line), colour: ink.accent, alpha: 0.1 });
    if (loaded.market && answer.end !== line) {
      drawStretch(context, view, { from: at(line), to: at(answer.end), colour: ink.warn, alpha: 0.16 });
      drawPriceLine(context, view, { price: answer.end, text: `cascade est. ${answer.beyond ? "beyond " : ""}${priceText(answer.end, tick)}  ${usd(answer.total.usd)}`, colour: ink.warn, dashed: true, below: line > loaded.book.price ? false : true }, ink);
    }
    drawPriceLine(context, view, { price: line, text: `what if ${priceText(line, tick)}  est. ${usd(answer.way.usd)} of ${answer.way.side}s`, colour: ink.accent, below: line > loaded.book.price }, ink);
  }

  grab(spot: Spot, view: View): Grip | null {
    const line = this.port.tools.target.peek();
    if (this.port.tools.panel.peek() !== "whatif" || line === null) return null;
    return Math.abs(priceRow(view, line) - spot.y) <= REACH * view.ratio ? this.grip() : null;
  }

  place(tool: ToolName, spot: Spot): Grip | null {
    if (tool !== "target") return null;
    this.set(spot.price);
    return this.grip();
  }

  dispose(): void {
    this.stop();
  }

  private grip(): Grip {
    return { cursor: "ns-resize", move: ({ price }) => this.set(price) };
  }

  /** Loads what is known now; while that is under way news wait, and only the newest is loaded after. */
  private load(): void {
    const wanted = this.port.instrument.peek(), had = this.loaded.peek()?.instrument;
    if (this.loading || !wanted || (had && same(had, wanted) && had.to === wanted.to)) return;
    if (had && !same(had, wanted)) {
      // The line was of another market.
      this.loaded.value = null;
      this.port.tools.target.value = null;
    }
    this.loading = true;
    this.ask(wanted).then((loaded) => {
      if (this.port.instrument.peek() && same(wanted, this.port.instrument.peek() as Instrument)) {
        this.loaded.value = loaded;
        if (this.port.tools.target.peek() === null) this.set(loaded.book.price * FIRST);
      }
      this.fault.value = "";
      this.loading = false;
      this.load();
    }, (error: unknown) => {
      this.fault.value = error instanceof Error ? error.message : String(error);
      this.loading = false;
    });
  }

  private async ask(instrument: Instrument): Promise<Loaded> {
    const { client } = this.port, { venue, symbol, to } = instrument, name = { venue, symbol };
    const level = Math.max(0, this.port.levels.peek().findIndex(({ bucketMs }) => bucketMs >= MEASURED.bucketMs));
    const [book, terms, columns] = await Promise.all([client.profile(name, to), client.tiers(name), client.columns(name, level, to - MEASURED.window, to, null)]);
    return { instrument, book, market: measure(columns, terms) };
  }
}

function same(a: Instrument, b: Instrument): boolean {
  return a.venue === b.venue && a.symbol === b.symbol;
}
