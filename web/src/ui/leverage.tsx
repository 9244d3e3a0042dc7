/** Which leverage is looked at: everything, one tier, tiers of one's own choice, or what is fresh. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { venueChoice } from "../state/venues";
import { isCustom, planesOf, selectionOf, selectionText, type Selection } from "../scale/selection";
import type { Group } from "../wire/api";
import { EQUALISED_HELP } from "./chips";
import { Segments, type Choice } from "./controls";
import type { Page } from "./page";

/** The tiers are being chosen. */
export const choosingTiers = signal(false);

const range = ({ min_leverage, max_leverage }: Group): string => (max_leverage > 0 ? `${min_leverage}× to ${max_leverage}×` : `${min_leverage}× and more`);

/** The buttons, and the list of tiers under the one for a choice of one's own. */
export function Leverage({ page }: { page: Page }) {
  const { settings, session } = page, selection = settings.selection.value, custom = useRef<HTMLButtonElement>(null);
  const equal = session.instrument.value?.unit === "sd" && selection === "fresh", groups = session.instrument.value?.groups ?? [];
  return (
    <div class="leverages">
      <Segments label="Leverage" value={equal ? "equal" : selection} choices={leverages(page, groups)} onChoose={(chosen) => (chosen === "equal" ? page.equalise() : page.select(chosen))} />
      <button
        ref={custom} type="button" class="toggle" aria-haspopup="true" aria-expanded={choosingTiers.value} aria-pressed={isCustom(selection)} disabled={groups.length < 2}
        data-tip="Custom: choose which leverage tiers are added up; they are normalised together  ·  &" onClick={() => void (choosingTiers.value = !choosingTiers.value)}
      >
        {isCustom(selection) ? selection : "custom"} ▾
      </button>
      {choosingTiers.value && <Tiers page={page} groups={groups} close={() => { choosingTiers.value = false; custom.current?.focus(); }} />}
    </div>
  );
}

function Tiers({ page, groups, close }: { page: Page; groups: readonly Group[]; close: () => void }) {
  const box = useRef<HTMLFieldSetElement>(null), names = groups.map((group) => group.name);
  const { selection } = page.settings, chosen = selection.value === "fresh" ? names : planesOf(selection.value, names);
  useEffect(() => box.current?.querySelector("input")?.focus(), []);
  useEffect(() => {
    const outside = (event: Event): void => {
      if (!box.current?.parentElement?.contains(event.target as Node)) choosingTiers.value = false;
    };
    document.addEventListener("pointerdown", outside);
    return () => document.removeEventListener("pointerdown", outside);
  }, []);
  const alone = (name: string): boolean => chosen.length === 1 && chosen[0] === name;
  const toggle = (name: string): void => page.select(selectionOf(chosen.includes(name) ? chosen.filter((n) => n !== name) : [...chosen, name], names));
  return (
    <fieldset ref={box} class="tiers" onKeyDown={(event) => { if (event.key === "Escape" || event.key === "&") { event.stopPropagation(); close(); } }}>
      <legend>Leverage tiers, added up</legend>
      <button type="button" class="close" aria-label="Close the tiers" data-tip="Close  ·  Esc" onClick={close}>×</button>
      {[...groups].reverse().map((group) => (
        <label key={group.name} data-tip={alone(group.name) ? "The last one stays: without it there is no map" : chosen.includes(group.name) ? "Leaves it out of the sum" : "Adds it to the sum"}>
          <input type="checkbox" checked={chosen.includes(group.name)} disabled={alone(group.name)} onChange={() => toggle(group.name)} />
          <span>{group.label}</span> <span class="dim">{range(group)}</span>
        </label>
      ))}
      <p class="dim" aria-live="polite">Shows {selectionText(selection.value)}. Effective leverage: notional over the equity behind it, not the setting.</p>
    </fieldset>
  );
}

function leverages({ session }: Page, groups: readonly Group[]): Choice<Selection>[] {
  const tier = (name: string): string => {
    const group = groups.find((g) => g.name === name);
    return group ? ` (${range(group)})` : "";
  };
  return [
    { value: "all", label: "All", tip: "All leverages: everything that stands  ·  A" },
    { value: "high", label: "High", tip: `High effective leverage${tier("high")}  ·  H` },
    { value: "medium", label: "Med", tip: `Medium effective leverage${tier("medium")}  ·  M` },
    { value: "low", label: "Low", tip: `Low effective leverage${tier("low")}  ·  W` },
    { value: "fresh", label: "Optical", tip: "Optical: what fresh entries put close to price, finest cells, z of ±2 % over 4 h  ·  O" },
    ...(venueChoice(session) ? [{ value: "equal", label: "Combined", tip: `${EQUALISED_HELP}  ·  D` }] : []),
  ];
}
