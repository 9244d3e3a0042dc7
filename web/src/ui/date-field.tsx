import { useRef, useState } from "preact/hooks";
import { dateTime, type Zone } from "../units/format";
import { partAt, placeOf, readTime, stepTime } from "../units/typed-time";
import { Icon } from "./icon";

export interface DateFieldProps {
  readonly id: string;
  readonly label: string;
  readonly tip: string;
  /** The instant shown, ms. */
  readonly at: number;
  /** What may be gone to, ms. */
  readonly from: number;
  readonly to: number;
  readonly zone: Zone;
  readonly onGo: (at: number) => void;
}

const CALENDAR = "M2 3.5h12v10H2zM2 6.5h12M5 1.5v3M11 1.5v3";
const ZONE: Record<Zone, string> = { utc: "UTC", local: "local" };

/** A date and time in the page's own writing: typed and entered, stepped by arrows, or its day picked from the browser's calendar. */
export function DateField({ id, label, tip, at, from, to, zone, onGo }: DateFieldProps) {
  const calendar = useRef<HTMLInputElement>(null), [draft, setDraft] = useState<string | null>(null), [fault, setFault] = useState("");
  const written = dateTime(at, zone), dayOf = (time: number): string => dateTime(time, zone).slice(0, 10);
  const rest = (): void => (setDraft(null), setFault(""));
  const go = (time: number): void => onGo(Math.min(to, Math.max(from, time)));
  const enter = (text: string): void => {
    const typed = readTime(text, at, zone), wrong = "fault" in typed ? typed.fault : typed.to <= from || typed.from > to ? `Stored from ${dateTime(from, zone)} to ${dateTime(to, zone)}` : "";
    if (wrong || "fault" in typed) return setFault(wrong);
    rest();
    go(typed.from);
  };
  const step = (input: HTMLInputElement, by: number): void => {
    const place = input.selectionStart ?? 0, whole = place === 0 && input.selectionEnd === input.value.length, part = whole ? "day" : partAt(place);
    go(stepTime(at, part, by, zone));
    // Once the field is drawn anew the part that is stepped stays the chosen one.
    requestAnimationFrame(() => input.setSelectionRange(...placeOf(part)));
  };
  /** The same time of another day; the browser's calendar offers only days that are stored. */
  const pick = (day: string): void => {
    const typed = readTime(`${day} ${written.slice(11)}`, at, zone);
    if (!("fault" in typed)) (rest(), go(typed.from));
  };
  const key = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void => {
    const input = event.currentTarget, by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter" && draft !== null) enter(draft);
    else if (event.key === "Escape") (rest(), requestAnimationFrame(() => input.blur()));
    else if (by !== undefined && draft === null) (event.preventDefault(), step(input, by));
  };
  return (
    <span class="date" data-tip={fault ? undefined : tip}>
      <input id={id} type="text" size={16} autocomplete="off" spellcheck={false} aria-label={`${label}, ${ZONE[zone]}`} aria-invalid={fault !== ""} aria-errormessage={`${id}-fault`}
        value={draft ?? written} onFocus={(event) => event.currentTarget.select()} onInput={(event) => (setDraft(event.currentTarget.value), setFault(""))}
        onKeyDown={key} onBlur={() => draft !== null && enter(draft)} />
      <span class="dim" aria-hidden="true">{ZONE[zone]}</span>
      <button type="button" class="plain" aria-label="Pick a day" onClick={() => calendar.current?.showPicker()}><Icon path={CALENDAR} /></button>
      <input ref={calendar} type="date" tabIndex={-1} aria-hidden="true" min={dayOf(from)} max={dayOf(to)} value={dayOf(at)} onChange={(event) => pick(event.currentTarget.value)} />
      <span id={`${id}-fault`} class="fault" role="alert">{fault}</span>
    </span>
  );
}
