/** Answers of the server as sent (docs/API.md), names unchanged. */

export interface StatusAnswer {
  readonly state: "preparing" | "ready" | "failed";
  readonly message: string;
  /** 0..1 while preparing. */
  readonly progress: number;
  readonly version: string;
  /** Venues are connected to: there is a stream. */
  readonly live: boolean;
}

/** A group of leverages within a side, from fewest to most. */
export interface Group {
  readonly name: string;
  readonly label: string;
  readonly min_leverage: number;
  /** 0 where there is no upper bound. */
  readonly max_leverage: number;
}

/** Where the parameters of a map come from. */
export interface ModelOrigin {
  /** "prior" where nothing was learned. */
  readonly version: string;
  /** Bounds of what was learned from, ms; both 0 where nothing was. */
  readonly from: number;
  readonly to: number;
  readonly note: string;
}

export type Provenance = "RECORDED" | "SIMULATED" | "LIVE";

export type Unit = "usd" | "sd";

export interface Instrument {
  readonly venue: string;
  readonly symbol: string;
  readonly coin: string;
  readonly quote: string;
  /** Smallest price step, quote per base. */
  readonly tick: number;
  readonly provenance: Provenance;
  /** Bounds of the stored columns, ms; `to` is the end of the last closed one. */
  readonly from: number;
  readonly to: number;
  /** What levels were swept on at `to`, when the instrument was listed; 0 where that is not known. */
  readonly price: number;
  readonly groups: readonly Group[];
  readonly swept_on: string;
  /** Drawn from candles instead of trades. */
  readonly bars: boolean;
  /** Of amounts on the map: USD, or millionths of a standard deviation in an equalised combination. */
  readonly unit?: Unit;
  /** What a combination is made of, the reference of candles and price first. */
  readonly parts?: readonly Part[];
  readonly model: ModelOrigin;
}

/** One instrument of a combination. */
export interface Part {
  readonly venue: string;
  readonly symbol: string;
  readonly settlement: "linear" | "inverse";
  /** Bounds of its stored columns, ms. */
  readonly from: number;
  readonly to: number;
}

/** What stands by bin, by leverage group and fresh. */
export interface Standing {
  readonly long: Readonly<Record<string, readonly number[]>>;
  readonly short: Readonly<Record<string, readonly number[]>>;
}

/** Of what a cell of a combination is made. */
export interface SharesAnswer {
  readonly time: number;
  readonly bin: number;
  readonly parts: readonly {
    readonly venue: string;
    readonly symbol: string;
    readonly long: Readonly<Record<string, number>>;
    readonly short: Readonly<Record<string, number>>;
  }[];
}

export interface InstrumentsAnswer {
  readonly instruments: readonly Instrument[];
  readonly levels: readonly { readonly bucket_ms: number; readonly shift: number }[];
}

/** Statistics of one selection, an entry a column; null where they are undefined. */
export interface SelectionAnswer {
  readonly n: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly sd: readonly (number | null)[];
  readonly median: readonly (number | null)[];
  readonly mad: readonly (number | null)[];
  readonly quantiles: readonly (readonly (number | null)[] | null)[];
}

export interface NormAnswer {
  /** Half-width of the population around price, as a fraction. */
  readonly band: number;
  readonly window_ms: number;
  readonly population: string;
  readonly quantile_points: readonly number[];
  readonly selections: Readonly<Record<string, SelectionAnswer>>;
}

/** The per-column series that the page reads. */
export const SERIES = [
  "open", "high", "low", "close", "volume", "taker_buy", "open_interest", "price",
  "swept_long", "swept_short", "liquidated_long", "liquidated_short",
  "placed_long", "placed_short", "flags",
] as const;
export type SeriesName = (typeof SERIES)[number];

export type ColumnsAnswer = Readonly<Record<SeriesName, readonly number[]>> & {
  readonly venue: string;
  readonly symbol: string;
  readonly level: number;
  readonly bucket_ms: number;
  readonly shift: number;
  /** Start of each column, ms, rising. */
  readonly time: readonly number[];
  readonly norm: NormAnswer;
};

/** One row of a venue's margin table; `cap` is null in the last. Amounts are quote. */
export interface Tier {
  readonly floor: number;
  readonly cap: number | null;
  readonly max_leverage: number;
  /** Fraction of notional. */
  readonly maintenance_margin_rate: number;
  readonly maintenance_amount: number;
}

