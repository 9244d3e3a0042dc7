/**
 * The stage: owns the chart, the map under it, the profile beside it and the
 * lens above it, and draws no more of them than a change asks for.
 */
import { batch } from "@preact/signals";
import type { Client, NormQuery } from "../data/client";
import type { OnArrival, Store } from "../data/store";
import type { Painter } from "../gl/scene";
import { drawObserved } from "../layers/flows";
import { drawLacks } from "../layers/gaps";
import { wideNorm } from "../layers/lens";
import { cellAt, readCell } from "../layers/readout";
import type { Source } from "../layers/source";
import { INK, type Ink } from "../scale/ink";
import { timeAt, type View } from "../scale/view";
import { MINUTE, type Level } from "../units/units";
import type { Instrument } from "../wire/api";
import { Candles } from "./candles";
import { FundingView } from "./funding-view";
import { Arrivals, Invalidator, Redraw } from "./invalidation";
import { FormingView } from "./forming-view";
import { LensControl } from "./lens-control";
import type { Choice } from "./looks";
import { MapView } from "./map";
import { Navigator } from "./navigator";
import { Overlay } from "./overlay";
import { ProfileView } from "./profile-view";
import { asOf, Replay } from "./replay";
import { RevealView, type RevealPlan } from "./reveal-view";
import { shows, type Window } from "./framing";
import type { Pane } from "./paint-hook";
import type { Settings } from "../state/settings";
import { react } from "./reactions";
import { BoxZoom } from "./box-zoom";
import { nudged } from "./cross";
import { History } from "../state/history";
import type { Hosts } from "./hosts";
import { paneSourceOf } from "./pane-source";
import { Places } from "./places";
import { createShown, forget, tell, type Shown } from "./shown";
import { Timings } from "./timings";
import { ObservedView } from "./observed-view";
import { VenueViews } from "./venue-views";
import { ZonesView, type ZonePlan } from "./zones-view";

export class Stage {
  readonly shown: Shown = createShown();
  readonly timings = new Timings();
  readonly candles: Candles;
  readonly navigator: Navigator;
  readonly lens: LensControl;
  readonly forming: FormingView;
  readonly overlay: Overlay;
  view: View | null = null;
  map: MapView | null = null;
  /** As known at the replayed instant, or now. */
  instrument: Instrument | null = null;
  /** As stored. */
  private stored: Instrument | null = null;
  private cross: { x: number; y: number } | null = null;
  private stale = false;
  private paintedVersion = -1;
  private readonly redraw = new Invalidator((level) => this.draw(level));
  private readonly arrivals = new Arrivals(() => this.redraw.request(Redraw.Full));
  readonly venues: VenueViews;
  readonly observed: ObservedView;
  readonly funding: FundingView;
  readonly zones = new ZonesView(() => this.zonePlan());
  readonly replay: Replay;
  readonly history = new History();
  readonly boxZoom: BoxZoom;
  private readonly places: Places;
  readonly reveal = new RevealView(() => this.revealPlan());
  private readonly profile: ProfileView;
  private readonly stop: () => void;

  constructor(readonly hosts: Hosts, readonly settings: Settings, readonly painter: Painter, client: Client) {
    this.venues = new VenueViews(client, () => this.redraw.request(Redraw.Cursor));
    this.observed = new ObservedView(client, () => this.redraw.request(Redraw.Cursor));
    this.funding = new FundingView(client, () => ((this.stale = true), this.redraw.request(Redraw.Full)));
    this.candles = new Candles({
      host: hosts.chart,
      onPaint: (view, pane) => this.timings.measure("paint", () => this.painted(view, pane)),
      onPainted: ({ context }) => this.view && this.overlay.draw(context, this.view, this.ink()),
      onCross: (at) => {
        this.cross = at;
        this.redraw.request(Redraw.Cursor);
      },
      band: () => this.reveal.widen(this.navigator.band()),
    });
    this.forming = new FormingView({ candles: this.candles, timings: this.timings, now: () => settings.at.peek() === null });
    this.navigator = new Navigator(this.candles, settings, hosts.chart, () => this.source(), (bucket) => this.forming.candle(bucket));
    this.navigator.onFrame = (window) => this.framed(window);
    this.replay = new Replay(settings, {
      stored: () => this.stored, candleMs: () => this.candles.current()?.bucketMs ?? MINUTE, window: () => this.candles.window(),
      pointed: () => (this.cross && this.view ? timeAt(this.view, this.cross.x * this.view.ratio) : null),
      go: (window) => this.navigator.go(window),
    });
    this.shown.painter.value = this.painter.kind;
    this.overlay = new Overlay(hosts.chart, settings.tools, this);
    this.lens = new LensControl(hosts.lens, hosts.chart, this, () => this.redraw.request(Redraw.Cursor));
    this.boxZoom = new BoxZoom(hosts.chart, { view: () => this.view, handle: (on) => this.candles.setHandling(on), box: (window, prices) => this.navigator.box(window, prices) });
    this.places = new Places(settings, this.history, (place) => this.navigator.restore(place), () => this.replay.playing.peek());
    this.profile = new ProfileView(hosts.profile);
    this.stop = react(settings, {
      candles: this.candles, zones: this.zones, redraw: (level) => this.redraw.request(level), panes: paneSourceOf(this), travel: () => this.stored && this.advance(this.stored), follow: () => this.navigator.follow(),
    });
  }

