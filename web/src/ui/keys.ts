/** Keyboard: every control has a key, and one list serves the handler and the help sheet. */
import { toggleAllVenues } from "../state/venues";
import { RANGE_NAMES } from "../state/settings";
import { toggleFavourite } from "../state/favourites";
import { forgetExport } from "./export";
import type { Key } from "./key";
import { choosingTiers } from "./leverage";
import { toggleMap } from "./liq-map";
import type { Page } from "./page";
import { putDown, TOOL_KEYS } from "./tool-keys";

export const KEYS: readonly Key[] = [
  { keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"], help: `range ${RANGE_NAMES.join(" ")}`, run: (page, key) => {
    const range = RANGE_NAMES[Number(key) - 1];
    if (range) page.setRange(range);
  } },
  { keys: ["ArrowLeft", "ArrowRight"], help: "earlier, later", run: (page, key) => page.stage.peek()?.navigator.pan(key === "ArrowLeft" ? -0.1 : 0.1) },
  { keys: ["ArrowUp", "ArrowDown"], help: "higher, lower prices", run: (page, key) => page.stage.peek()?.navigator.prices.pan(key === "ArrowUp" ? 0.1 : -0.1) },
  { keys: ["Shift+ArrowLeft", "Shift+ArrowRight", "Shift+ArrowUp", "Shift+ArrowDown"], help: "move the cross-hair by a cell; the read-out says what is there", run: ({ stage }, key) => {
    const [columns, bins] = ({ Left: [-1, 0], Right: [1, 0], Up: [0, 1], Down: [0, -1] } as const)[key.slice("Shift+Arrow".length) as "Up"];
    stage.peek()?.nudge(columns, bins);
  } },
  { keys: ["y"], help: "type any range", run: () => document.getElementById("range")?.focus() },
  { keys: ["x"], help: "box zoom: drag a rectangle (or Shift and drag)", run: ({ stage }) => {
    const armed = stage.peek()?.boxZoom.armed;
    if (armed) armed.value = !armed.peek();
  } },
  { keys: ["Ctrl+z"], help: "undo zoom, move or drawing", run: ({ stage }) => stage.peek()?.history.undo() },
  { keys: ["Ctrl+Shift+z", "Ctrl+y"], help: "redo", run: ({ stage }) => stage.peek()?.history.redo() },
  { keys: ["+", "=", "-"], help: "zoom in, out", run: (page, key) => page.stage.peek()?.navigator.zoom(key === "-" ? 1.25 : 0.8) },
  { keys: ["0", "Home"], help: "back to the newest, automatic prices", run: (page) => page.stage.peek()?.navigator.reset() },
  { keys: ["a", "h", "m", "w", "o"], help: "leverage: all, high, medium, low, Optical", run: (page, key) =>
    page.select(({ a: "all", h: "high", m: "medium", w: "low", o: "fresh" } as const)[key as "a"]) },
  { keys: ["&"], help: "leverage: tiers of your choice, added up", run: () => void (choosingTiers.value = !choosingTiers.peek()) },
  { keys: ["*"], help: "all venues of the coin, or the first alone", run: ({ session }) => toggleAllVenues(session) },
  { keys: ["d"], help: "Optical with every venue counted alike", run: (page) => page.equalise() },
  { keys: ["#"], help: "observed positions beside the profile, where the venue tells them", run: ({ settings: { observed } }) => void (observed.value = !observed.peek()) },
  { keys: ["|"], help: "profile by leverage or by venue", run: ({ settings: { stack } }) => void (stack.value = stack.peek() === "venue" ? "leverage" : "venue") },
  { keys: ["l"], help: "lens at the pointer (or hold Alt)", run: (page) => page.stage.peek()?.lens.toggle() },
  { keys: ["n"], help: "next normalisation", run: (page) => page.nextMode() },
  { keys: ["p"], help: "next palette", run: (page) => page.nextPalette() },
  { keys: ["[", "]"], help: "threshold down, up", run: (page, key) => page.nudgeThreshold(key === "[" ? -1 : 1) },
  { keys: [";", "'"], help: "opacity down, up", run: (page, key) => page.nudgeOpacity(key === ";" ? -1 : 1) },
  { keys: ["t"], help: "dark or light page", run: (page) => page.nextTheme() },
  { keys: ["g"], help: "logarithmic or linear prices", run: ({ settings: { axis } }) => void (axis.value = axis.peek() === "log" ? "linear" : "log") },
  { keys: ["f"], help: "profile", run: ({ settings: { profile } }) => void (profile.value = !profile.peek()) },
  { keys: ["$"], help: "liquidation map: USD by price, large", run: toggleMap },
  { keys: ["z"], help: "zones", run: ({ settings: { zones } }) => void (zones.value = !zones.peek()) },
  { keys: ["b"], help: "panes: swept, liquidations, open interest, delta", run: ({ settings: { panes } }) => void (panes.value = !panes.peek()) },
  { keys: ["u"], help: "local time or UTC", run: ({ settings: { zone } }) => void (zone.value = zone.peek() === "utc" ? "local" : "utc") },
  { keys: ["c"], help: "grey or coloured candles", run: ({ settings: { candles } }) => void (candles.value = candles.peek() === "grey" ? "colour" : "grey") },
  { keys: ["r"], help: "replay from the cross-hair, or back to now", run: (page) => page.stage.peek()?.replay.toggle() },
  { keys: [" "], help: "play, pause", run: (page) => page.stage.peek()?.replay.playOrPause() },
  { keys: [",", "."], help: "replay: one candle back, on", run: (page, key) => page.stage.peek()?.replay.step(key === "," ? -1 : 1) },
  { keys: ["<", ">"], help: "replay: slower, faster", run: (page, key) => page.stage.peek()?.replay.nudge(key === "<" ? -1 : 1) },
  { keys: ["j"], help: "replay: go to a date", run: (page) => {
    if (page.settings.at.peek() === null) page.stage.peek()?.replay.toggle();
    requestAnimationFrame(() => document.getElementById("replay-time")?.focus());
  } },
  { keys: ["v"], help: "replay: what happened next", run: ({ settings: { at, reveal } }) => void (reveal.value = at.peek() !== null && !reveal.peek()) },
  ...TOOL_KEYS,
  { keys: ["e"], help: "venues: state, lag, gaps", run: ({ sheet }) => void (sheet.value = sheet.peek() === "venues" ? null : "venues") },
  { keys: ["Ctrl+s"], help: "export: picture, CSV, Parquet, link", run: ({ sheet }) => {
    forgetExport();
    sheet.value = sheet.peek() === "export" ? null : "export";
  } },
  { keys: ["/"], help: "screener: every instrument in one table", run: ({ sheet }) => void (sheet.value = sheet.peek() === "screener" ? null : "screener") },
  { keys: ["@"], help: "favourite: lists the instrument first", run: ({ session }) => {
    const instrument = session.instrument.peek();
    if (instrument) toggleFavourite(instrument);
  } },
  { keys: ["i"], help: "instrument", run: () => document.getElementById("instrument")?.focus() },
  { keys: ["s"], help: "scorecard: how past maps did", run: ({ sheet }) => void (sheet.value = sheet.peek() === "record" ? null : "record") },
  { keys: ["?"], help: "this sheet", run: ({ sheet }) => void (sheet.value = sheet.peek() ? null : "keys") },
  { keys: ["Escape"], help: "close, release the lens, put a tool back, unmark a zone", run: (page) => {
    if (!page.sheet.peek() && !putDown(page)) page.settings.mark.value = null;
    page.sheet.value = null;
  } },
];

/** The name that a key has in {@link KEYS}. Shift is part of what a character is, but for letters under Ctrl. */
function nameOf({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): string {
  const ctrl = ctrlKey || metaKey, character = key.length === 1;
  return `${ctrl ? "Ctrl+" : ""}${shiftKey && (ctrl || !character) ? "Shift+" : ""}${character ? key.toLowerCase() : key}`;
}

/** Listens for keys. Returns how to stop. */
export function installKeys(page: () => Page): () => void {
  const listen = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const target = event.target as HTMLElement;
    // Space and Enter belong to the control that has the focus.
    if (event.key === " " && target instanceof HTMLButtonElement) return;
    if (target instanceof HTMLSelectElement) return;
    if (target instanceof HTMLInputElement && target.type !== "range") return;
    if (target instanceof HTMLInputElement && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    const name = nameOf(event);
    const key = KEYS.find((k) => k.keys.includes(name));
    if (!key) return;
    event.preventDefault();
    key.run(page(), name);
  };
  window.addEventListener("keydown", listen);
  return () => window.removeEventListener("keydown", listen);
}
