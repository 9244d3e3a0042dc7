/**
 * The margin arithmetic of the calculator. Formulas are those of
 * liqmodel/liquidation.go; testdata/liquidation_golden.json holds both to the
 * same numbers.
 */
import type { TiersAnswer, Tier } from "../wire/api";

export type Side = "long" | "short";
export type MarginMode = "isolated" | "cross";

/** +1 for a long, −1 for a short. */
export function sign(side: Side): 1 | -1 {
  return side === "long" ? 1 : -1;
}

/** What the venue's rules need to know of a contract. */
export type Terms = Pick<TiersAnswer, "settlement" | "tiers">;

export interface Position {
  readonly side: Side;
  /** Quote per base, > 0. */
  readonly entry: number;
  /** At entry, quote, > 0. */
  readonly notional: number;
  /** What backs it, quote at entry, > 0: margin of its own, or the account's balance. */
  readonly margin: number;
}

/** The tier that holds a position of a notional (quote). */
export function tierOf(tiers: readonly Tier[], notional: number): Tier {
  return tiers.find((tier) => tier.cap === null || notional < tier.cap) ?? (tiers[tiers.length - 1] as Tier);
}

/**
 * Mark price at which margin balance equals maintenance margin; null where no
 * price does.
 *
 *     linear:   P = (E·(1/L − s) + A/q) / (m − s),   L = E·q / margin
 *     inverse:  P = E·(m + s) / (1/L + s)
 *
 * E entry price, s +1 for a long and −1 for a short, q base coins, m rate and
 * A amount of the tier. Linear: the tier is that of the notional at P, as
 * venues look it up. Assumes no unpaid funding, and that nothing else draws on
 * the margin.
 */
export function liquidationPrice({ settlement, tiers }: Terms, position: Position): number | null {
  const { side, entry, notional, margin } = position, s = sign(side), perLeverage = margin / notional;
  let tier = tierOf(tiers, notional);
  if (settlement === "inverse") {
    const below = perLeverage + s;
    return reachable(s < 0 && below >= 0 ? Infinity : (entry * (tier.maintenance_margin_rate + s)) / below);
  }
  const q = notional / entry;
  const at = ({ maintenance_margin_rate: m, maintenance_amount: a }: Tier): number => (entry * (perLeverage - s) + a / q) / (m - s);
  for (let i = 0; i < tiers.length; i++) {
    const price = at(tier), next = tierOf(tiers, price * q);
    if (next === tier) break;
    tier = next;
  }
  return reachable(at(tier));
}

/** Price at which nothing is left of the margin; null where no price is: linear E·(1 − s/L), inverse E / (1 + s/L). */
export function bankruptcyPrice({ settlement }: Terms, { side, entry, notional, margin }: Position): number | null {
  const s = sign(side), perLeverage = margin / notional;
  if (settlement === "linear") return reachable(entry * (1 - s * perLeverage));
  return reachable(s < 0 && perLeverage >= 1 ? Infinity : entry / (1 + s * perLeverage));
}

function reachable(price: number): number | null {
  return price > 0 && Number.isFinite(price) ? price : null;
}

/** What the user asks of the calculator. */
export interface Question {
  readonly side: Side;
  readonly entry: number;
  readonly notional: number;
  /** The leverage set, ≥ 1. */
  readonly leverage: number;
  readonly mode: MarginMode;
  /** Free balance of the account that a cross position may use, quote. */
  readonly balance: number;
  /** Taker fee as a fraction of notional. */
  readonly fee: number;
}

export interface Result {
  /** Base coins. */
  readonly quantity: number;
  /** Margin that the leverage set asks for, quote. */
  readonly initialMargin: number;
  readonly liquidation: number | null;
  readonly bankruptcy: number | null;
  /** Way from entry to liquidation as a fraction of entry; null where there is none. */
  readonly distance: number | null;
  /** The tier in force at the liquidation price (at entry where there is none), and maintenance margin there, quote. */
  readonly tier: Tier;
  readonly maintenance: number;
  /** Most leverage that the venue grants at this size. */
  readonly maxLeverage: number;
  /** Taker fees of opening, and of closing at the liquidation price (at entry where there is none), quote. */
  readonly openFee: number;
  readonly closeFee: number;
  /** Price at which profit pays both fees. */
  readonly breakEven: number;
  /** A cross balance below the initial margin: the venue would not open it. */
  readonly underfunded: boolean;
}

/** Answers a question; null while it makes no sense (a number missing, or not positive). */
export function calculate(terms: Terms, question: Question): Result | null {
  const { side, entry, notional, leverage, mode, balance, fee } = question;
  const margin = mode === "cross" ? balance : notional / leverage;
  if (![entry, notional, margin].every((x) => x > 0 && Number.isFinite(x)) || !(leverage >= 1) || !(fee >= 0 && fee < 0.1)) return null;
  const position = { side, entry, notional, margin }, s = sign(side);
  const liquidation = liquidationPrice(terms, position), quantity = notional / entry;
  const end = liquidation ?? entry, size = terms.settlement === "linear" ? quantity * end : notional;
  const tier = tierOf(terms.tiers, size);
  return {
    quantity, initialMargin: notional / leverage, liquidation, bankruptcy: bankruptcyPrice(terms, position),
    distance: liquidation === null ? null : Math.abs(liquidation / entry - 1),
    tier, maintenance: size * tier.maintenance_margin_rate - tier.maintenance_amount,
    maxLeverage: tierOf(terms.tiers, notional).max_leverage,
    openFee: notional * fee, closeFee: size * fee, breakEven: (entry * (1 + s * fee)) / (1 - s * fee),
    underfunded: mode === "cross" && balance < notional / leverage,
  };
}
