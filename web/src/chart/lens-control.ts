/**
 * Holds the lens: Alt shows it while held, L puts it there and takes it away,
 * Shift pins it where it is, the wheel changes its power, Escape releases it;
 * on a touch screen a long press.
 */
import { signal, type Signal } from "@preact/signals";
import type { Store } from "../data/store";
import { Heat } from "../layers/heat";
import { GLASS, LensPainter, lensView, NEAR, POWERS } from "../layers/lens";
import { readCell, type Reading } from "../layers/readout";
import type { Source } from "../layers/source";
import { positionAt, timeAt, type View } from "../scale/view";
import type { Ink } from "../scale/ink";
import type { Level } from "../units/units";
import type { Instrument } from "../wire/api";
import { clock, compact, percentile, price as priceText, score, usd } from "../units/format";
import type { Candles } from "./candles";
import type { Choice } from "./looks";
import type { MapView } from "./map";
import type { Settings } from "./settings";

export interface LensState {
  readonly on: boolean;
  readonly pinned: boolean;
  /** How much larger than the wide view, at least. */
  readonly power: number;
}

/** What the lens reads of the stage that it lies on. */
export interface LensHost {
  readonly candles: Candles;
  readonly settings: Settings;
  readonly map: MapView | null;
  readonly instrument: Instrument | null;
  groups(): readonly string[];
  choice(): Choice;
  ink(): Ink;
}

const LONG_PRESS_MS = 350;
/** How far above the finger the glass is held, CSS pixels. */
const ABOVE_FINGER = 110;

export class LensControl {
  readonly state: Signal<LensState> = signal<LensState>({ on: false, pinned: false, power: 4 });
  /** What was drawn last, for tests and read-outs. */
  drawn: { readonly view: View; readonly reading: Reading | null; readonly complete: boolean; readonly level: number } | null = null;
  private held = false;
  private toggled = false;
  private touch: { id: number; x: number; y: number; timer: ReturnType<typeof setTimeout> | null } | null = null;
  private finger: { x: number; y: number } | null = null;
  /** Where the glass is held, device pixels of the pane. */
  private at: { x: number; y: number } | null = null;
  private version = 0;
  private heat: Heat | null = null;
  private store: Store | null = null;
  private levels: readonly Level[] = [];
  private wishes = "";
  private readonly painter = new LensPainter();
  private readonly abort = new AbortController();

