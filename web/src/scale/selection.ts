/**
 * What is coloured: everything ("all"), the fresh part ("fresh", the Optical
 * view), one leverage group by its name, or several joined by + in the groups'
 * order ("low+high"). The server spells them the same.
 */
export type Selection = string;

/** The leverage groups by name, fewest leverage first; a server may have fewer. */
export const TIERS = ["low", "medium", "high"] as const;

/** One side's planes that a selection adds up, by the names of the wire. `groups` are the leverage groups, fewest leverage first. */
export function planesOf(selection: Selection, groups: readonly string[]): readonly string[] {
  return selection === "all" ? groups : selection.split("+");
}

/** The selection of some groups; "all" where that is all of them, or none. */
export function selectionOf(chosen: readonly string[], groups: readonly string[]): Selection {
  const known = groups.filter((group) => chosen.includes(group));
  return known.length === 0 || known.length === groups.length ? "all" : known.join("+");
}

/** A selection as typed or linked to, in these groups' words; "all" where it names none of them. */
export function known(selection: Selection, groups: readonly string[]): Selection {
  return selection === "fresh" ? "fresh" : selectionOf(selection.split(/[+ ]/), groups);
}

/** Several groups, and not all: the server is asked for its statistics by name. */
export function isCustom(selection: Selection): boolean {
  return selection.includes("+");
}

/** What columns have statistics of while a selection is looked at, in the order of their tables. */
export function counted(selection: Selection, groups: readonly string[]): readonly Selection[] {
  return isCustom(selection) ? [selection] : ["all", ...groups, "fresh"];
}

/** A selection in words. */
export function selectionText(selection: Selection): string {
  if (selection === "all") return "all leverages";
  return selection === "fresh" ? "fresh entries" : `${selection.split("+").join(" and ")} leverage`;
}
