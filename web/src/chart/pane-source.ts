/** What panes read of the chart that they lie under. */
import { flowAt, type Flow } from "../layers/flows";
import { gapStretches, type Stretch } from "../layers/gaps";
import type { Source } from "../layers/source";
import type { View } from "../scale/view";
import type { Instrument } from "../wire/api";
import type { FundingView } from "./funding-view";

export interface PaneSource {
  /** Flow of a bucket of the frame; null where there is none, or it is not loaded. */
  flow(bucket: number): Flow | null;
  /** Whose funding rates are in it, and for how long each is. */
  funding(): string;
  /** Stretches in view whose columns are missing or have one of these flags. */
  missing(flags: number): readonly Stretch[];
}

/** Where it is read: the stage. */
interface Host {
  readonly view: View | null;
  readonly instrument: Instrument | null;
  readonly funding: FundingView;
  source(): Source | null;
}

export function paneSourceOf(stage: Host): PaneSource {
  return {
    flow: (bucket) => flowAt(stage.source(), bucket, (level, time) => stage.funding.at(level, time)),
    funding: () => stage.funding.words,
    missing: (flags) => {
      const { view, instrument } = stage, source = stage.source();
      return view && instrument && source ? gapStretches(source, view, instrument, flags) : [];
    },
  };
}
