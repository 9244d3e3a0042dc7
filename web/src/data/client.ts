/** Speaks to the server; knows its paths and its ways to fail, nothing else. */
import type { AlertsAnswer, ColumnsAnswer, InstrumentsAnswer, Problem, ProfileAnswer, RecordAnswer, ScreenerAnswer, SharesAnswer, StatusAnswer, TiersAnswer } from "../wire/api";
import type { ObservedAnswer } from "../wire/observed";
import type { FundingAnswer } from "../wire/funding";
import type { VenuesAnswer } from "../wire/stream";
import { decodeTile, type Tile } from "../wire/tile";

/** Which instrument: venue and symbol as the server spells them. */
export interface Name {
  readonly venue: string;
  readonly symbol: string;
}

/** Statistics to ask for; none given means the server's default. */
export interface NormQuery {
  /** The population that they are of; null is the server's default. */
  readonly population: Population | null;
  /** What is to be counted, by the server's names; null is all, each leverage group and the fresh part. */
  readonly selections: string | null;
}

export interface Population {
  /** Half-width around price, as a fraction. */
  readonly band: number;
  /** Trailing window, ms. */
  readonly windowMs: number;
}

/** What tells two queries apart; empty for the default. */
export function normKey(norm: NormQuery | null): string {
  return norm ? `${norm.population?.band ?? ""}/${norm.population?.windowMs ?? ""}/${norm.selections ?? ""}` : "";
}

/** How long a server may take over a question that costs it nothing, before it counts as stalled, ms. */
const SHORT_MS = 10_000;

/** The server answered, and not with what was asked for. */
export class AnswerError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** Typed GETs. Every method rejects with {@link AnswerError}, TypeError where no server answers, or a TimeoutError where it is stalled. */
export class Client {
  /** Requests made so far. */
  requests = 0;

  constructor(private readonly base = "") {}

  status(): Promise<StatusAnswer> {
    return this.json("/api/v1/status", AbortSignal.timeout(SHORT_MS));
  }

  /** Every instrument, and the combinations of venues that are named beside them. */
  instruments(also: readonly Name[] = []): Promise<InstrumentsAnswer> {
    const query = new URLSearchParams(also.map(({ venue, symbol }) => ["also", `${venue}:${symbol}`]));
    return this.json(`/api/v1/instruments${also.length > 0 ? `?${query.toString()}` : ""}`, AbortSignal.timeout(SHORT_MS));
  }

  venues(): Promise<VenuesAnswer> {
    return this.json("/api/v1/venues", AbortSignal.timeout(SHORT_MS));
  }

  /** Address of the stream. */
  stream(): string {
    return new URL(`${this.base}/api/v1/stream`, location.href).href.replace(/^http/, "ws");
  }

  /** Every instrument in one row, as of an instant (ms; null is now). */
  screener(at: number | null): Promise<ScreenerAnswer> {
    return this.json(`/api/v1/screener${at === null ? "" : `?at=${at}`}`);
  }

  /** Columns with `from <= time < to` (ms) of a level. */
  columns(name: Name, level: number, from: number, to: number, norm: NormQuery | null): Promise<ColumnsAnswer> {
    const query = new URLSearchParams({ ...name, level: String(level), from: String(from), to: String(to) });
    if (norm?.population) {
      query.set("band", String(norm.population.band));
      query.set("window", String(norm.population.windowMs));
    }
    if (norm?.selections) query.set("selections", norm.selections);
    return this.json(`/api/v1/columns?${query.toString()}`);
  }

  /** How the instrument's own past maps did. */
  record({ venue, symbol }: Name): Promise<RecordAnswer> {
    return this.json(`/api/v1/record?${new URLSearchParams({ venue, symbol }).toString()}`);
  }

  /** Margin table and contract of an instrument. */
  tiers(name: Name): Promise<TiersAnswer> {
    return this.json(`/api/v1/tiers?${new URLSearchParams({ ...name }).toString()}`);
  }

  /** What stands at the close of the last column that ends at or before `at` (ms), within half of price, in bins of `2^shift` basis points. */
  profile(name: Name, at: number, shift = 2): Promise<ProfileAnswer> {
    return this.json(`/api/v1/profile?${new URLSearchParams({ ...name, at: String(at), shift: String(shift), parts: "true" }).toString()}`);
  }

  /** Funding rates as they stood at the closes of a level's columns with `from <= time < to` (ms). */
  funding(name: Name, level: number, { from, to }: { from: number; to: number }): Promise<FundingAnswer> {
    return this.json(`/api/v1/funding?${new URLSearchParams({ venue: name.venue, symbol: name.symbol, level: String(level), from: String(from), to: String(to) }).toString()}`);
  }

  alerts(): Promise<AlertsAnswer> {
    return this.json("/api/v1/alerts", AbortSignal.timeout(SHORT_MS));
  }

  /** Changes something on the server; rejects as GETs do. */
  async send(method: "POST" | "PUT" | "DELETE", path: string, body?: object): Promise<void> {
    this.requests++;
    const content = body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
    const response = await fetch(this.base + path, { method, signal: AbortSignal.timeout(SHORT_MS), ...content });
    if (!response.ok) throw new AnswerError(response.status, await detail(response));
  }

  /** Observed positions, where the venue tells them. */
  observed(name: Name): Promise<ObservedAnswer> {
    return this.json(`/api/v1/observed?${new URLSearchParams({ ...name }).toString()}`);
  }

  /** Of what a cell of a combination is made; `at` is an instant within its column, ms. */
  shares(name: Name, level: number, at: number, bin: number): Promise<SharesAnswer> {
    return this.json(`/api/v1/shares?${new URLSearchParams({ ...name, level: String(level), at: String(at), bin: String(bin) }).toString()}`);
  }

  async tile(name: Name, level: number, x: number, y: number, signal: AbortSignal): Promise<Tile> {
    const path = `/api/v1/tiles/${encodeURIComponent(name.venue)}/${encodeURIComponent(name.symbol)}/${level}/${x}/${y}`;
    return decodeTile(await (await this.get(path, signal)).arrayBuffer());
  }

  private async json<T>(path: string, signal: AbortSignal | null = null): Promise<T> {
    return (await (await this.get(path, signal)).json()) as T;
  }

  private async get(path: string, signal: AbortSignal | null): Promise<Response> {
    this.requests++;
    const response = await fetch(this.base + path, { signal });
    if (!response.ok) throw new AnswerError(response.status, await detail(response));
    return response;
  }
}

async function detail(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as Problem;
  return problem.detail ?? problem.title ?? `server answered ${response.status}`;
}