export interface TiersAnswer {
  readonly venue: string;
  readonly symbol: string;
  readonly quote: string;
  readonly settlement: "linear" | "inverse";
  /** Base coins (linear) or quote (inverse) per contract. */
  readonly contract_size: number;
  /** Instant from which the table is known to hold, ms; 0 where unknown. */
  readonly from: number;
  readonly source: string;
  /** The venue's own table is not known: this is a default. */
  readonly fallback: boolean;
  readonly tiers: readonly Tier[];
}

/** USD a bin of `2^shift` basis points from `first_bin`; `beyond` is what lies outside. */
export interface ProfileAnswer extends Standing {
  readonly at: number;
  readonly price: number;
  readonly shift: number;
  readonly first_bin: number;
  readonly beyond: { readonly long: number; readonly short: number };
  /** What each instrument of a combination brings to it, in the same bins. */
  readonly parts?: readonly (Standing & { readonly venue: string; readonly symbol: string })[];
}

export type AlertKind = "near" | "hot" | "swept" | "liquidation" | "stale";

/** What the server is to tell of; fields that a kind does not name are ignored. */
export interface AlertRule {
  readonly id: string;
  readonly kind: AlertKind;
  readonly venue: string;
  readonly symbol: string;
  /** Empty or missing is both sides. */
  readonly side?: "long" | "short" | "";
  /** Fraction of price. */
  readonly within?: number;
  readonly usd?: number;
  readonly z?: number;
  readonly low?: number;
  readonly high?: number;
  readonly stale_ms?: number;
  readonly paused?: boolean;
}

/** An alert that fired; ids rise. */
export interface Firing {
  readonly id: number;
  readonly rule_id: string;
  readonly kind: AlertKind;
  readonly venue: string;
  readonly symbol: string;
  readonly at: number;
  readonly price: number;
  readonly title: string;
  readonly text: string;
  readonly low?: number;
  readonly high?: number;
}

export interface AlertsAnswer {
  readonly rules: readonly AlertRule[];
  /** Newest first. */
  readonly fired: readonly Firing[];
  readonly channels: readonly string[];
}

/** What a column's flags tell a reader. */
export const FLAG = { gap: 1, lastPrice: 2, noOpenInterest: 4, bars: 8, noLiquidations: 16, oldOpenInterest: 32 } as const;

/** A value with the bounds of its 95 % interval; null where undefined. */
export interface Interval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** How a map did over a recent stretch on one side, as rank correlations over hours with what was published. */
export interface StretchRecord {
  readonly window_ms: number;
  readonly side: "long" | "short";
  /** Hours judged. */
  readonly periods: number;
  readonly map: Interval;
  readonly baselines: readonly { readonly name: string; readonly rank: Interval; readonly lead: Interval }[];
  /** 0 where nothing was published. */
  readonly swept_over_published: number;
  /** The map leads every baseline with its whole interval. */
  readonly beats_baselines: boolean;
}

export interface RecordAnswer {
  readonly venue: string;
  readonly symbol: string;
  /** Bounds of the hours judged, ms; both 0 for none. */
  readonly from: number;
  readonly to: number;
  /** False where no published liquidations are stored. */
  readonly observed: boolean;
  readonly model: ModelOrigin;
  /** By window, long before short; empty where no hour can be judged. */
  readonly records: readonly StretchRecord[];
}

/** An instrument's map in one row. Amounts are USD, estimated. */
export interface Screened {
  readonly venue: string;
  readonly symbol: string;
  readonly coin: string;
  readonly provenance: Provenance;
  /** Close of the column that the row is of, ms. */
  readonly at: number;
  readonly price: number;
  /** Shorts above price and longs below it, by `within`. */
  readonly above: readonly number[];
  readonly below: readonly number[];
  /** (shorts − longs)/(shorts + longs) within 5 %. */
  readonly skew: number;
  readonly nearest: { readonly side: "long" | "short"; readonly low: number; readonly high: number; readonly usd: number; readonly z: number; readonly distance: number } | null;
}

export interface ScreenerAnswer {
  /** Distances as fractions of price. */
  readonly within: readonly number[];
  readonly instruments: readonly Screened[];
}

/** RFC 9457 problem document. */
export interface Problem {
  readonly title?: string;
  readonly detail?: string;
}
