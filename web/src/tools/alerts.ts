/** Alerts over one chart: the draft of the next one, and the rules of its instrument as lines. */
import { computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import type { Zone } from "../layers/zones";
import { drawPriceLine } from "../layers/lines";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { usd } from "../units/format";
import type { AlertKind, AlertRule, Instrument } from "../wire/api";
import type { AlertBook, Draft } from "../state/alert-book";
import type { Grip, Part, Spot } from "../chart/overlay";
import type { ToolName, ToolSettings } from "../state/tool-settings";

/** Half of the price range that a press beside every zone watches, as a fraction. */
const BESIDE = 0.0025;

export interface AlertsPort {
  readonly book: AlertBook;
  readonly instrument: ReadonlySignal<Instrument | null>;
  readonly zones: ReadonlySignal<readonly Zone[]>;
  readonly tools: ToolSettings;
  repaint(): void;
}

const DRAFT: Draft = { kind: "near", within: 0.01, usd: 5_000_000, z: 3, stale_ms: 300_000 };

export class Alerts implements Part {
  readonly draft: Signal<Draft> = signal(DRAFT);
  /** Rules of the instrument on the stage. */
  readonly own: ReadonlySignal<readonly AlertRule[]>;
  private readonly stop: () => void;

  constructor(private readonly port: AlertsPort) {
    const { book, instrument, tools } = port;
    this.own = computed(() => book.rules.value.filter((rule) => rule.venue === instrument.value?.venue && rule.symbol === instrument.value.symbol));
    book.start();
    const stops = [
      effect(() => {
        if (tools.panel.value === "alerts") void book.ask();
      }),
      effect(() => {
        void [tools.panel.value, this.own.value, this.draft.value];
        port.repaint();
      }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  /** Makes a rule of the draft, for the instrument on the stage. */
  async add(): Promise<void> {
    const instrument = this.port.instrument.peek();
    if (!instrument) return;
    const { venue, symbol } = instrument;
    await this.port.book.add({ ...this.draft.peek(), venue, symbol });
  }

  /** Changes part of the draft. */
  set(change: Partial<Draft>): void {
    this.draft.value = { ...this.draft.peek(), ...change };
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const open = this.port.tools.panel.peek() === "alerts", draft = this.draft.peek();
    for (const rule of this.own.peek()) if (rule.low && rule.high && (open || !rule.paused)) drawBand(context, view, rule, rule.paused ? ink.dim : ink.observed, ink);
    if (open && draft.low && draft.high) drawBand(context, view, draft, ink.accent, ink);
  }

  /** Drafts an alert on a zone, or on any prices, and opens the panel. */
  watch({ low, high, ...zone }: { readonly low: number; readonly high: number } & Partial<Pick<Zone, "usd" | "side">>): void {
    const of: Partial<Draft> = zone.usd === undefined ? {} : { usd: figure(zone.usd / 2), side: zone.side ?? "" };
    this.set({ ...of, low: +low.toPrecision(8), high: +high.toPrecision(8) });
    this.port.tools.panel.value = "alerts";
  }

  place(tool: ToolName, spot: Spot): Grip | null {
    if (tool !== "alert") return null;
    const zone = this.port.zones.peek().find((z) => spot.price >= z.low * (1 - BESIDE) && spot.price < z.high * (1 + BESIDE));
    this.watch(zone ?? { low: spot.price * (1 - BESIDE), high: spot.price * (1 + BESIDE) });
    return { cursor: "crosshair", move: () => undefined };
  }

  dispose(): void {
    this.stop();
  }
}

function figure(value: number): number {
  return +value.toPrecision(2);
}

function drawBand(context: CanvasRenderingContext2D, view: View, rule: Draft, colour: string, ink: Ink): void {
  drawPriceLine(context, view, { price: rule.high as number, text: `alert: ${inWords(rule)}`, colour, dashed: true }, ink);
  drawPriceLine(context, view, { price: rule.low as number, text: "", colour, dashed: true }, ink);
}

/** A rule in a few words. */
export function inWords(rule: Draft): string {
  const side = rule.side ? `${rule.side}s ` : "";
  const words: Record<AlertKind, string> = {
    near: `price within ${+(100 * (rule.within ?? 0)).toPrecision(3)} % of ${side}≥ ${usd(rule.usd ?? 0)}`,
    hot: `${side}zone of z ≥ ${rule.z} appears`,
    swept: `${side}zone ≥ ${usd(rule.usd ?? 0)} swept`,
    liquidation: `${side}≥ ${usd(rule.usd ?? 0)} liquidated in a minute`,
    stale: `no column for ${Math.round((rule.stale_ms ?? 0) / 60_000)} min`,
  };
  return words[rule.kind];
}
