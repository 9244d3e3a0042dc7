/** Messages of `GET /api/v1/stream` (docs/API.md), names unchanged, and the states they carry. */

import type { Firing } from "./api";

/** Columns of an instrument have closed up to an instant, ms. */
export interface ColumnMessage {
  readonly type: "column";
  readonly venue: string;
  readonly symbol: string;
  readonly to: number;
}

/** The base candle under way: for the eye, it may differ from the column that it becomes. */
export interface FormingCandle {
  readonly venue: string;
  readonly symbol: string;
  /** Start of its minute, ms. */
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly mark: number;
  /** When the server received the newest trade, ms on its clock. */
  readonly received: number;
}

export interface VenueInstrument {
  readonly symbol: string;
  readonly to: number;
  readonly lag_ms: number;
  readonly gaps: number;
  readonly late: number;
  readonly error: string;
}

/** How one feed of a venue is doing. */
export interface VenueState {
  /** The feed: "binance-usdm". */
  readonly name: string;
  readonly venue: string;
  readonly state: "idle" | "connecting" | "catching up" | "live" | "waiting";
  /** When the state was entered, ms on the server's clock. */
  readonly since: number;
  readonly message: string;
  readonly retry_at: number;
  readonly limited_until: number;
  readonly last_event: number;
  readonly lag_ms: number;
  readonly reconnects: number;
  readonly gaps: number;
  readonly malformed: number;
  readonly instruments: readonly VenueInstrument[];
}

export interface VenuesAnswer {
  /** The server's clock, ms. */
  readonly now: number;
  readonly venues: readonly VenueState[];
}

export type StreamMessage =
  | ColumnMessage
  | ({ readonly type: "alert" } & Firing)
  | { readonly type: "forming"; readonly candles: readonly FormingCandle[] }
  | ({ readonly type: "venues" } & VenuesAnswer);

/** What the page says: of which instruments, as "venue:symbol", it wants the candle under way. The last one counts. */
export interface WatchMessage {
  readonly type: "watch";
  readonly instruments: readonly string[];
}
