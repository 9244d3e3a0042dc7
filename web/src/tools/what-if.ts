/** What if price went to a line: loads the book and measures the market, answers, and draws line and cascade. */
import { computed, effect, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../data/client";
import { drawPriceLine, drawStretch, priceRow } from "../layers/lines";
import { cascade, measure, type Cascade, type MarketState } from "../model/cascade";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { price as priceText, usd } from "../units/format";
import { DAY, toTick, type Level } from "../units/units";
import type { Instrument, ProfileAnswer } from "../wire/api";
import { inUsd } from "../wire/combination";
import { Latest } from "../state/latest";
import { REACH, type Grip, type Part, type Spot } from "../chart/overlay";
import type { ToolName, ToolSettings } from "../state/tool-settings";

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

interface Known {
  readonly book: ProfileAnswer;
  /** Null where the market could not be measured. */
  readonly market: MarketState | null;
}

export class WhatIf implements Part {
  readonly known: Latest<Known>;
  /** Null while the book, the market or the line is missing. */
  readonly answer: ReadonlySignal<Cascade | null>;
  private readonly stop: () => void;

  constructor(private readonly port: WhatIfPort) {
    const { tools } = port;
    this.known = new Latest(port.instrument, () => tools.panel.value === "whatif", (instrument) => this.ask(instrument));
    this.answer = computed(() => {
      const known = this.known.value.value, line = tools.target.value;
      if (!known || line === null) return null;
      const { instrument, answer: { book, market } } = known;
      // Without a market nothing gives way: the cascade is the line.
      return cascade(book, line, market ?? { volatility: 0, volume: 1, over: 0 }, instrument.groups.map((group) => group.name), tools.impact.value);
    });
    let of = "";
    const stops = [
      effect(() => {
        const known = this.known.value.value;
        if (!known) return;
        const { coin } = known.instrument;
        // The line was of another coin's price; one in the address is of the first that is shown.
        if (tools.target.peek() === null || (of !== "" && of !== coin)) this.set(known.answer.book.price * FIRST);
        of = coin;
      }),
      effect(() => {
        void [tools.panel.value, this.answer.value];
        port.repaint();
      }),
    ];
    this.stop = () => [...stops, () => this.known.dispose()].forEach((stop) => stop());
  }

  /** Lays the line at a price. */
  set(line: number): void {
    if (line > 0 && Number.isFinite(line)) this.port.tools.target.value = toTick(line, this.known.value.peek()?.instrument.tick ?? 0);
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const answer = this.answer.peek(), known = this.known.value.peek(), line = this.port.tools.target.peek();
    if (this.port.tools.panel.peek() !== "whatif" || !answer || !known || line === null) return;
    const { instrument: { tick }, answer: { book, market } } = known, at = (price: number): number => priceRow(view, price);
    drawStretch(context, view, { from: at(book.price), to: at(line), colour: ink.accent, alpha: 0.1 });
    if (market && answer.end !== line) {
      drawStretch(context, view, { from: at(line), to: at(answer.end), colour: ink.warn, alpha: 0.16 });
      drawPriceLine(context, view, { price: answer.end, text: `cascade est. ${answer.beyond ? "beyond " : ""}${priceText(answer.end, tick)}  ${usd(answer.total.usd)}`, colour: ink.warn, dashed: true, below: line > book.price ? false : true }, ink);
    }
    drawPriceLine(context, view, { price: line, text: `what if ${priceText(line, tick)}  est. ${usd(answer.way.usd)} of ${answer.way.side}s`, colour: ink.accent, below: line > book.price }, ink);
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

  private async ask(instrument: Instrument): Promise<Known> {
    const { client } = this.port, { to } = instrument, name = inUsd(instrument);
    const level = Math.max(0, this.port.levels.peek().findIndex(({ bucketMs }) => bucketMs >= MEASURED.bucketMs));
    const [book, terms, columns] = await Promise.all([client.profile(name, to), client.tiers(name), client.columns(name, level, to - MEASURED.window, to, null)]);
    return { book, market: measure(columns, terms) };
  }
}
