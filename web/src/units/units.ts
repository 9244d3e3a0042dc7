/**
 * Units of the page. Each is a number that cannot be mistaken for another at
 * compile time; arithmetic between them goes through the functions here.
 */
declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** Milliseconds since 1970-01-01 UTC. */
export type UnixMilli = Unit<"UnixMilli">;
/** A length of time in milliseconds. */
export type Millis = Unit<"Millis">;
/** Quote currency (USD) for one unit of base currency; finite and > 0. */
export type Price = Unit<"Price">;
/** An amount of quote currency, at least 0. On the map it is an estimate. */
export type Usd = Unit<"Usd">;
/** Number of a price bin at some level of the ladder; negative below price 1. */
export type BinIndex = Unit<"BinIndex">;
/** Number of a time bucket at some level of the ladder, from the UTC epoch. */
export type BucketIndex = Unit<"BucketIndex">;

/** Marks a plain number with its unit: `as_<Price>(64000)`. */
export function as_<T extends number>(value: number): T {
  return value as T;
}

export const MINUTE = as_<Millis>(60_000);
export const HOUR = as_<Millis>(3_600_000);
export const DAY = as_<Millis>(86_400_000);

/** One resolution of the map: columns of `bucketMs`, bins of `2^shift` basis points. */
export interface Level {
  readonly bucketMs: Millis;
  readonly shift: number;
}

/** Natural logarithm of the width of a base bin (ratio 1.0001, one basis point). */
export const LN_BIN = Math.log(1.0001);

/** The bin that holds a price, as a real number: bin b spans [b, b+1). */
export function binPosition(price: number, shift: number): number {
  return Math.log(price) / (LN_BIN * 2 ** shift);
}

/** The bin that holds a price. */
export function binOf(price: number, shift: number): BinIndex {
  return as_<BinIndex>(Math.floor(binPosition(price, shift)));
}

/** Lower edge of a bin: `1.0001^(bin · 2^shift)`. It belongs to the bin. */
export function binLow(bin: number, shift: number): Price {
  return as_<Price>(Math.exp(bin * 2 ** shift * LN_BIN));
}

/** The nearest price that can be quoted; the price itself where the tick is unknown. */
export function toTick(price: number, tick: number): number {
  return tick > 0 ? +(Math.round(price / tick) * tick).toPrecision(12) : price;
}

/** The bucket that holds an instant. */
export function bucketOf(time: number, bucketMs: number): BucketIndex {
  return as_<BucketIndex>(Math.floor(time / bucketMs));
}

/** The first instant of a bucket. */
export function bucketStart(bucket: number, bucketMs: number): UnixMilli {
  return as_<UnixMilli>(bucket * bucketMs);
}
