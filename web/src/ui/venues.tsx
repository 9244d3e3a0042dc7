/** How the venues are doing: a strip under the chart, and a table with the rest. */
import { ago, clock } from "../units/format";
import type { VenueState } from "../wire/stream";
import type { Page } from "./page";

const NAMES: Record<string, string> = {
  "binance-usdm": "Binance", "binance-coinm": "Binance COIN-M", "bybit-linear": "Bybit", "bybit-inverse": "Bybit inverse", okx: "OKX",
  hyperliquid: "Hyperliquid", bitmex: "BitMEX", bitget: "Bitget", gate: "Gate", deribit: "Deribit", kraken: "Kraken",
};

function nameOf(feed: string): string {
  return NAMES[feed] ?? feed;
}

/** The newest event's way from the venue's clock to the server's; clocks may differ, so a little below zero is none. */
function lag({ lag_ms }: VenueState): string {
  return Math.abs(lag_ms) < 10_000 ? `${Math.max(0, lag_ms)} ms` : lag_ms < 0 ? `clock ${ago(-lag_ms)} ahead` : `${ago(lag_ms)} behind`;
}

/** What a venue is doing, in a few words: "12 ms", "reconnecting 14 s". */
function wordsOf(page: Page, v: VenueState): string {
  const since = ago(page.session.server.live.since(v.since));
  if (v.state === "live") return lag(v);
  if (v.state === "idle") return "off";
  if (v.state === "catching up") return v.state;
  return v.reconnects > 0 || v.state === "waiting" ? `reconnecting ${since}` : `connecting ${since}`;
}

function tipOf(page: Page, v: VenueState): string {
  const retry = v.state === "waiting" && v.retry_at > 0 ? `; next attempt at ${clock(v.retry_at, page.settings.zone.value)}` : "";
  const what = v.state === "live" ? "live; the newest event's way from the venue's clock to the server's" : `${v.message || v.state}${retry}`;
  return `${nameOf(v.name)}: ${what}. Gaps ${v.gaps}, reconnects ${v.reconnects}, unreadable frames ${v.malformed}  ·  E lists all`;
}

/** Venues that need a word, the worst first. */
const WORST: readonly VenueState["state"][] = ["waiting", "connecting", "catching up", "idle"];
/** At most so many are named; the table has them all. */
const NAMED = 3;
/** Events that reach the server later than this are not of now, ms. */
const LATE_MS = 10_000;

/** A dot for every venue, how many are live, and the names of those that are not. On a phone the number alone. */
export function VenueStrip({ page }: { page: Page }) {
  const { session: { server: { live } }, sheet } = page, venues = live.venues.value, link = live.link.value;
  live.tick.value;
  if (link.state === "off" || venues.length === 0) return null;
  const up = venues.filter((v) => v.state === "live"), gaps = venues.reduce((sum, v) => sum + v.gaps, 0);
  const away = venues.filter((v) => v.state !== "live").sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state));
  const late = Math.max(0, ...up.map((v) => v.lag_ms));
  // What the server said last is not known to hold any more.
  const lost = link.state === "lost" || link.state === "stalled";
  return (
    <button type="button" class="venues" aria-label={`Venues: ${up.length} of ${venues.length} live`} data-known={!lost} onClick={() => void (sheet.value = "venues")}>
      {lost && <span class="note">stream {link.state} {ago(Date.now() - link.since)}</span>}
      <span class="dots">
        {venues.map((v) => (
          <span key={v.name} class="venue" data-state={v.state} data-feed={v.name} data-tip={tipOf(page, v)}>
            <i aria-hidden="true" /><span class="visually-hidden"> {nameOf(v.name)} {wordsOf(page, v)} </span>
          </span>
        ))}
      </span>
      <span class="count" data-all={away.length === 0}>{away.length === 0 ? `${up.length} ${up.length === 1 ? "venue" : "venues"} live` : `${up.length} of ${venues.length} live`}</span>
      {away.slice(0, NAMED).map((v) => <span key={v.name} class="away" data-state={v.state}>{nameOf(v.name)} <span class="dim">{wordsOf(page, v)}</span></span>)}
      {away.length > NAMED && <span class="dim">and {away.length - NAMED} more</span>}
      {late > LATE_MS && <span class="dim" data-tip="How old the newest events were when they reached this server: it is catching up, or the market is replayed">events of {ago(late)} ago</span>}
      {gaps > 0 && <span class="dim" data-tip="Spans of time with something missing, of all venues since the server started; hatched on the chart">gaps {gaps}</span>}
    </button>
  );
}

/** Everything that is known of the venues. */
export function VenueTable({ page }: { page: Page }) {
  const { session: { server: { live } } } = page, venues = live.venues.value;
  live.tick.value;
  if (venues.length === 0) return <><h2>Venues</h2><p>This server is connected to no venue: start it with “halcyon serve --live all”.</p></>;
  return (
    <>
      <h2>Venues</h2>
      <p class="dim">Public endpoints, no keys. A venue that is away is tried again and disturbs no other; what was missed meanwhile is a gap, hatched on the chart.</p>
      <div class="scroll">
        <table>
          <thead><tr><th>venue</th><th>state</th><th>since</th><th>newest</th><th>lag</th><th>gaps</th><th>lost</th><th>unreadable</th></tr></thead>
          <tbody>
            {venues.map((v) => (
              <tr key={v.name} data-state={v.state}>
                <th scope="row"><i aria-hidden="true" /> {nameOf(v.name)}</th>
                <td>{v.state === "waiting" ? "reconnecting" : v.state}</td>
                <td>{v.since > 0 ? ago(live.since(v.since)) : "–"}</td>
                <td>{v.last_event > 0 ? `${ago(live.since(v.last_event))} ago` : "–"}</td>
                <td>{v.last_event > 0 ? lag(v) : "–"}</td>
                <td>{v.gaps}</td><td>{v.reconnects}</td><td>{v.malformed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {venues.flatMap((v) => [v.message && v.state !== "live" ? `${nameOf(v.name)}: ${v.message}` : "", ...v.instruments.map((i) => (i.error ? `${nameOf(v.name)} ${i.symbol}: ${i.error}` : ""))])
        .filter(Boolean).map((line) => <p key={line} class="note">{line}</p>)}
    </>
  );
}
