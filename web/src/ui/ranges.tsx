import { RANGE_NAMES, rangeMs } from "../state/settings";
import { DAY } from "../units/units";
import { Segments, type Choice } from "./controls";
import { Icon } from "./icon";
import { narrow } from "./narrow";
import type { Page } from "./page";

const RANGES: readonly Choice<string>[] = RANGE_NAMES.map((name, i) => ({
  value: name, label: name, tip: `${name === "all" ? "Everything stored" : `The newest ${name}`}  ·  key ${i + 1}`,
}));

/** How far back the chart looks: buttons, and any other length as text. */
export function Ranges({ page }: { page: Page }) {
  const { settings } = page, range = settings.selection.value === "fresh" ? null : settings.range.value;
  const own = range !== null && !(RANGE_NAMES as readonly string[]).includes(range);
  return (
    <>
      <Segments label="Time range" value={range} choices={RANGES} onChoose={(name) => page.setRange(name)} />
      <label class="own-range" data-tip="Any other range: a number and h, d, w or y, such as 5h or 45d  ·  Y">
        <input id="range" type="text" aria-label="Any range, for instance 5h or 45d" size={4} maxLength={5} autocomplete="off" placeholder="other…" data-own={own} value={own ? range : ""} onChange={(event) => choose(page, event.currentTarget)} />
      </label>
    </>
  );
}

function choose(page: Page, input: HTMLInputElement): void {
  const name = input.value.trim().toLowerCase(), valid = name === "" || rangeMs(name, { from: 0, to: DAY }) !== null;
  input.setCustomValidity(valid ? "" : `"${name}" is no range: want a number and h, d, w or y, for instance 5h`);
  if (!valid) return void input.reportValidity();
  if (name !== "") page.setRange(name);
  input.blur();
}

/** Back, on, into a rectangle, and to the newest. */
export function ZoomControls({ page: { stage } }: { page: Page }) {
  const on = stage.value, history = on?.history, box = on?.boxZoom.armed;
  return (
    <div class="zoom" role="group" aria-label="Zoom">
      {!narrow.value && <button type="button" aria-label="Box zoom" aria-pressed={box?.value ?? false} data-tip="Box zoom: drag a rectangle, or Shift and drag  ·  X" onClick={() => box && void (box.value = !box.peek())}><Icon path="M2.5 5.5v-3h3 M10.5 2.5h3v3 M13.5 10.5v3h-3 M5.5 13.5h-3v-3 M5.5 8h5 M8 5.5v5" /></button>}
      <button type="button" aria-label="Undo" disabled={!history?.canUndo.value} data-tip="Undo zoom, move or drawing  ·  Ctrl Z" onClick={() => history?.undo()}><Icon path="M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6 M5.5 3.8 2.8 6.5l2.7 2.7" /></button>
      <button type="button" aria-label="Redo" disabled={!history?.canRedo.value} data-tip="Redo  ·  Ctrl Shift Z" onClick={() => history?.redo()}><Icon path="M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10 M10.5 3.8l2.7 2.7-2.7 2.7" /></button>
      <button type="button" aria-label="Back to the newest" data-tip="To the newest, with automatic prices; or double-click the chart  ·  0" onClick={() => on?.navigator.reset()}><Icon path="M2.5 8h8 M7.5 4.8 10.7 8l-3.2 3.2 M13.5 3.5v9" /></button>
    </div>
  );
}

/** At the bottom of a phone, in reach of the thumb. */
export function ThumbBar({ page }: { page: Page }) {
  if (!narrow.value) return null;
  return <nav class="thumb" aria-label="Range and zoom"><Ranges page={page} /><ZoomControls page={page} /></nav>;
}