  constructor(private readonly canvas: HTMLCanvasElement, private readonly host: HTMLElement, private readonly stage: LensHost, private readonly redraw: () => void) {
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

  open(store: Store, levels: readonly Level[]): void {
    Object.assign(this, { store, levels, heat: new Heat(store, levels), wishes: "", drawn: null });
    this.release();
  }

  /** Puts the lens there, or takes it away. */
  toggle(): void {
    this.toggled = !this.toggled;
    this.apply({ pinned: false });
  }

  /** Takes the lens away, pinned or not. */
  release(): void {
    this.held = this.toggled = false;
    this.apply({ pinned: false });
  }

  /** Draws at the cross-hair (device pixels), or hides. */
  draw(wide: View, cross: { x: number; y: number } | null): void {
    const { on, pinned, power } = this.state.peek();
    const finger = this.finger && { x: this.finger.x * wide.ratio, y: (this.finger.y - ABOVE_FINGER) * wide.ratio };
    if (!pinned) this.at = finger ?? cross ?? this.at;
    const at = this.at, source = this.source();
    if (!on || !at || !source || !this.heat || !this.stage.map || !this.stage.instrument) return this.hide();
    const view = lensView(wide, at, power, this.diameter(), ++this.version);
    const { instrument, map } = this.stage;
    const plan = { view, level: 0, norm: NEAR, from: instrument.from, to: instrument.to };
    this.want(plan);
    const { passes, complete } = this.heat.passes(plan);
    const middle = { bucket: Math.floor(timeAt(view, view.width / 2) / source.size.bucketMs), bin: Math.floor(positionAt(view, view.height / 2)) };
    const reading = readCell(source, middle.bucket, middle.bin, this.stage.groups(), this.stage.settings.selection.peek());
    this.drawn = { view, reading, complete, level: 0 };
    const context = this.place(view, at);
    if (!context) return;
    this.painter.draw(context, {
      view, passes, complete, source, pinned, ink: this.stage.ink(), tick: instrument.tick, zone: this.stage.settings.zone.peek(),
      look: map.look(source, instrument, this.stage.choice()), lines: this.lines(reading, view, wide),
    });
  }

  dispose(): void {
    this.abort.abort();
  }

  private source(): Source | null {
    const size = this.levels[0];
    return this.store && size ? { store: this.store, level: 0, size, norm: NEAR, to: this.stage.instrument?.to ?? 0 } : null;
  }

  private want(plan: Parameters<Heat["wanted"]>[0]): void {
    const wanted = this.heat?.wanted(plan, null) ?? { tiles: [], chunks: [] };
    const wishes = JSON.stringify(wanted);
    if (wishes === this.wishes) return;
    this.wishes = wishes;
    this.store?.want("lens", wanted.tiles, wanted.chunks);
  }

  private lines(reading: Reading, view: View, wide: View): string[] {
    const { tick } = this.stage.instrument ?? { tick: 1 }, zone = this.stage.settings.zone.peek();
    const where = `${clock(reading.from, zone)}  ${priceText(reading.low, tick)}–${priceText(reading.high, tick)}`;
    const amounts = [reading.long > 0 ? `long ${usd(reading.long)}` : "", reading.short > 0 ? `short ${usd(reading.short)}` : ""].filter(Boolean).join("  ");
    const numbers = reading.state === "cell" ? `est. ${amounts}  z ${score(reading.z)}  ${percentile(reading.percentile)}` : reading.state === "empty" ? "nothing estimated here" : reading.state === "gone" ? "no data" : "loading";
    const times = compact(wide.msPerPixel / view.msPerPixel), price = compact((wide.edges[0] as number) - (wide.edges[wide.height] as number) === 0 ? 1 : this.priceGain(view, wide));
    return [`LENS  1 min × 1 bp  ·  ×${times} time, ×${price} price  ·  z of ±2 %, 4 h`, where, numbers];
  }

  private priceGain(view: View, wide: View): number {
    const bp = (v: View): number => ((v.edges[0] as number) - (v.edges[v.height] as number)) / v.height;
    return bp(wide) / bp(view);
  }

  /** Moves the canvas so that the glass's middle is at the point. */
  private place(view: View, at: { x: number; y: number }): CanvasRenderingContext2D | null {
    const { canvas } = this, side = view.width + 2 * Math.round(GLASS.margin * view.ratio);
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const css = side / view.ratio;
    canvas.style.width = canvas.style.height = `${css}px`;
    canvas.style.transform = `translate(${Math.round(at.x / view.ratio - css / 2)}px, ${Math.round(at.y / view.ratio - css / 2)}px)`;
    canvas.hidden = false;
    return canvas.getContext("2d");
  }

  private hide(): void {
    if (!this.canvas.hidden) this.canvas.hidden = true;
    this.drawn = null;
    if (this.wishes !== "") this.store?.want("lens", [], []);
    this.wishes = "";
  }

  private diameter(): number {
    return Math.min(GLASS.diameter, 0.7 * Math.min(this.host.clientWidth, this.host.clientHeight));
  }

  private apply(change: Partial<LensState>): void {
    const before = this.state.peek();
    const pinned = change.pinned ?? before.pinned;
    this.state.value = { ...before, ...change, on: this.held || this.toggled || pinned || this.finger !== null };
    this.redraw();
  }

  private keyDown(event: KeyboardEvent): void {
    if (event.target instanceof HTMLInputElement && event.target.type !== "range") return;
    if (event.key === "Alt") {
      // The browser's menu would open on release.
      event.preventDefault();
      this.held = true;
      this.apply({});
    } else if (event.key === "Shift" && this.state.peek().on) {
      this.apply({ pinned: !this.state.peek().pinned });
    } else if (event.key === "Escape" && this.state.peek().on) {
      this.release();
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
    const { on, power } = this.state.peek();
    if (!on) return;
    event.preventDefault();
    event.stopPropagation();
    const index = POWERS.findIndex((p) => p >= power), next = index + (event.deltaY < 0 ? 1 : -1);
    this.apply({ power: POWERS[Math.max(0, Math.min(POWERS.length - 1, next))] as number });
  }

  private pressed(event: PointerEvent): void {
    if (event.pointerType !== "touch" || this.touch) return;
    const timer = setTimeout(() => this.pick(), LONG_PRESS_MS);
    this.touch = { id: event.pointerId, ...this.inHost(event), timer };
  }

  /** The press was long enough: the finger holds the lens now, and the chart stands still. */
  private pick(): void {
    if (!this.touch) return;
    this.touch.timer = null;
    this.finger = { x: this.touch.x, y: this.touch.y };
    this.stage.candles.setHandling(false);
    this.apply({ pinned: false });
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