  /** Puts an instrument's store on the stage. */
  open(store: Store, instrument: Instrument, levels: readonly Level[]): OnArrival {
    this.map = new MapView(store, levels, this.painter);
    this.stored = instrument;
    this.instrument = asOf(instrument, this.settings.at.peek());
    // What is on the screen belongs to another market: nothing may be read off it any more.
    this.view = null;
    this.paintedVersion = -1;
    this.lens.open(store, levels);
    this.funding.want(null, null);
    this.forming.open(instrument.parts?.[0] ?? instrument, store.client, levels);
    this.profile.forget();
    this.zones.forget();
    this.places.forget();
    this.reveal.forget();
    forget(this.shown);
    this.navigator.open(this.instrument, levels);
    return (kind, level) => {
      if (kind === "columns" && level === this.candles.current()?.level) this.stale = true;
      this.arrivals.arrived(kind === "columns" || store.busy <= 1);
    };
  }

  /** More columns have closed, or others are known because the replayed instant moved. */
  advance(instrument: Instrument): void {
    this.stored = instrument;
    this.instrument = asOf(instrument, this.settings.at.peek());
    this.stale = true;
    this.navigator.advance(this.instrument);
    this.redraw.request(Redraw.Full);
  }

  /** The map's level as read with its normalisation. */
  source(): Source | null {
    const frame = this.candles.current();
    return this.map && frame && this.instrument ? this.map.source(frame.level, this.norm(), this.instrument.to) : null;
  }

  /** Names of the leverage groups, fewest leverage first. */
  groups(): readonly string[] {
    return this.instrument?.groups.map((group) => group.name) ?? [];
  }

  choice(): Choice {
    const { mode, selection, palette, threshold, theme, opacity } = this.settings;
    return { mode: mode.peek(), selection: selection.peek(), groups: this.groups(), palette: palette.peek(), threshold: threshold.peek(), theme: theme.peek(), opacity: opacity.peek() };
  }

  /** The cell that a device pixel shows at the map's level. */
  private cellAt(x: number, y: number): { bucket: number; bin: number } | null {
    const source = this.source(), view = this.view;
    if (!source || !view || x < 0 || y < 0 || x >= view.width || y >= view.height) return null;
    return cellAt(source, view, { x, y }, this.settings.selection.peek(), this.groups());
  }

  /** Moves the cross-hair by cells. */
  nudge(columns: number, bins: number): void {
    const { view } = this, source = this.source();
    if (!view || !source) return;
    const { x, y, bucket, price } = nudged(view, source.size, this.cross, columns, bins);
    this.candles.point(bucket, price);
    this.cross = { x, y };
    this.redraw.request(Redraw.Cursor);
  }

  dispose(): void {
    this.stop();
    for (const part of [this.arrivals, this.zones, this.overlay, this.lens, this.replay, this.boxZoom, this.places, this.navigator, this.painter, this.candles]) part.dispose();
  }

  ink(): Ink {
    return INK[this.settings.theme.peek()];
  }

  private norm(): NormQuery | null {
    return wideNorm(this.settings.selection.peek(), this.settings.band.peek());
  }

  /** A new frame: its columns are wanted before anything can be scaled. */
  private framed(window: Window): void {
    const frame = this.candles.current(), { instrument } = this;
    // Without a candle there is no price scale, and no paint that could notice.
    if (instrument) this.shown.beyond.value = window.to <= instrument.from || window.from >= instrument.to;
    if (this.map && frame && this.instrument && !this.view) this.map.wantColumns(frame, window, this.norm(), this.instrument);
    this.redraw.request(Redraw.Full);
  }

  private draw(level: Redraw): void {
    if (level === Redraw.Full && this.stale) {
      this.stale = false;
      this.timings.measure("refill", () => this.navigator.refill());
    }
    if (level >= Redraw.Light) this.timings.measure(level === Redraw.Light ? "recolour" : "paint", () => this.drawMap(level));
    this.timings.measure("cursor", () => this.drawCursor());
  }

