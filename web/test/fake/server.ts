/**
 * A server that keeps the contract of docs/API.md over a fake market and hands
 * out the built page: what the browser tests run against when no real one is
 * given, and always what pixel goldens are made on.
 */
import { createServer, type Server, type ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { FakeAlerts } from "./alerts";
import { columns, LEVELS, observed, screened, tile, track } from "./answers";
import { funding, profile, scaled, tiers } from "./terms";
import { FROM, TO, world, type World } from "./market";
import { FakeStream } from "./socket";
import type { VenueState } from "../../src/wire/stream";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml",
};

export interface Fake {
  readonly url: string;
  /** What the next answers are to be. */
  readonly alerts: FakeAlerts;
  readonly mood: {
    status: "ready" | "preparing" | "failed"; empty: boolean; broken: boolean; delayMs: number;
    /** End of what is stored, ms; below `TO` the market is LIVE and grows when this is moved. */
    to: number;
    /** A stream is served, and pushes; takes effect with the next status. */
    live: boolean;
    /** Answers nothing any more, and hangs up on nobody. */
    stalled: boolean;
    venues: VenueState[];
    /** Each coin is traded on two venues, which can be combined. */
    several: boolean;
    /** The venue is one that tells positions, and is called so. */
    observed: boolean;
  };
  readonly stream: FakeStream;
  close(): Promise<void>;
}

const MARKETS: { symbol: string; coin: string; tick: number; seed: number; start: number }[] = [
  { symbol: "BTC", coin: "BTC", tick: 1, seed: 7, start: 64_000 },
  { symbol: "DOGE", coin: "DOGE", tick: 0.00001, seed: 11, start: 0.16 },
];
const MODEL = { version: "v3", from: FROM - 30 * 86_400_000, to: FROM, note: "a fake market" };
const worlds = new Map<string, World>();

function worldOf(symbol: string): World | undefined {
  const market = MARKETS.find((m) => m.symbol === symbol);
  if (market && !worlds.has(symbol)) worlds.set(symbol, world(market.seed, market.start));
  return worlds.get(symbol);
}

/** How much of a market is on each venue, where there are several. */
export const SHARES: Readonly<Record<string, number>> = { simex: 0.6, tenth: 0.4 };

/** The part of a market that a venue, or a combination of venues, shows. */
const shareOf = (venue: string): number => (venue.startsWith("all") ? ["simex", "tenth"] : venue.replace(/\.z$/, "").split("+")).reduce((sum, v) => sum + (SHARES[v] ?? 0), 0);

function status({ status: state, live }: Fake["mood"]): object {
  return { state, message: state === "ready" ? "" : "reading 3 of 8 files", progress: 0.4, version: "fake", live };
}

function instruments({ empty, status: state, to, several, observed }: Fake["mood"], also: readonly string[]): object {
  const groups = [
    { name: "low", label: "Low", min_leverage: 1, max_leverage: 10 },
    { name: "medium", label: "Medium", min_leverage: 10, max_leverage: 33 },
    { name: "high", label: "High", min_leverage: 33, max_leverage: 150 },
  ];
  return {
    instruments: empty || state !== "ready" ? [] : MARKETS.flatMap((m) => {
      const listed = { coin: m.coin, quote: "USD", tick: m.tick, provenance: to < TO ? "LIVE" : "SIMULATED", from: FROM, to, price: 0, groups, swept_on: "mark", bars: false, model: MODEL, unit: "usd" };
      if (observed) return [{ venue: "hyperliquid", symbol: m.symbol, ...listed, provenance: "LIVE" }];
      if (!several) return [{ venue: "simex", symbol: m.symbol, ...listed }];
      const parts = Object.keys(SHARES).map((venue) => ({ venue, symbol: m.symbol, settlement: "linear", from: FROM, to }));
      const named = also.flatMap((name) => (name.endsWith(`:${m.symbol}`) ? [name.slice(0, -m.symbol.length - 1)] : []));
      const combined = new Set(["all", ...named.filter((name) => /[+]|[.]z$/.test(name))]);
      return [
        ...parts.map(({ venue, symbol }) => ({ venue, symbol, ...listed })),
        ...[...combined].map((venue) => ({ venue, symbol: m.coin, ...listed, unit: venue.endsWith(".z") ? "sd" : "usd", parts })),
      ];
    }),
    levels: LEVELS,
  };
}

/** What a live server says of its venues. */
export function venues(mood: Fake["mood"]): object {
  return { type: "venues", now: Date.now(), venues: mood.venues };
}

