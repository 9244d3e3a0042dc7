/** The zones of the newest column in view: found when the view has come to rest, never while it moves. */
import { signal, type Signal } from "@preact/signals";
import { drawBand, zonesOf, type Zone } from "../layers/zones";
import { profileOf } from "../layers/profile";
import { lastColumn, type Source } from "../layers/source";
import type { Ink } from "../scale/ink";
import type { Selection } from "../scale/selection";
import { rowOf, type View } from "../scale/view";
import { binPosition } from "../units/units";
import type { Pane } from "./paint-hook";
import type { PriceBand } from "../state/settings";

const REST_MS = 120;

export interface ZonePlan {
  readonly source: Source;
  readonly view: View;
  /** End of what may be known, ms. */
  readonly end: number;
  readonly groups: readonly string[];
  readonly selection: Selection;
  readonly ready: boolean;
}

export class ZonesView {
  readonly zones: Signal<readonly Zone[]> = signal<readonly Zone[]>([]);
  /** Instant that the zones are of, ms; 0 before there are any. */
  readonly at: Signal<number> = signal(0);
  private timer: ReturnType<typeof setTimeout> | null = null;
  private foundWith = "";

  constructor(private readonly plan: () => ZonePlan | null) {}

  /** Something changed; the zones are looked for a little later. */
  changed(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => this.find(), REST_MS);
  }

  /** Another instrument: what is listed is not of it. */
  forget(): void {
    this.foundWith = "";
    this.zones.value = [];
    this.at.value = 0;
  }

  dispose(): void {
    if (this.timer) clearTimeout(this.timer);
  }

  /** Draws the picked band of prices in the chart's pane. */
  draw(pane: Pane, view: View, band: PriceBand | null, ink: Ink): void {
    if (!band) return;
    const row = (price: number): number => rowOf(view, binPosition(price, 0));
    const zone = this.zones.peek().find((z) => z.low < band.high && z.high > band.low);
    drawBand(pane.context, { top: row(band.high), bottom: row(band.low) }, zone?.name ?? "", view, ink);
  }

  private find(): void {
    this.timer = null;
    const plan = this.plan();
    if (!plan) return;
    const { source, view, end, groups, selection, ready } = plan;
    const column = lastColumn(source, Math.floor((end - 1) / source.size.bucketMs));
    const next = [column, view.edges[0], view.edges[view.height], selection, source.level, ready].join();
    if (column === null || (next === this.foundWith && ready)) return;
    this.foundWith = next;
    const profile = profileOf(source, view, column, groups, selection);
    this.zones.value = profile ? zonesOf(source, profile, selection, groups) : [];
    this.at.value = profile?.at ?? 0;
  }
}
