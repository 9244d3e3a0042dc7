/**
 * How settings are read from an address. Addresses are typed, cut and mangled
 * by others: a reader gives a value that the page can show, or null for nonsense.
 */
import type { Signal } from "@preact/signals";
import { MINUTE } from "../units/units";

export type Reader<T> = (text: string) => T | null;

/** Instants that a link may speak of, ms: from Bitcoin's first block on. */
const ERA = { from: Date.UTC(2009, 0, 3), to: Date.UTC(2100, 0, 1) } as const;
/** The highest price that anything is quoted at. */
const HIGHEST = 1e12;

/** One of a list, as the list spells it. */
export function oneOf<T extends string | number>(list: readonly T[]): Reader<T> {
  return (text) => list.find((value) => String(value) === text) ?? null;
}

/** A decimal number within [least, most]. */
export function number(least: number, most: number): Reader<number> {
  return (text) => {
    const value = /^\d+(\.\d+)?(e[+-]?\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : null;
  };
}

export const onOff: Reader<boolean> = (text) => (text === "on" ? true : text === "off" ? false : null);

/** An instant, ms. */
export const instant: Reader<number> = number(ERA.from, ERA.to);

/** A price > 0. */
export const price: Reader<number> = number(Number.MIN_VALUE, HIGHEST);

/** Two numbers, the lesser first: `61000-64000`. */
function pair(read: Reader<number>): Reader<readonly [number, number]> {
  return (text) => {
    const [low, high, ...more] = text.split("-").map(read);
    return low != null && high != null && low < high && more.length === 0 ? [low, high] : null;
  };
}

/** A range of prices. */
export const prices: Reader<{ low: number; high: number }> = (text) => {
  const found = pair(price)(text);
  return found && { low: found[0], high: found[1] };
};

/** A window of at least a minute and at most `longest` ms. */
export function stretch(longest: number): Reader<{ from: number; to: number }> {
  return (text) => {
    const [from, to] = pair(instant)(text) ?? [0, 0];
    return to - from >= MINUTE && to - from <= longest ? { from, to } : null;
  };
}

/** Takes settings from a query: what is missing or makes no sense leaves the setting as it is. */
export function taking(query: URLSearchParams): <T>(key: string, target: Signal<T>, read: Reader<T>) => void {
  return (key, target, read) => {
    const text = query.get(key), value = text === null ? null : read(text);
    if (value !== null) target.value = value;
  };
}
