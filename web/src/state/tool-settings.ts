/** What the user has laid out with the tools, as signals; part of the address like every other setting. */
import { signal, type Signal } from "@preact/signals";
import { POWERS, SIZES } from "../layers/lens";
import type { DrawingKind } from "../layers/shapes";
import type { MarginMode, Side } from "../model/liquidation";
import { instant, number, oneOf, price, taking } from "./address";
import { figures, fromText, toText } from "./drawing-text";

/** Panels beside the chart, at most one open. */
export const PANELS = ["calculator", "whatif", "alerts"] as const;
export type PanelName = (typeof PANELS)[number];

/** What the next press on the chart does; null is to move it. */
export type ToolName = "entry" | "target" | "alert" | DrawingKind;

/** What the calculator is asked. Amounts are quote. */
export interface CalculatorState {
  readonly side: Side;
  /** Null follows the newest price. */
  readonly entry: number | null;
  readonly notional: number;
  readonly leverage: number;
  readonly mode: MarginMode;
  readonly balance: number;
  /** Taker fee as a fraction. */
  readonly fee: number;
}

/** A lens that stays over an instant (ms) and a price. */
export interface LensPin {
  readonly time: number;
  readonly price: number;
  /** How much larger than the chart, at least. */
  readonly power: number;
  /** Diameter, CSS pixels. */
  readonly size: number;
}

/** The highest strength of impact that can be asked for. */
export const MOST_IMPACT = 20;

/** Most lenses that an address brings along. */
const MOST_PINS = 8;

export interface ToolSettings {
  readonly panel: Signal<PanelName | null>;
  /** Not in the address: it is of the moment. */
  readonly tool: Signal<ToolName | null>;
  readonly calculator: Signal<CalculatorState>;
  /** Where price is supposed to go; null before a line was laid. */
  readonly target: Signal<number | null>;
  /** Strength Y of the cascade's impact law, 0..{@link MOST_IMPACT}. */
  readonly impact: Signal<number>;
  readonly pins: Signal<readonly LensPin[]>;
  /** Drawings of the instrument as text, empty where there are none or too many for an address. */
  readonly drawings: Signal<string>;
}

const CALCULATOR: CalculatorState = { side: "long", entry: null, notional: 10_000, leverage: 25, mode: "isolated", balance: 2_000, fee: 0.0005 };

export function createToolSettings(): ToolSettings {
  return {
    panel: signal<PanelName | null>(null),
    tool: signal<ToolName | null>(null),
    calculator: signal(CALCULATOR),
    target: signal<number | null>(null),
    impact: signal(1),
    pins: signal<readonly LensPin[]>([]),
    drawings: signal(""),
  };
}

/** Opens a panel, or closes it if it is the open one. */
export function togglePanel({ panel, tool }: ToolSettings, name: PanelName): void {
  panel.value = panel.peek() === name ? null : name;
  tool.value = null;
}

/** Takes a tool in hand, or puts it back. */
export function toggleTool({ tool }: ToolSettings, name: ToolName): void {
  tool.value = tool.peek() === name ? null : name;
}

/** Writes the tools into a query; defaults are left out. */
export function putTools(query: URLSearchParams, tools: ToolSettings): void {
  const panel = tools.panel.value, c = tools.calculator.value;
  if (panel) query.set("panel", panel);
  if (tools.target.value !== null) query.set("whatif", figures(tools.target.value));
  if (tools.impact.value !== 1) query.set("impact", figures(tools.impact.value));
  const pins = tools.pins.value.slice(-MOST_PINS);
  if (pins.length > 0) query.set("lens", pins.map((pin) => [pin.time, figures(pin.price), pin.power, pin.size].join("_")).join("~"));
  if (tools.drawings.value) query.set("draw", tools.drawings.value);
  if (c !== CALCULATOR) query.set("calc", [c.side, c.entry === null ? "" : figures(c.entry), figures(c.notional), figures(c.leverage), c.mode, figures(c.balance), figures(c.fee)].join("_"));
}

/** Reads the tools from a query; what is missing or makes no sense is left as it is. */
export function takeTools(query: URLSearchParams, tools: ToolSettings): void {
  const take = taking(query);
  take<PanelName | null>("panel", tools.panel, oneOf(PANELS));
  take<readonly LensPin[]>("lens", tools.pins, (text) => text.split("~").flatMap((pin) => pinOf(pin) ?? []).slice(0, MOST_PINS));
  take("draw", tools.drawings, (text) => toText(fromText(text)));
  take<number | null>("whatif", tools.target, price);
  take("impact", tools.impact, number(0, MOST_IMPACT));
  take("calc", tools.calculator, calculatorOf);
}

function pinOf(text: string): LensPin | null {
  const [time, at, power, size, ...more] = text.split("_");
  const pin = { time: instant(time ?? ""), price: price(at ?? ""), power: between(POWERS)(power ?? ""), size: between(SIZES)(size ?? "") };
  return more.length === 0 && Object.values(pin).every((value) => value !== null) ? (pin as LensPin) : null;
}

function calculatorOf(text: string): CalculatorState | null {
  const [side, entry, notional, leverage, mode, balance, fee, ...more] = text.split("_"), amount = number(0, 1e15);
  const read = {
    side: oneOf<Side>(["long", "short"])(side ?? ""), notional: amount(notional ?? ""), leverage: number(0, 1e4)(leverage ?? ""),
    mode: oneOf<MarginMode>(["isolated", "cross"])(mode ?? ""), balance: amount(balance ?? ""), fee: number(0, 1)(fee ?? ""),
  };
  const whole = more.length === 0 && Object.values(read).every((value) => value !== null);
  return whole ? { ...(read as Omit<CalculatorState, "entry">), entry: price(entry ?? "") } : null;
}

const between = (list: readonly number[]): ((text: string) => number | null) => number(Math.min(...list), Math.max(...list));
