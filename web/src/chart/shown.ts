/** What is on the stage, as signals for the words around it. */
import { batch, signal, type Signal } from "@preact/signals";
import { conditionOf } from "../layers/gaps";
import type { Profile } from "../layers/profile";
import type { Reading } from "../layers/readout";
import type { Source } from "../layers/source";
import type { View } from "../scale/view";
import type { Candle } from "./candles";
import type { Legend } from "./looks";

/** What is on the stage, for words around it. */
export interface Shown {
  readonly reading: Signal<Reading | null>;
  readonly candle: Signal<Candle | null>;
  readonly legend: Signal<Legend | null>;
  readonly profile: Signal<Profile | null>;
  readonly level: Signal<number>;
  /** Something of the chosen instrument has been drawn. */
  readonly drawn: Signal<boolean>;
  /** Cells of the view are still being loaded. */
  readonly loading: Signal<boolean>;
  /** Nothing is stored within the visible window. */
  readonly beyond: Signal<boolean>;
  /** Where price is, if neither price nor a level of the map is between the visible prices; null otherwise. */
  readonly astray: Signal<number | null>;
  /** Flags of the visible columns, united. */
  readonly flags: Signal<number>;
  /** Something traded in the visible columns. */
  readonly traded: Signal<boolean>;
  readonly painter: Signal<"webgl2" | "raster">;
}

export function createShown(): Shown {
  return {
    reading: signal<Reading | null>(null), candle: signal<Candle | null>(null), legend: signal<Legend | null>(null),
    profile: signal<Profile | null>(null), level: signal(0), drawn: signal(false), loading: signal(true), beyond: signal(false), astray: signal<number | null>(null), flags: signal(0), traded: signal(true),
    painter: signal<"webgl2" | "raster">("webgl2"),
  };
}

/** Another instrument: nothing of it is drawn yet. */
export function forget(shown: Shown): void {
  batch(() => {
    shown.reading.value = shown.candle.value = shown.profile.value = null;
    shown.astray.value = null;
    shown.loading.value = true;
    shown.drawn.value = false;
  });
}

/** What was drawn. */
export interface Drawn {
  readonly source: Source;
  readonly view: View;
  readonly legend: Legend;
  /** Every cell of the view is loaded. */
  readonly complete: boolean;
  /** There is no cell in view, loaded or not. */
  readonly bare: boolean;
  /** Bounds of what there is to show, ms. */
  readonly from: number;
  readonly until: number;
}

/** Takes over what was drawn, in one batch. */
export function tell(shown: Shown, { source, view, legend, complete, bare, from, until }: Drawn): void {
  batch(() => {
    const before = shown.legend.peek();
    if (legend.text !== before?.text || legend.mode !== before.mode || legend.domain.high !== before.domain.high) shown.legend.value = legend;
    shown.drawn.value = true;
    shown.level.value = source.level;
    shown.loading.value = !complete;
    const { flags, traded, elsewhere } = conditionOf(source, view);
    shown.flags.value = flags;
    shown.traded.value = traded;
    shown.astray.value = bare ? elsewhere : null;
    shown.beyond.value = view.time0 + view.width * view.msPerPixel < from || view.time0 > until;
  });
}
