/** Drawings of the user's own: horizontal lines, trend lines and price ranges, kept per instrument. */
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { drawShape, hitShape, type Drawing, type Point } from "../layers/shapes";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { toTick } from "../units/units";
import type { Instrument } from "../wire/api";
import { DRAWING_KINDS, fromText, toText } from "../state/drawing-text";
import type { Change } from "../state/history";
import { REACH, type Grip, type Part, type Spot } from "../chart/overlay";
import type { ToolName, ToolSettings } from "../state/tool-settings";

/** Where drawings are kept in this browser. */
const KEPT = "halcyon.drawings.";
/** Longest text of drawings that an address carries. */
const SHORT = 400;

export interface DrawingsPort {
  readonly instrument: ReadonlySignal<Instrument | null>;
  readonly tools: ToolSettings;
  readonly history: { push(change: Change): void };
  repaint(): void;
}

export class Drawings implements Part {
  readonly list: Signal<readonly Drawing[]> = signal<readonly Drawing[]>([]);
  readonly selected: Signal<Drawing | null> = signal<Drawing | null>(null);
  private key = "";
  private readonly stop: () => void;

  constructor(private readonly port: DrawingsPort) {
    const stops = [
      effect(() => this.open(port.instrument.value)),
      effect(() => {
        void [this.list.value, this.selected.value];
        port.repaint();
      }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const tick = this.port.instrument.peek()?.tick ?? 1;
    for (const drawing of this.list.peek()) drawShape(context, view, drawing, drawing === this.selected.peek(), tick, ink);
  }

  grab(spot: Spot, view: View): Grip | null {
    for (const drawing of [...this.list.peek()].reverse()) {
      const hit = hitShape(view, drawing, spot, REACH * view.ratio);
      if (hit !== null) return this.grip(drawing, hit, spot);
    }
    return null;
  }

  place(tool: ToolName, spot: Spot): Grip | null {
    const kind = DRAWING_KINDS.find((k) => k === tool);
    if (!kind) return null;
    const before = this.list.peek(), at = this.pointAt(spot), drawn: Drawing = { kind, points: kind === "horizontal" ? [at] : [at, at] };
    this.list.value = [...before, drawn];
    this.selected.value = drawn;
    let now = drawn;
    const move = (to: Spot): void => {
      now = this.swap(now, { ...now, points: kind === "horizontal" ? [this.pointAt(to)] : [at, this.pointAt(to)] });
    };
    return {
      cursor: "crosshair", move,
      // A click begins a line that ends with the next one.
      drop: (to, moved) => {
        if (kind !== "horizontal" && !moved) return true;
        if (moved) move(to);
        this.done(before);
        return false;
      },
    };
  }

  /** Deletes the chosen drawing. False where none is. */
  remove(): boolean {
    const chosen = this.selected.peek(), before = this.list.peek();
    if (!chosen) return false;
    this.list.value = before.filter((drawing) => drawing !== chosen);
    this.selected.value = null;
    this.done(before);
    return true;
  }

  /** Chooses nothing. False where nothing was. */
  unselect(): boolean {
    const had = this.selected.peek() !== null;
    this.selected.value = null;
    return had;
  }

  dispose(): void {
    this.stop();
  }

  /** Holds a point of a drawing, or (-1) all of it. */
  private grip(drawing: Drawing, point: number, from: Spot): Grip {
    const before = this.list.peek();
    let now = drawing;
    return {
      cursor: drawing.kind === "horizontal" ? "ns-resize" : "move",
      move: (to) => {
        const points = drawing.points.map((p, i) => (i === point || point < 0 ? this.moved(p, point < 0 ? from : null, to) : p));
        now = this.swap(now, { ...drawing, points });
      },
      drop: (_, moved) => {
        this.selected.value = now;
        if (moved) this.done(before);
      },
    };
  }

  /** A point taken along by the way from one spot to another, or put at the other. */
  private moved(point: Point, from: Spot | null, to: Spot): Point {
    if (!from) return this.pointAt(to);
    // Prices are moved by a ratio, as they lie on a logarithmic axis.
    return this.pointAt({ time: point.time + to.time - from.time, price: (point.price * to.price) / from.price });
  }

  private pointAt({ time, price }: { time: number; price: number }): Point {
    return { time: Math.round(time), price: toTick(price, this.port.instrument.peek()?.tick ?? 0) };
  }

  private swap(old: Drawing, next: Drawing): Drawing {
    this.list.value = this.list.peek().map((drawing) => (drawing === old ? next : drawing));
    this.selected.value = next;
    return next;
  }

  /** Something was done: it is kept, and can be undone. */
  private done(before: readonly Drawing[]): void {
    const after = this.list.peek(), { key } = this;
    const put = (list: readonly Drawing[]): void => {
      if (this.key !== key) return;
      this.list.value = list;
      this.selected.value = null;
      this.keep();
    };
    this.keep();
    this.port.history.push({ undo: () => put(before), redo: () => put(after) });
  }

  private keep(): void {
    const text = toText(this.list.peek());
    this.port.tools.drawings.value = text.length <= SHORT ? text : "";
    if (text) localStorage.setItem(this.key, text);
    else localStorage.removeItem(this.key);
  }

  /** Another instrument has other drawings; those of the address are the first one's. */
  private open(instrument: Instrument | null): void {
    const key = instrument ? `${KEPT}${instrument.venue}.${instrument.symbol}` : "";
    if (key === this.key || !key) return;
    const shared = this.key === "" ? this.port.tools.drawings.peek() : "";
    this.key = key;
    this.selected.value = null;
    this.list.value = fromText(shared || (localStorage.getItem(key) ?? ""));
    this.port.tools.drawings.value = toText(this.list.peek()).length <= SHORT ? toText(this.list.peek()) : "";
  }
}
