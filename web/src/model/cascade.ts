/**
 * What if price went there: what would be liquidated on the way, and how far
 * the forced orders might push price beyond. Pure; everything is an estimate
 * made of estimates, and says so wherever it is shown.
 */
import { binPosition, DAY, LN_BIN } from "../units/units";
import type { ColumnsAnswer, ProfileAnswer, TiersAnswer } from "../wire/api";
import type { Side } from "./liquidation";

/** What stands, and at which price: USD a bin by leverage group, and the same by instrument of a combination. */
export type Book = Pick<ProfileAnswer, "price" | "shift" | "first_bin" | "long" | "short" | "parts">;

/** How much a market moves and trades in a day. */
export interface MarketState {
  /** Standard deviation of a day's logarithmic return, > 0. */
  readonly volatility: number;
  /** Quote traded a day, > 0. */
  readonly volume: number;
  /** Time that it was measured over, ms. */
  readonly over: number;
}

/** A part of a sum: a leverage group's, or a venue's. */
export interface GroupUsd {
  readonly name: string;
  readonly usd: number;
}

/** What is liquidated between two prices. */
export interface Swept {
  /** Longs where price falls, shorts where it rises. */
  readonly side: Side;
  readonly usd: number;
  readonly groups: readonly GroupUsd[];
  /** The same by venue, the most first; none where the book is of one instrument. */
  readonly venues: readonly GroupUsd[];
}

/**
 * Sums what stands between the book's price and another: longs below, shorts
 * above. A bin that is passed in part counts in proportion to its height on
 * the logarithmic axis.
 */
export function sweptTo(book: Book, to: number, groups: readonly string[]): Swept {
  const side: Side = to < book.price ? "long" : "short";
  const low = binPosition(Math.min(book.price, to), book.shift) - book.first_bin, high = binPosition(Math.max(book.price, to), book.shift) - book.first_bin;
  const of = groups.map((name) => ({ name, usd: between(book[side][name] ?? [], low, high) }));
  const venues = new Map<string, number>();
  for (const part of book.parts ?? []) {
    const usd = groups.reduce((sum, name) => sum + between(part[side][name] ?? [], low, high), 0);
    venues.set(part.venue, (venues.get(part.venue) ?? 0) + usd);
  }
  return {
    side, usd: of.reduce((sum, group) => sum + group.usd, 0), groups: of,
    venues: [...venues].map(([name, usd]) => ({ name, usd })).sort((a, b) => b.usd - a.usd),
  };
}

/** Sum of an array over a real-valued stretch of its places. */
function between(list: readonly number[], low: number, high: number): number {
  let sum = 0;
  for (let i = Math.max(0, Math.floor(low)); i < Math.min(list.length, Math.ceil(high)); i++) {
    sum += (list[i] as number) * (Math.min(i + 1, high) - Math.max(i, low));
  }
  return sum;
}

/**
 * Logarithmic price move caused by a forced order: the square-root law
 *
 *     I(Q) = Y · σ · √(Q / V)
 *
 * Q the order and V the market's volume of a day (quote), σ the volatility of
 * a day, Y of order one. It was found for orders worked over hours; for orders
 * that hit at once it is a lower bound of the first reaction, part of which
 * reverts. Source: Tóth et al., Phys. Rev. X 1, 021006 (2011).
 */
export function impact(usd: number, { volatility, volume }: MarketState, y: number): number {
  return y * volatility * Math.sqrt(usd / volume);
}

export interface Cascade {
  /** Liquidated on the way to the line. */
  readonly way: Swept;
  /** Price that the forced orders end at, the line or beyond. */
  readonly end: number;
  /** Everything liquidated down (or up) to the end. */
  readonly total: Swept;
  /** Prices that the estimate passed through, the line first. */
  readonly steps: readonly number[];
  /** It ran into the end of what the book shows: the true end may lie farther. */
  readonly beyond: boolean;
}

const MOST_STEPS = 500;
/** The estimate has settled when a round adds less than this share. */
const SETTLED = 1e-6;

/**
 * Estimates a cascade: price is taken to be at the line; everything liquidated
 * so far pushes it on by {@link impact} from there; that liquidates more, and
 * so on until nothing is added. Each round starts with more than the one
 * before, so the prices are monotonous and end at the nearest fixed point
 *
 *     P = line · exp(∓ I(F(P))),   F(P) what is liquidated from price to P
 *
 * or at the end of the book.
 */
export function cascade(book: Book, line: number, market: MarketState, groups: readonly string[], y: number): Cascade {
  const way = sweptTo(book, line, groups), down = way.side === "long" ? -1 : 1;
  const edge = edgeOf(book, way.side), steps = [line];
  let total = way, end = line, beyond = false;
  for (let i = 0; i < MOST_STEPS; i++) {
    const next = line * Math.exp(down * impact(total.usd, market, y));
    beyond = down < 0 ? next < edge : next > edge;
    end = beyond ? edge : next;
    const more = sweptTo(book, end, groups), added = more.usd - total.usd;
    total = more;
    steps.push(end);
    if (beyond || added <= SETTLED * total.usd) break;
  }
  return { way, end, total, steps, beyond };
}

/** Last price that the book knows of on a side. */
function edgeOf(book: Book, side: Side): number {
  const length = Math.max(...Object.values(book[side]).map((list) => list.length));
  const bin = side === "long" ? book.first_bin : book.first_bin + length;
  return Math.exp(bin * 2 ** book.shift * LN_BIN);
}

/** Fewest columns that volatility is measured over. */
const FEWEST = 8;

/**
 * Measures a market over columns: volatility is the root of the summed squared
 * logarithmic returns from close to close, volume what was traded, both scaled
 * to a day. Null while there are too few columns, or nothing moved or traded.
 */
export function measure(columns: Pick<ColumnsAnswer, "bucket_ms" | "close" | "price" | "volume">, contract: Pick<TiersAnswer, "settlement" | "contract_size">): MarketState | null {
  const prices = columns.close.map((close, i) => (close > 0 ? close : (columns.price[i] as number)));
  if (prices.length < FEWEST) return null;
  let squares = 0, volume = 0;
  prices.forEach((price, i) => {
    const before = prices[i - 1];
    if (before && before > 0 && price > 0) squares += Math.log(price / before) ** 2;
    volume += (columns.volume[i] as number) * contract.contract_size * (contract.settlement === "inverse" ? 1 : price);
  });
  const over = prices.length * columns.bucket_ms;
  // There is one return less than there are columns.
  const volatility = Math.sqrt((squares * DAY) / ((prices.length - 1) * columns.bucket_ms));
  return volatility > 0 && volume > 0 ? { volatility, volume: (volume * DAY) / over, over } : null;
}
