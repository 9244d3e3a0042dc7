/** Notes where the chart looks, each time it has come to rest, so that one can go back. */
import { effect } from "@preact/signals";
import type { History } from "../state/history";
import type { Place } from "./navigator";
import type { Settings } from "../state/settings";

/** A zoom by wheel is many moves: they are one once the chart has rested this long. */
const REST_MS = 400;

export class Places {
  private last: Place | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private readonly stop: () => void;

  /** `quiet` says that the chart is moving by itself: such moves are followed, not noted. */
  constructor(private readonly settings: Settings, private readonly history: History, private readonly go: (place: Place) => void, private readonly quiet: () => boolean) {
    this.stop = effect(() => {
      [settings.range.value, settings.window.value, settings.prices.value, settings.selection.value].join();
      if (this.timer) clearTimeout(this.timer);
      this.timer = setTimeout(() => this.rested(), REST_MS);
    });
  }

  /** Another instrument: its first place is where one starts. */
  forget(): void {
    this.last = null;
    this.history.clear();
  }

  dispose(): void {
    this.stop();
    if (this.timer) clearTimeout(this.timer);
  }

  private rested(): void {
    this.timer = null;
    const { range, window, prices, selection } = this.settings;
    // Optical has a window of its own, which is no place to go back to.
    if (selection.peek() === "fresh") return;
    const now: Place = { range: range.peek(), window: range.peek() === null ? window.peek() : null, prices: prices.peek() }, before = this.last;
    if (before && same(before, now)) return;
    this.last = now;
    if (!before || this.quiet()) return;
    const to = (place: Place) => (): void => {
      this.last = place;
      this.go(place);
    };
    this.history.push({ undo: to(before), redo: to(now) });
  }
}

function same(a: Place, b: Place): boolean {
  return a.range === b.range && a.window?.from === b.window?.from && a.window?.to === b.window?.to && a.prices?.low === b.prices?.low && a.prices?.high === b.prices?.high;
}
