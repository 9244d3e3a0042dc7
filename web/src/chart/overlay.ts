/**
 * What the user lays over the chart: lines that can be taken hold of, and
 * tools whose next press places something. Parts draw inside the library's own
 * paint, by the very scales that the candles are drawn with.
 */
import type { Ink } from "../scale/ink";
import { priceAt, timeAt, type View } from "../scale/view";
import type { ToolName, ToolSettings } from "../state/tool-settings";

/** A point of the chart: device pixels of the pane, and what lies there. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  readonly time: number;
  readonly price: number;
}

/** Something held: follows the pointer until it is let go. */
export interface Grip {
  readonly cursor: string;
  move(spot: Spot): void;
  /** Let go; `moved` is false for a mere click. True keeps it following the pointer until the next press. */
  drop?(spot: Spot, moved: boolean): boolean | void;
}

/** One kind of thing that lies over the chart. */
export interface Part {
  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void;
  /** What lies under the pointer and can be held; null if nothing does. */
  grab?(spot: Spot, view: View): Grip | null;
  /** Places something with a tool; null where the tool is not this part's. */
  place?(tool: ToolName, spot: Spot, view: View): Grip | null;
}

/** What the overlay needs of the stage. */
export interface OverlayPort {
  readonly view: View | null;
  readonly candles: { repaint(): void; setHandling(on: boolean): void };
}

/** A press that moved less than this is a click, CSS pixels. */
const CLICK = 4;
/** How near the pointer must be to take hold of a line, CSS pixels. */
export const REACH = 6;

export class Overlay {
  private readonly parts: Part[] = [];
  private held: { grip: Grip; id: number; x: number; y: number; moved: boolean; loose: boolean } | null = null;
  private readonly abort = new AbortController();

  constructor(private readonly host: HTMLElement, private readonly tools: ToolSettings, private readonly port: OverlayPort) {
    const options = { signal: this.abort.signal, capture: true };
    host.addEventListener("pointerdown", (event) => this.pressed(event), options);
    host.addEventListener("contextmenu", (event) => this.asked(event as PointerEvent), options);
    window.addEventListener("pointermove", (event) => this.moved(event), options);
    window.addEventListener("pointerup", (event) => this.lifted(event), options);
    window.addEventListener("pointercancel", (event) => this.lifted(event), options);
  }

  add(part: Part): void {
    this.parts.push(part);
    this.repaint();
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    for (const part of this.parts) part.draw(context, view, ink);
  }

  repaint(): void {
    this.port.candles.repaint();
  }

  dispose(): void {
    this.abort.abort();
  }

  private pressed(event: PointerEvent): void {
    const { view } = this.port, spot = this.spot(event);
    if (this.held?.loose) {
      // The second press of two: the thing is where it shall be.
      this.held.loose = false;
      this.held.id = event.pointerId;
      return event.stopImmediatePropagation();
    }
    if (!view || !spot || event.button !== 0 || this.held || (event.shiftKey && !this.tools.tool.peek())) return;
    const tool = this.tools.tool.peek();
    const grip = tool ? first(this.parts, (part) => part.place?.(tool, spot, view)) : first([...this.parts].reverse(), (part) => part.grab?.(spot, view));
    if (!grip) return;
    this.tools.tool.value = null;
    this.held = { grip, id: event.pointerId, x: event.clientX, y: event.clientY, moved: false, loose: false };
    this.port.candles.setHandling(false);
    // The lens's long press would take the finger that holds this.
    event.stopImmediatePropagation();
    this.repaint();
  }

  /** The right button asks to be alerted of what is there; a long press of a finger is the lens's. */
  private asked(event: PointerEvent): void {
    const { view } = this.port, spot = this.spot(event);
    if (!view || !spot || event.pointerType === "touch") return;
    event.preventDefault();
    first(this.parts, (part) => part.place?.("alert", spot, view));
  }

  private moved(event: PointerEvent): void {
    const { held } = this;
    if (!held) return this.hover(event);
    if (event.pointerId !== held.id) return;
    held.moved ||= Math.hypot(event.clientX - held.x, event.clientY - held.y) >= CLICK;
    const spot = this.spot(event);
    if (spot && held.moved) held.grip.move(spot);
    this.repaint();
  }

  private lifted(event: PointerEvent): void {
    const { held } = this, spot = this.spot(event);
    if (!held || held.loose || event.pointerId !== held.id) return;
    if (spot && held.grip.drop?.(spot, held.moved) === true && event.pointerType === "mouse") {
      held.loose = held.moved = true;
      return;
    }
    this.held = null;
    this.port.candles.setHandling(true);
    this.repaint();
  }

  /** Shows what a press would do. */
  private hover(event: PointerEvent): void {
    const { view } = this.port, spot = this.host.contains(event.target as Node) ? this.spot(event) : null;
    const grip = view && spot && !this.tools.tool.peek() ? first([...this.parts].reverse(), (part) => part.grab?.(spot, view)) : null;
    const cursor = this.tools.tool.peek() ? "crosshair" : (grip?.cursor ?? "");
    if (this.host.dataset["cursor"] !== cursor) this.host.dataset["cursor"] = cursor;
  }

  /** Where the pointer is; null outside of the map. */
  private spot(event: PointerEvent): Spot | null {
    const { view } = this.port;
    if (!view) return null;
    const box = this.host.getBoundingClientRect();
    const x = (event.clientX - box.left) * view.ratio, y = (event.clientY - box.top) * view.ratio;
    if (!this.held && (x < 0 || y < 0 || x >= view.width || y >= view.height)) return null;
    const row = Math.max(0, Math.min(view.height - 1, y));
    return { x, y, time: timeAt(view, x), price: priceAt(view, row) };
  }
}

function first<T, R>(list: readonly T[], of: (item: T) => R | null | undefined): R | null {
  for (const item of list) {
    const found = of(item);
    if (found) return found;
  }
  return null;
}

