/** Zoom into a rectangle: Shift and drag, or the box button and drag. */
import { signal, type Signal } from "@preact/signals";
import { priceAt, timeAt, type View } from "../scale/view";
import type { Window } from "./framing";
import type { PriceBand } from "../state/settings";

/** What a box is drawn over. */
export interface Boxed {
  view(): View | null;
  /** While off, the chart takes no notice of the pointer. */
  handle(on: boolean): void;
  /** Shows a window of time and prices. */
  box(window: Window, prices: PriceBand): void;
}

/** Smaller than this it was a click, CSS pixels. */
const LEAST = 8;

interface Point {
  readonly x: number;
  readonly y: number;
}

export class BoxZoom {
  /** The next drag draws a box. */
  readonly armed: Signal<boolean> = signal(false);
  private start: (Point & { readonly id: number }) | null = null;
  private readonly rectangle = document.createElement("div");
  private readonly abort = new AbortController();

  constructor(private readonly host: HTMLElement, private readonly stage: Boxed) {
    this.rectangle.className = "box-zoom";
    this.rectangle.hidden = true;
    host.append(this.rectangle);
    const options = { signal: this.abort.signal, capture: true };
    host.addEventListener("pointerdown", (event) => this.pressed(event), options);
    window.addEventListener("pointermove", (event) => this.moved(event), options);
    window.addEventListener("pointerup", (event) => this.lifted(event), options);
    window.addEventListener("pointercancel", () => this.cancel(), options);
    window.addEventListener("keydown", (event) => event.key === "Escape" && this.cancel(), options);
  }

  dispose(): void {
    this.abort.abort();
    this.rectangle.remove();
  }

  cancel(): void {
    this.armed.value = false;
    if (!this.start) return;
    this.start = null;
    this.rectangle.hidden = true;
    this.stage.handle(true);
  }

  private pressed(event: PointerEvent): void {
    const at = this.point(event), view = this.stage.view();
    if (!view || event.button !== 0 || !(this.armed.peek() || event.shiftKey)) return;
    if (at.x >= view.width / view.ratio || at.y >= view.height / view.ratio) return;
    this.start = { ...at, id: event.pointerId };
    this.stage.handle(false);
    // Neither the chart nor the lens's long press may take what draws the box.
    event.stopImmediatePropagation();
  }

  private moved(event: PointerEvent): void {
    if (!this.start || event.pointerId !== this.start.id) return;
    const at = this.point(event), { style } = this.rectangle;
    style.left = `${Math.min(at.x, this.start.x)}px`;
    style.top = `${Math.min(at.y, this.start.y)}px`;
    style.width = `${Math.abs(at.x - this.start.x)}px`;
    style.height = `${Math.abs(at.y - this.start.y)}px`;
    this.rectangle.hidden = false;
  }

  private lifted(event: PointerEvent): void {
    const { start } = this, view = this.stage.view();
    if (!start || event.pointerId !== start.id) return;
    const at = this.point(event);
    this.cancel();
    if (!view || Math.abs(at.x - start.x) < LEAST || Math.abs(at.y - start.y) < LEAST) return;
    const times = [start.x, at.x].map((x) => timeAt(view, x * view.ratio)).sort((a, b) => a - b) as [number, number];
    const prices = [start.y, at.y].map((y) => priceAt(view, y * view.ratio)).sort((a, b) => a - b) as [number, number];
    this.stage.box({ from: times[0], to: times[1] }, { low: prices[0], high: prices[1] });
  }

  private point(event: PointerEvent): Point {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}
