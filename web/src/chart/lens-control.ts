/**
 * Holds the lens: Alt shows it while held, L puts it there and takes it away,
 * Shift pins one where it is, the wheel changes its power and with Ctrl its
 * size, Escape releases it, then the pinned ones; on a touch screen a long
 * press, and a second finger pins.
 */
import { signal, type Signal } from "@preact/signals";
import type { Store } from "../data/store";
import { POWERS, SIZES } from "../layers/lens";
import { priceAt, timeAt, type View } from "../scale/view";
import type { Level } from "../units/units";
import { Glass, type Drawn, type LensHost } from "./glass";
import { LensPins } from "./lens-pins";

export interface LensState {
  readonly on: boolean;
  /** How much larger than the wide view, at least. */
  readonly power: number;
  /** Diameter, CSS pixels; less where the chart is small. */
  readonly size: number;
}

const LONG_PRESS_MS = 350;
/** How far above the finger the glass is held, CSS pixels. */
const ABOVE_FINGER = 110;

export class LensControl {
  readonly state: Signal<LensState> = signal<LensState>({ on: false, power: 4, size: 300 });
  readonly pins: LensPins;
  private readonly glass: Glass;
  private held = false;
  private toggled = false;
  private touch: { id: number; x: number; y: number; timer: ReturnType<typeof setTimeout> | null } | null = null;
  private finger: { x: number; y: number } | null = null;
  /** Where the glass is held, device pixels of the pane. */
  private at: { x: number; y: number } | null = null;
  private wide: View | null = null;
  private readonly abort = new AbortController();

  constructor(canvas: HTMLCanvasElement, private readonly host: HTMLElement, private readonly stage: LensHost, private readonly redraw: () => void) {
    this.glass = new Glass(canvas, stage);
    this.pins = new LensPins(canvas.parentElement as HTMLElement, stage.settings.tools.pins, stage, redraw);
    const { signal: ended } = this.abort, options = { signal: ended, capture: true, passive: false };
    window.addEventListener("keydown", (event) => this.keyDown(event), { signal: ended });
    window.addEventListener("keyup", (event) => this.keyUp(event), { signal: ended });
    window.addEventListener("blur", () => this.letGo(), { signal: ended });
    host.addEventListener("wheel", (event) => this.wheel(event), options);
    host.addEventListener("pointerdown", (event) => this.pressed(event), options);
    window.addEventListener("pointermove", (event) => this.dragged(event), options);
    window.addEventListener("pointerup", (event) => this.lifted(event), options);
    window.addEventListener("pointercancel", (event) => this.lifted(event), options);
  }

  /** What the lens that is held shows; null while there is none. */
  get drawn(): Drawn | null {
    return this.glass.drawn;
  }

  open(store: Store, levels: readonly Level[]): void {
    this.glass.open(store, levels);
    this.pins.open(store, levels);
    this.release();
  }

  /** Puts the lens there, or takes it away. */
  toggle(): void {
    this.toggled = !this.toggled;
    this.apply({});
  }

  /** Takes the lens away; pinned ones stay. */
  release(): void {
    this.held = this.toggled = false;
    this.apply({});
  }

  /** Pins a lens where the held one is. One that was not held down is put away. */
  pin(): void {
    const { at, wide } = this, { on, power, size } = this.state.peek(), { pins } = this.stage.settings.tools;
    if (!on || !at || !wide) return;
    pins.value = [...pins.peek(), { time: Math.round(timeAt(wide, at.x)), price: +priceAt(wide, at.y).toPrecision(8), power, size }];
    this.toggled = false;
    this.apply({});
  }

  /** Draws at the cross-hair (device pixels), or hides; and the pinned ones where they belong. */
  draw(wide: View, cross: { x: number; y: number } | null): void {
    const { on, power, size } = this.state.peek();
    const finger = this.finger && { x: this.finger.x * wide.ratio, y: (this.finger.y - ABOVE_FINGER) * wide.ratio };
    this.at = finger ?? cross ?? this.at;
    this.wide = wide;
    if (on && this.at) this.glass.draw(wide, { ...this.at, power, size: Math.min(size, 0.7 * Math.min(this.host.clientWidth, this.host.clientHeight)), pinned: false });
    else this.glass.hide();
    this.pins.draw(wide);
  }

  dispose(): void {
    this.abort.abort();
    this.pins.dispose();
  }

  private apply(change: Partial<LensState>): void {
    this.state.value = { ...this.state.peek(), ...change, on: this.held || this.toggled || this.finger !== null };
    this.redraw();
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement && event.target.type !== "range") return;
    // Of several charts keys are about the one that was pressed last.
    if (this.host.closest("[data-active=false]")) return;
    if (event.key === "Alt") {
      // The browser's menu would open on release.
      event.preventDefault();
      this.held = true;
      this.apply({});
    } else if (event.key === "Shift" && this.state.peek().on) {
      this.pin();
    } else if (event.key === "Escape") {
      if (this.state.peek().on) this.release();
      else this.pins.takeOff();
    }
  }

  private keyUp(event: KeyboardEvent): void {
    if (event.key !== "Alt") return;
    event.preventDefault();
    this.letGo();
  }

  private letGo(): void {
    if (!this.held) return;
    this.held = false;
    this.apply({});
  }

  private wheel(event: WheelEvent): void {
    const { on, power, size } = this.state.peek(), by = event.deltaY < 0 ? 1 : -1;
    if (!on) return;
    event.preventDefault();
    event.stopPropagation();
    this.apply(event.ctrlKey || event.metaKey ? { size: next(SIZES, size, by) } : { power: next(POWERS, power, by) });
  }

  private pressed(event: PointerEvent): void {
    if (event.pointerType === "touch" && this.finger) return this.pin();
    if (event.pointerType !== "touch") return;
    if (this.touch) {
      // A second finger: a pinch, however slowly it begins.
      if (this.touch.timer) clearTimeout(this.touch.timer);
      this.touch.timer = null;
      return;
    }
    const timer = setTimeout(() => this.pick(), LONG_PRESS_MS);
    this.touch = { id: event.pointerId, ...this.inHost(event), timer };
  }

  /** The press was long enough: the finger holds the lens now, and the chart stands still. */
  private pick(): void {
    if (!this.touch) return;
    this.touch.timer = null;
    this.finger = { x: this.touch.x, y: this.touch.y };
    this.stage.candles.setHandling(false);
    this.apply({});
  }

  private dragged(event: PointerEvent): void {
    if (!this.touch || event.pointerId !== this.touch.id) return;
    const at = this.inHost(event);
    if (this.finger) {
      this.finger = at;
      this.redraw();
    } else if (this.touch.timer && Math.hypot(at.x - this.touch.x, at.y - this.touch.y) > 8) {
      clearTimeout(this.touch.timer);
      this.touch.timer = null;
    }
  }

  private lifted(event: PointerEvent): void {
    if (!this.touch || event.pointerId !== this.touch.id) return;
    if (this.touch.timer) clearTimeout(this.touch.timer);
    this.touch = null;
    if (!this.finger) return;
    this.finger = null;
    this.stage.candles.setHandling(true);
    this.apply({});
  }

  private inHost(event: PointerEvent): { x: number; y: number } {
    const box = this.host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }
}

/** The next greater or smaller of a rising list, within its ends. */
function next(list: readonly number[], now: number, by: 1 | -1): number {
  return list[Math.max(0, Math.min(list.length - 1, list.findIndex((x) => x >= now) + by))] as number;
}
