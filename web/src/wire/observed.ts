/** The answer of `/api/v1/observed` (docs/API.md). */

/** What is observed of one side: USD by bin of the venue's own liquidation price, and shares, 0..1. */
export interface ObservedSide {
  readonly usd: readonly number[];
  readonly beyond: number;
  /** Of the side's open interest. */
  readonly share: number;
  readonly without_level: number;
  /** Of what is observed: traded since the venue was asked. */
  readonly moved: number;
}

/** Positions as a venue tells them. */
export interface ObservedAnswer {
  readonly at: number;
  readonly price: number;
  readonly shift: number;
  readonly first_bin: number;
  readonly long: ObservedSide;
  readonly short: ObservedSide;
  readonly positions: number;
  readonly addresses: number;
  readonly reconciled: number;
  /** How long ago the venue told of a position, ms. */
  readonly age: { readonly median_ms: number; readonly p90_ms: number; readonly oldest_ms: number };
}
