/** The answer of `/api/v1/funding` (docs/API.md). */

/** What time an instrument's rates are for. */
export interface FundingInterval {
  readonly venue: string;
  readonly symbol: string;
  readonly interval_hours: number;
  /** The rate does not say for how long it is. */
  readonly interval_assumed: boolean;
}

export interface FundingAnswer extends FundingInterval {
  readonly level: number;
  readonly bucket_ms: number;
  /** What a combination's mean is of. */
  readonly parts: readonly FundingInterval[];
  /** Starts of columns, ms; those without a rate are missing. */
  readonly time: readonly number[];
  /** Fraction of notional that longs pay shorts per interval; below 0 shorts pay longs. */
  readonly rate: readonly number[];
  /** How many instruments the rate is the mean of. */
  readonly of: readonly number[];
}
