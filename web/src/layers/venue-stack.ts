/** A combination's profile by venue: the same bars, cut where they come from. */
import { planesOf, type Selection } from "../scale/selection";
import type { ProfileAnswer } from "../wire/api";
import type { Profile } from "./profile";

/** Stacks the answer's parts, one a venue, on the bins of a profile. `names` are the leverage groups. */
export function stackByVenue(profile: Profile, answer: Pick<ProfileAnswer, "first_bin" | "parts">, names: readonly string[], selection: Selection): Profile {
  const wanted = planesOf(selection, names);
  const stacks = new Map<string, Float64Array>();
  for (const part of answer.parts ?? []) {
    let stack = stacks.get(part.venue);
    if (!stack) stacks.set(part.venue, (stack = new Float64Array(profile.totals.length)));
    for (const side of [part.long, part.short]) {
      for (const name of wanted) add(stack, side[name] ?? [], answer.first_bin - profile.first);
    }
  }
  return { ...profile, by: "venue", groups: [...stacks.keys()], colours: [...stacks.keys()].map((_, i) => i), stacks: [...stacks.values()] };
}

/** Adds values to a stack whose first bin is theirs less `shift`. */
function add(stack: Float64Array, values: readonly number[], shift: number): void {
  for (let i = Math.max(0, -shift); i < values.length && i + shift < stack.length; i++) {
    stack[i + shift] = (stack[i + shift] as number) + (values[i] as number);
  }
}

/** Until it is known what comes from where, the whole in one. */
export function unstacked(profile: Profile): Profile {
  return { ...profile, groups: ["all venues"], colours: [2], stacks: [profile.totals] };
}

/** How much of a cell a venue brings. */
export interface Share {
  readonly venue: string;
  /** Of the sum over venues, 0..1. */
  readonly share: number;
}

/** Shares of the selection by venue, greatest first; none where nothing stands. */
export function sharesOf(parts: readonly { readonly venue: string; readonly long: Readonly<Record<string, number>>; readonly short: Readonly<Record<string, number>> }[], names: readonly string[], selection: Selection): Share[] {
  const wanted = planesOf(selection, names);
  const sums = new Map<string, number>();
  let total = 0;
  for (const part of parts) {
    for (const name of wanted) {
      const amount = (part.long[name] ?? 0) + (part.short[name] ?? 0);
      sums.set(part.venue, (sums.get(part.venue) ?? 0) + amount);
      total += amount;
    }
  }
  if (total <= 0) return [];
  return [...sums].map(([venue, amount]) => ({ venue, share: amount / total })).sort((a, b) => b.share - a.share);
}
