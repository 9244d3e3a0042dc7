/** Lenses that were pinned: each stays over its instant and price, wherever the chart is moved. */
import { effect, type Signal } from "@preact/signals";
import type { Store } from "../data/store";
import { columnOf, rowOf, type View } from "../scale/view";
import type { Level } from "../units/units";
import { binPosition } from "../units/units";
import { Glass, type Drawn, type LensHost } from "./glass";
import type { LensPin } from "../state/tool-settings";

interface Shown {
  readonly glass: Glass;
  readonly box: HTMLElement;
  /** What it was drawn with, so that a move of the pointer draws nothing again. */
  drawnWith: string;
}

export class LensPins {
  private readonly shown = new Map<LensPin, Shown>();
  private store: Store | null = null;
  private levels: readonly Level[] = [];
  private readonly stop: () => void;

  constructor(private readonly parent: HTMLElement, private readonly pins: Signal<readonly LensPin[]>, private readonly host: LensHost, redraw: () => void) {
    this.stop = effect(() => {
      const pinned = pins.value;
      for (const [pin, { glass, box }] of this.shown) {
        if (pinned.includes(pin)) continue;
        glass.hide();
        box.remove();
        this.shown.delete(pin);
      }
      for (const pin of pinned) if (!this.shown.has(pin)) this.shown.set(pin, this.make(pin));
      redraw();
    });
  }

  /** Pins of another market are taken off; those of the address stay. */
  open(store: Store, levels: readonly Level[]): void {
    if (this.store) this.pins.value = [];
    Object.assign(this, { store, levels });
    for (const { glass } of this.shown.values()) glass.open(store, levels);
  }

  /** Takes the newest one off. False where there was none. */
  takeOff(): boolean {
    const had = this.pins.peek();
    this.pins.value = had.slice(0, -1);
    return had.length > 0;
  }

  draw(wide: View): void {
    const { instrument } = this.host, choice = JSON.stringify(this.host.choice());
    for (const [pin, shown] of this.shown) {
      const x = columnOf(wide, pin.time), y = rowOf(wide, binPosition(pin.price, 0));
      const inside = x > 0 && x < wide.width && y > 0 && y < wide.height;
      const next = [wide.version, wide.width, wide.height, instrument?.to, choice, this.host.settings.zone.peek()].join();
      if (inside && next === shown.drawnWith && shown.glass.drawn?.complete) continue;
      shown.drawnWith = next;
      if (inside) shown.glass.draw(wide, { x, y, power: pin.power, size: pin.size, pinned: true });
      else shown.glass.hide();
    }
  }

  /** What the glasses show, oldest first. */
  drawn(): Drawn[] {
    return [...this.shown.values()].flatMap(({ glass }) => glass.drawn ?? []);
  }

  dispose(): void {
    this.stop();
    for (const { box } of this.shown.values()) box.remove();
  }

  private make(pin: LensPin): Shown {
    const box = document.createElement("div"), canvas = document.createElement("canvas"), close = document.createElement("button");
    box.className = "lens pinned";
    box.hidden = true;
    canvas.setAttribute("aria-hidden", "true");
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", "Take the pinned lens off");
    close.addEventListener("click", () => void (this.pins.value = this.pins.peek().filter((other) => other !== pin)));
    box.append(canvas, close);
    this.parent.append(box);
    const glass = new Glass(canvas, this.host, box);
    if (this.store) glass.open(this.store, this.levels);
    return { glass, box, drawnWith: "" };
  }
}