/** Starts the fake on the loopback interface, on a free port unless one is named. */
export async function startFake(port = 0): Promise<Fake> {
  const alerts = new FakeAlerts();
  const mood: Fake["mood"] = { status: "ready", empty: false, broken: false, delayMs: 0, to: TO, live: false, stalled: false, venues: [], several: false, observed: false };
  const server = createServer((request, response) => {
    if (mood.stalled) return;
    const url = new URL(request.url ?? "/", "http://fake");
    if (url.pathname.startsWith("/api/v1/alerts") && !mood.broken) return void alerts.answer(request, url, (status, body) => send(response, status, "application/json", Buffer.from(JSON.stringify(body))));
    const reply = (): void => void answer(url, response, mood).catch((error: unknown) => problem(response, 500, String(error)));
    mood.delayMs > 0 && url.pathname.startsWith("/api") ? setTimeout(reply, mood.delayMs) : reply();
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address() as { port: number };
  const stream = new FakeStream(server, "/api/v1/stream", () => [venues(mood)]);
  return { url: `http://127.0.0.1:${address.port}`, mood, alerts, stream, close: () => (stream.cut(), stop(server)) };
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

async function answer(url: URL, response: ServerResponse, mood: Fake["mood"]): Promise<void> {
  const path = url.pathname;
  if (path === "/docs/model") return send(response, 200, "text/html", Buffer.from("<title>Halcyon</title><h1>The model</h1>"));
  if (!path.startsWith("/api/")) return file(path, response, mood.broken ? null : { status: status(mood), instruments: instruments(mood, [`${url.searchParams.get("venue")}:${url.searchParams.get("symbol")}`]) });
  if (mood.broken) return problem(response, 503, "the fake was told to fail");
  if (path === "/api/v1/status") return json(response, status(mood));
  if (path === "/api/v1/instruments") return json(response, instruments(mood, url.searchParams.getAll("also")));
  if (path === "/api/v1/venues") return json(response, venues(mood));
  if (path === "/api/v1/screener") return json(response, screened(Math.min(mood.to, Number(url.searchParams.get("at") ?? mood.to))));
  if (path === "/api/v1/export") return exported(url.searchParams, response);
  const part = path.split("/");
  const symbol = part[4] === undefined ? (url.searchParams.get("symbol") ?? "") : (part[5] as string);
  const market = worldOf(symbol);
  if (!market) return problem(response, 404, `no instrument "${symbol}"`);
  if (path === "/api/v1/columns") return json(response, columns(market, url.searchParams, mood.to));
  if (path === "/api/v1/record") return json(response, { venue: "simex", symbol, model: MODEL, ...track(symbol) });
  if (path === "/api/v1/funding") return json(response, funding(url.searchParams, mood.to));
  if (path === "/api/v1/tiers") return json(response, tiers(symbol));
  if (path === "/api/v1/observed") {
    if (!mood.observed) return problem(response, 404, "nothing is observed");
    return json(response, observed(market, mood.to));
  }
  if (path === "/api/v1/shares") {
    const parts = Object.entries(SHARES).map(([venue, share]) => ({ venue, symbol, long: { low: 1e6 * share }, short: { high: 1e6 * share } }));
    return json(response, { time: Number(url.searchParams.get("at")), bin: Number(url.searchParams.get("bin")), parts });
  }
  if (path === "/api/v1/profile") {
    const whole = profile(market, Number(url.searchParams.get("at") ?? mood.to), Number(url.searchParams.get("shift") ?? 2));
    const several = mood.several && /^all|[+]/.test(url.searchParams.get("venue") ?? "");
    return json(response, several ? { ...whole, parts: Object.entries(SHARES).map(([venue, share]) => ({ venue, symbol, ...scaled(whole, share) })) } : whole);
  }
  if (path.startsWith("/api/v1/tiles/")) {
    const [level, x, y] = part.slice(6).map(Number) as [number, number, number];
    const bytes = Buffer.from(tile(market, { venue: "simex", symbol }, { level, x, y }, mood.to, mood.several ? shareOf(decodeURIComponent(part[4] ?? "")) : 1));
    return send(response, 200, "application/octet-stream", gzipSync(bytes, { level: 1 }), true);
  }
  problem(response, 404, `no such path ${path}`);
}

/** A table that repeats what was asked for. */
function exported(query: URLSearchParams, response: ServerResponse): void {
  const name = `${query.get("symbol")}-${query.get("what")}.${query.get("format")}`;
  response.writeHead(200, { "content-type": "text/csv", "content-disposition": `attachment; filename="${name}"` });
  response.end([...query].map(([key, value]) => `${key},${value}`).join("\n"));
}

/** A file of the built page; index.html brings the answers to the page's first questions along. */
async function file(path: string, response: ServerResponse, answers: object | null): Promise<void> {
  const name = normalize(path === "/" ? "/index.html" : path);
  try {
    const content = await readFile(join(DIST, name));
    const filled = path === "/" ? Buffer.from(content.toString().replace('id="answers">null', () => `id="answers">${JSON.stringify(answers)}`)) : content;
    send(response, 200, TYPES[extname(name)] ?? "application/octet-stream", filled);
  } catch {
    problem(response, 404, `no file ${name}`);
  }
}

function json(response: ServerResponse, value: object): void {
  send(response, 200, "application/json", gzipSync(JSON.stringify(value), { level: 1 }), true);
}

function problem(response: ServerResponse, status: number, detail: string): void {
  send(response, status, "application/problem+json", Buffer.from(JSON.stringify({ status, detail })));
}

function send(response: ServerResponse, status: number, type: string, body: Buffer, zipped = false): void {
  response.writeHead(status, {
    "content-type": type, "cache-control": "no-store", ...(zipped ? { "content-encoding": "gzip" } : {}),
  });
  response.end(body);
}
