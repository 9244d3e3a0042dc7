/** One lens: a round glass on a canvas of its own, with its own wishes to the store. */
import type { Store } from "../data/store";
import { Heat, type Wanted } from "../layers/heat";
import { GLASS, LensPainter, lensView, normOf } from "../layers/lens";
import { readCell, type Reading } from "../layers/readout";
import type { Source } from "../layers/source";
import type { Ink } from "../scale/ink";
import { bpPerPixel, positionAt, timeAt, type View } from "../scale/view";
import { clock, compact, percentile, price as priceText, score, amount } from "../units/format";
import type { Level } from "../units/units";
import type { Instrument } from "../wire/api";
import type { Candles } from "./candles";
import type { Choice } from "./looks";
import type { MapView } from "./map";
import type { Settings } from "../state/settings";

/** What the lenses read of the stage that they lie on. */
export interface LensHost {
  readonly candles: Candles;
  readonly settings: Settings;
  readonly map: MapView | null;
  readonly instrument: Instrument | null;
  groups(): readonly string[];
  choice(): Choice;
  ink(): Ink;
}

/** Where a glass is held, and how it magnifies. */
export interface Hold {
  /** Its middle, device pixels of the pane. */
  readonly x: number;
  readonly y: number;
  /** How much larger than the wide view, at least. */
  readonly power: number;
  /** Diameter, CSS pixels. */
  readonly size: number;
  readonly pinned: boolean;
}

/** What a glass shows. */
export interface Drawn {
  readonly view: View;
  readonly reading: Reading;
  readonly complete: boolean;
  readonly level: number;
}

let made = 0;

export class Glass {
  /** What was drawn last; null while hidden. */
  drawn: Drawn | null = null;
  private readonly user = `lens ${made++}`;
  private readonly painter = new LensPainter();
  private store: Store | null = null;
  private levels: readonly Level[] = [];
  private heat: Heat | null = null;
  private version = 0;
  private asked: Wanted | null = null;

  /** `box` is moved to where the glass is held; it is the canvas or holds it. */
  constructor(private readonly canvas: HTMLCanvasElement, private readonly host: LensHost, private readonly box: HTMLElement = canvas) {}

  open(store: Store, levels: readonly Level[]): void {
    Object.assign(this, { store, levels, heat: new Heat(store, levels), asked: null, drawn: null });
  }

  draw(wide: View, hold: Hold): void {
    const source = this.source(), { instrument, map, settings } = this.host;
    if (!source || !this.heat || !map || !instrument) return this.hide();
    const view = lensView(wide, hold, hold.power, hold.size, ++this.version), groups = this.host.groups(), selection = settings.selection.peek();
    const plan = { view, level: 0, norm: source.norm, from: instrument.from, to: instrument.to };
    this.want(plan);
    const { passes, complete } = this.heat.passes(plan);
    const middle = { bucket: Math.floor(timeAt(view, view.width / 2) / source.size.bucketMs), bin: Math.floor(positionAt(view, view.height / 2)) };
    const reading = readCell(source, middle.bucket, middle.bin, groups, selection);
    this.drawn = { view, reading, complete, level: 0 };
    const context = this.place(view, hold);
    if (!context) return;
    this.painter.draw(context, {
      view, passes, complete, source, groups, selection, pinned: hold.pinned, ink: this.host.ink(), tick: instrument.tick, zone: settings.zone.peek(),
      look: map.look(source, instrument, this.host.choice()), lines: this.lines(reading, view, wide, instrument.tick),
    });
  }

  hide(): void {
    if (!this.box.hidden) this.box.hidden = true;
    this.drawn = null;
    if (this.asked) this.store?.want(this.user, [], []);
    this.asked = null;
  }

  private source(): Source | null {
    const size = this.levels[0];
    return this.store && size ? { store: this.store, level: 0, size, norm: normOf(this.host.settings.selection.peek()), to: this.host.instrument?.to ?? 0 } : null;
  }

  private want(plan: Parameters<Heat["wanted"]>[0]): void {
    const wanted = this.heat?.wanted(plan, null) ?? null;
    if (!wanted || wanted === this.asked) return;
    this.asked = wanted;
    this.store?.want(this.user, wanted.tiles, wanted.chunks);
  }

  private lines(reading: Reading, view: View, wide: View, tick: number): string[] {
    const where = `${clock(reading.from, this.host.settings.zone.peek())}  ${priceText(reading.low, tick)}–${priceText(reading.high, tick)}`;
    const unit = this.host.instrument?.unit ?? "usd";
    const amounts = [reading.long > 0 ? `long ${amount(reading.long, unit)}` : "", reading.short > 0 ? `short ${amount(reading.short, unit)}` : ""].filter(Boolean).join("  ");
    const numbers = reading.state === "cell" ? `est. ${amounts}  z ${score(reading.z)}  ${percentile(reading.percentile)}` : reading.state === "empty" ? "nothing estimated here" : reading.state === "gone" ? "no data" : "loading";
    const times = compact(wide.msPerPixel / view.msPerPixel), prices = compact(bpPerPixel(wide) / bpPerPixel(view));
    return [`LENS  1 min × 1 bp  ·  ×${times} time, ×${prices} price  ·  z of ±2 %, 4 h`, where, numbers];
  }

  /** Moves the box so that the glass's middle is where it is held. */
  private place(view: View, { x, y }: Hold): CanvasRenderingContext2D | null {
    const { canvas, box } = this, side = view.width + 2 * Math.round(GLASS.margin * view.ratio), css = side / view.ratio;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    canvas.style.width = canvas.style.height = `${css}px`;
    box.style.transform = `translate(${Math.round(x / view.ratio - css / 2)}px, ${Math.round(y / view.ratio - css / 2)}px)`;
    box.hidden = false;
    return canvas.getContext("2d");
  }
}
