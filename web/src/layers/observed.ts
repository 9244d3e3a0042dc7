/** Observed positions beside the estimated profile: what the venue says, in the hue of what is observed. */
import type { Ink } from "../scale/ink";
import { rowSpans } from "../scale/spans";
import type { View } from "../scale/view";
import type { ObservedAnswer } from "../wire/observed";
import type { Profile } from "./profile";

/** Observed USD of a bin at the answer's own width, both sides. */
export function observedUsd(answer: ObservedAnswer, bin: number): number {
  const i = bin - answer.first_bin;
  return (answer.long.usd[i] ?? 0) + (answer.short.usd[i] ?? 0);
}

/** Draws observed USD as bars from the right, as long for an amount as the profile's; one that would be longer is cut. */
export function drawObservedBars(context: CanvasRenderingContext2D, answer: ObservedAnswer, profile: Profile, view: View, ink: Ink): void {
  const { width } = context.canvas, rows = rowSpans(view, answer.shift);
  const longest = profile.totals.reduce((most, usd) => Math.max(most, usd), 0);
  if (longest <= 0) return;
  const scale = (width - 8 * view.ratio) / longest;
  context.fillStyle = ink.observed;
  for (let r = 0; r < view.height; r++) {
    let most = 0;
    for (let bin = rows[2 * r] as number; bin < (rows[2 * r + 1] as number); bin++) most = Math.max(most, observedUsd(answer, bin));
    const length = most > 0 ? Math.min(width / 2, Math.max(2 * view.ratio, most * scale)) : 0;
    if (length > 0) context.fillRect(width - length, r, length, 1);
  }
}
