/** The profile on its canvas: drawn again only when what it shows has changed. */
import { drawMaxPain, maxPainOf } from "../layers/max-pain";
import { drawProfile, profileOf, type Profile } from "../layers/profile";
import { drawObservedBars } from "../layers/observed";
import { lastColumn, type Source } from "../layers/source";
import type { Ink } from "../scale/ink";
import type { Selection } from "../scale/selection";
import type { View } from "../scale/view";
import type { ObservedAnswer } from "../wire/observed";

export interface ProfilePlan {
  /** The column under the cross-hair; null for the newest in view. */
  readonly bucket: number | null;
  /** End of what may be shown, ms. */
  readonly end: number;
  readonly groups: readonly string[];
  readonly selection: Selection;
  /** Every cell of the view is loaded. */
  readonly ready: boolean;
  readonly ink: Ink;
  readonly unit: Profile["unit"];
  /** Drawn beside the newest column, which alone it is of. */
  readonly observed: ObservedAnswer | null;
  readonly observedVersion: number;
  /** Cuts the bars otherwise than by leverage; null for by leverage. */
  readonly cut: ((profile: Profile) => Profile) | null;
  /** Rises with everything that `cut` gets to know. */
  readonly cutVersion: number;
}

export class ProfileView {
  private drawnWith = "";
  /** Rows that it was drawn on: moving in time keeps them. */
  private edges: View["edges"] | null = null;
  private profile: Profile | null = null;

  constructor(private readonly canvas: HTMLCanvasElement) {}

  /** Draws the profile of a column, on the rows of the view, and returns it; null where there is none. */
  draw(source: Source, view: View, { bucket, end, groups, selection, ready, ink, unit, cut, cutVersion, observed, observedVersion }: ProfilePlan): Profile | null {
    const { canvas } = this, newest = Math.floor((end - 1) / source.size.bucketMs);
    const column = lastColumn(source, Math.min(bucket ?? newest, newest)), width = Math.round(canvas.clientWidth * view.ratio);
    const next = [column, view.ratio, width, selection, source.level, ready, ink.ground, cut ? cutVersion : "", observedVersion].join();
    if (next === this.drawnWith && view.edges === this.edges && ready) return this.profile;
    this.drawnWith = next;
    this.edges = view.edges;
    if (canvas.width !== width || canvas.height !== view.height) {
      canvas.width = width;
      canvas.height = view.height;
    }
    canvas.style.height = `${view.height / view.ratio}px`;
    const whole = column === null ? null : profileOf(source, view, column, groups, selection, unit);
    this.profile = whole && cut ? cut(whole) : whole;
    const context = canvas.getContext("2d");
    if (context && width > 0) {
      drawProfile(context, this.profile, view, source.size.shift, ink, (profile) => {
        if (observed && column === lastColumn(source, newest)) drawObservedBars(context, observed, profile, view, ink);
        drawMaxPain(context, maxPainOf(profile, source.size.shift), view, ink);
      });
    }
    return this.profile;
  }

  /** Another instrument: nothing of the last one is kept. */
  forget(): void {
    this.drawnWith = "";
    this.profile = null;
  }
}