  /** Inside the chart's paint: the map goes by the very scales that the candles are drawn with. */
  private painted(view: View, pane: Pane): void {
    this.view = view;
    this.navigator.painted(view);
    const source = this.source();
    if (source && this.instrument) drawLacks(pane.context, source, view, { ...this.choice(), from: this.instrument.from, to: this.instrument.to, zone: this.settings.zone.peek() }, this.ink());
    if (source) drawObserved(pane.context, source, view, this.ink());
    this.zones.draw(pane, view, this.settings.mark.peek(), this.ink());
    this.reveal.draw(pane.context, this.ink());
    this.forming.draw(pane.context, view, this.ink());
    if (view.version === this.paintedVersion) return;
    this.paintedVersion = view.version;
    const { style } = this.hosts.heat;
    style.width = `${view.width / view.ratio}px`;
    style.height = `${view.height / view.ratio}px`;
    this.hosts.chart.parentElement?.style.setProperty("--below", `${this.candles.panes.height()}px`);
    // The frame's own drawing has nothing to add to a whole one, unless there are candles to be set before it.
    if (this.drawMap(Redraw.Full) && !this.stale) this.redraw.lower(Redraw.Cursor);
    this.redraw.request(Redraw.Cursor);
  }

  /** The painter has lost what it held: all is drawn anew. */
  restored(): void {
    this.redraw.request(Redraw.Full);
  }

  /** Draws the map at once, for whoever copies it within the frame. */
  drawNow(): void {
    this.drawMap(Redraw.Full);
  }

  /** False where there is nothing to draw yet. */
  private drawMap(level: Redraw): boolean {
    const { map, view, instrument } = this, frame = this.candles.current();
    if (!map || !frame || !instrument || !view) return false;
    const norm = this.norm(), choice = this.choice(), window = this.candles.window();
    this.funding.want(this.settings.panes.peek() ? this.stored : null, frame);
    if (window && !shows(view, window)) {
      map.wantColumns(frame, window, norm, instrument);
      return false;
    }
    if (level === Redraw.Light && map.holds(frame.level, norm)) {
      map.recolour(frame.level, norm, instrument, choice);
    } else {
      map.paint(view, frame, norm, instrument, choice);
      map.want(view, frame, norm, instrument);
    }
    this.tell(map, view, instrument, choice);
    this.reveal.update(map.store);
    this.zones.changed();
    return true;
  }

  private zonePlan(): ZonePlan | null {
    const { view, instrument, map } = this, source = this.source();
    if (!view || !source || !instrument || !this.settings.zones.peek()) return null;
    const end = Math.min(instrument.to, view.time0 + view.width * view.msPerPixel);
    return { source, view, end, groups: this.groups(), selection: this.settings.selection.peek(), ready: map?.complete ?? false };
  }

  private revealPlan(): RevealPlan | null {
    const { view, stored, map } = this, frame = this.candles.current(), at = this.settings.at.peek();
    if (!view || !stored || !map || !frame || at === null) return null;
    return { source: map.source(frame.level, null, stored.to), view, at: this.instrument?.to ?? at, shown: this.settings.reveal.peek() };
  }

  /** Words for what was drawn, after the picture. */
  private tell(map: MapView, view: View, instrument: Instrument, choice: Choice): void {
    const source = this.source(), until = this.reveal.outcome.peek()?.until ?? instrument.to;
    if (!source) return;
    queueMicrotask(() => tell(this.shown, { source, view, legend: map.legend(source, instrument, choice), complete: map.complete, bare: map.bare, from: instrument.from, until }));
  }

  /** Read-out, profile and lens at the cross-hair. */
  private drawCursor(): void {
    const { view, shown } = this, source = this.source();
    if (!view || !source || !this.instrument) return;
    const at = this.cross && { x: Math.round(this.cross.x * view.ratio), y: Math.round(this.cross.y * view.ratio) };
    const cell = at && this.cellAt(at.x, at.y), groups = this.groups(), selection = this.settings.selection.peek();
    batch(() => {
      shown.reading.value = cell ? readCell(source, cell.bucket, cell.bin, groups, selection) : null;
      shown.candle.value = cell ? this.navigator.candle(cell.bucket) : null;
      const end = Math.min(this.instrument?.to ?? 0, view.time0 + view.width * view.msPerPixel), cut = this.venues.cut(this.instrument, this.settings.stack.peek(), source, selection);
      shown.profile.value = this.profile.draw(source, view, { bucket: cell?.bucket ?? null, end, groups, selection, ready: this.map?.complete ?? false, ink: this.ink(), observed: this.observed.answer.peek(), observedVersion: this.observed.version, ...cut });
      this.venues.look(shown.reading.peek(), this.instrument, source, selection);
    });
    this.timings.measure("lens", () => this.lens.draw(view, at));
  }
}
