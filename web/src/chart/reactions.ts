/** What a changed setting moves on the stage: each as little as it needs. */
import { effect } from "@preact/signals";
import { INK } from "../scale/ink";
import type { Candles } from "./candles";
import { Redraw } from "./invalidation";
import type { PaneSource } from "./pane-source";
import type { Settings } from "../state/settings";
import type { ZonesView } from "./zones-view";

export interface Moved {
  readonly candles: Candles;
  readonly zones: ZonesView;
  redraw(level: Redraw): void;
  /** What panes show. */
  readonly panes: PaneSource;
  /** The replayed instant has changed. */
  travel(): void;
  /** Shows the newest end of the chosen range again. */
  follow(): void;
}

/** Listens until the returned function is called. */
export function react(s: Settings, { candles, zones, redraw, panes, travel, follow }: Moved): () => void {
  const stops = [
    effect(() => {
      [s.mode.value, s.palette.value, s.threshold.value, s.selection.value, s.theme.value, s.opacity.value].join();
      redraw(Redraw.Light);
    }),
    effect(() => {
      // Over the chart of a phone the profile comes and goes without a paint.
      [s.stack.value, s.profile.value].join();
      redraw(Redraw.Cursor);
    }),
    effect(() => {
      s.band.value;
      redraw(Redraw.Full);
    }),
    effect(() => {
      s.mark.value;
      candles.repaint();
    }),
    effect(() => {
      candles.setPanes(s.panes.value ? panes : null);
      redraw(Redraw.Full);
    }),
    effect(() => {
      if (s.zones.value) zones.changed();
    }),
    effect(() => {
      s.at.value;
      travel();
    }),
    effect(() => {
      s.reveal.value;
      follow();
      redraw(Redraw.Full);
    }),
    effect(() => {
      candles.setAxis(s.axis.value);
      candles.setZone(s.zone.value);
      candles.setLook(s.candles.value, INK[s.theme.value]);
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
