/** A handle for tests and the benchmark: what the page thinks it shows, and ways to move it without a pointer. */
import { batch } from "@preact/signals";
import { extent, rowSpans, columnSpans } from "../scale/spans";
import { columnOf, rowOf } from "../scale/view";
import { binPosition } from "../units/units";
import type { Zone } from "../layers/zones";
import type { Drawn } from "./glass";
import type { Session } from "../state/session";
import { fromQuery } from "../state/settings";
import type { Stage } from "./stage";

export interface Debug {
  /** Every cell that the view shows is loaded and drawn. */
  complete(): boolean;
  /** The same of every chart, and nothing else is being loaded either. */
  settled(): boolean;
  requests(): number;
  level(): { level: number; bucketMs: number; shift: number } | null;
  /** Buckets and bins in view. */
  range(): { columns: { first: number; end: number }; rows: { first: number; end: number } } | null;
  view(): { width: number; height: number; ratio: number; time0: number; msPerPixel: number } | null;
  /** Device pixel of an instant and a price on the map. */
  pixel(time: number, price: number): { x: number; y: number } | null;
  /** CSS pixel row of a price according to the chart library. */
  chartY(price: number): number | null;
  reading(): unknown;
  profile(): { bucket: number; first: number; totals: number[]; groups: readonly string[]; total: number } | null;
  zones(): readonly Zone[];
  /** Titles of the panes under the chart, what there is to say beside them, what of both is written, where their points end (ms), and their height, CSS pixels. */
  panes(): { titles: readonly string[]; notes: readonly string[]; captions: readonly string[]; pointed: readonly string[]; ends: readonly number[]; height: number };
  lens(): unknown;
  /** What pinned lenses show, oldest first. */
  pins(): readonly Drawn[];
  painter(): string;
  uploaded(): number;
  timings(name: Parameters<Stage["timings"]["list"]>[0]): readonly number[];
  clearTimings(): void;
  zoom(factor: number, about?: number): void;
  pan(share: number): void;
  go(from: number, to: number): void;
  /** Takes settings as an address does; what it does not name stays. */
  set(query: string): void;
  /** End of what is stored of the chosen instrument, ms, as far as the page knows. */
  stored(): number;
  /** The same of every chart, in reading order. */
  all(): readonly { readonly stored: number }[];
  /** Asks the server for its state at once. */
  poll(): void;
}

declare global {
  interface Window {
    halcyon?: Debug;
  }
}

/** What draws one chart, and what feeds it. */
export interface Shows {
  readonly stage: Stage | null;
  readonly session: Session;
}

/** Everything in a chart's view is loaded and drawn, and nothing else is being loaded. */
function settled({ stage, session }: Shows): boolean {
  return !!stage?.map?.complete && !!stage.view && (session.store?.busy ?? 1) === 0 && !stage.funding.asking;
}

function storedOf(session: Session): number {
  return session.instrument.peek()?.to ?? 0;
}

/** Puts the handle of a chart on `window.halcyon`; `all` are the charts beside it and itself. */
export function installDebug(stage: Stage, session: Session, all: () => readonly Shows[]): void {
  window.halcyon = {
    complete: () => !!stage.map?.complete && !!stage.view,
    settled: () => all().every(settled),
    requests: () => session.server.client.requests,
    level: () => {
      const source = stage.source();
      return source && { level: source.level, ...source.size };
    },
    range: () => {
      const source = stage.source(), view = stage.view;
      return source && view && { columns: extent(columnSpans(view, source.size.bucketMs)), rows: extent(rowSpans(view, source.size.shift)) };
    },
    view: () => stage.view && { width: stage.view.width, height: stage.view.height, ratio: stage.view.ratio, time0: stage.view.time0, msPerPixel: stage.view.msPerPixel },
    pixel: (time, price) => stage.view && { x: columnOf(stage.view, time), y: rowOf(stage.view, binPosition(price, 0)) },
    chartY: (price) => stage.candles.yOf(price),
    reading: () => stage.shown.reading.peek(),
    profile: () => {
      const profile = stage.shown.profile.peek();
      return profile && { bucket: profile.bucket, first: profile.first, totals: [...profile.totals], groups: profile.groups, total: profile.totals.reduce((a, b) => a + b, 0) };
    },
    zones: () => stage.zones.zones.peek(),
    panes: () => ({ titles: stage.candles.panes.titles(), notes: stage.candles.panes.notes(), captions: stage.candles.panes.captions(), pointed: stage.candles.panes.pointed(), ends: stage.candles.panes.ends(), height: stage.candles.panes.height() }),
    lens: () => {
      const { drawn, pins, state } = stage.lens;
      return drawn && { ...drawn, view: { ...drawn.view, edges: [...drawn.view.edges] }, state: state.peek(), pins: pins.drawn().length };
    },
    pins: () => stage.lens.pins.drawn(),
    painter: () => stage.painter.kind,
    uploaded: () => stage.painter.uploaded,
    timings: (name) => stage.timings.list(name),
    clearTimings: () => stage.timings.clear(),
    zoom: (factor, about) => stage.navigator.zoom(factor, about),
    pan: (share) => stage.navigator.pan(share),
    go: (from, to) => stage.navigator.go({ from, to }),
    set: (query) => batch(() => fromQuery(stage.settings, query)),
    stored: () => storedOf(session),
    all: () => all().map((chart) => ({ stored: storedOf(chart.session) })),
    poll: () => session.server.again(),
  };
}
