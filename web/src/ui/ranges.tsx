import { RANGE_NAMES, rangeMs } from "../chart/settings";
import { DAY } from "../units/units";
import { Segments, type Choice } from "./controls";
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
      <label class="own-range" data-tip="Any range: a number and h, d, w or y, from 1h on  ·  Y">
        <input id="range" type="text" aria-label="Any range, for instance 5h or 45d" size={4} maxLength={5} autocomplete="off" placeholder="5h …" data-own={own} value={own ? range : ""} onChange={(event) => choose(page, event.currentTarget)} />
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

/** Back, on, and into a rectangle. */
export function ZoomControls({ page: { stage } }: { page: Page }) {
  const on = stage.value;
  if (!on) return null;
  return (
    <div class="zoom segments" role="group" aria-label="Zoom">
      <button type="button" aria-label="Undo" disabled={!on.history.canUndo.value} data-tip="Undo zoom, move or drawing  ·  Ctrl Z" onClick={() => on.history.undo()}>↶</button>
      <button type="button" aria-label="Redo" disabled={!on.history.canRedo.value} data-tip="Redo  ·  Ctrl Shift Z" onClick={() => on.history.redo()}>↷</button>
      {!narrow.value && <button type="button" aria-label="Box zoom" aria-pressed={on.boxZoom.armed.value} data-tip="Box zoom: drag a rectangle, or Shift and drag  ·  X" onClick={() => void (on.boxZoom.armed.value = !on.boxZoom.armed.peek())}>⬚</button>}
      <button type="button" aria-label="Back to the newest" data-tip="The newest, automatic prices; or double-click the chart  ·  0" onClick={() => on.navigator.reset()}>⇥</button>
    </div>
  );
}

/** At the bottom of a phone, in reach of the thumb. */
export function ThumbBar({ page }: { page: Page }) {
  if (!narrow.value) return null;
  return <nav class="thumb" aria-label="Range and zoom"><Ranges page={page} /><ZoomControls page={page} /></nav>;
}

/** The same in the header of a wider screen. */
export function HeaderRanges({ page }: { page: Page }) {
  return narrow.value ? null : <><Ranges page={page} /><ZoomControls page={page} /></>;
}
