import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { favouritesFirst } from "../state/favourites";
import { Screener, sorted, type SortBy } from "../state/screener";
import { age, clock, dateTime, day, price, score, usd } from "../units/format";
import type { Screened } from "../wire/api";
import { Favourite } from "./favourite";
import type { Page } from "./page";

const by = signal<SortBy>({ key: "instrument", way: 1 });

const SKEW = "(shorts − longs)/(shorts + longs) within 5 % of price: +1 all of it above price, −1 all of it below";
const NEAREST = "The cluster nearest to price: neighbouring cells of z ≥ 1, within 10 %";

/** Every instrument in one table: how much stands how near. */
export function ScreenerSheet({ page }: { page: Page }) {
  const { session, settings, sheet } = page, at = settings.at.value;
  const screener = useMemo(() => new Screener(session.server.client), [session]);
  useEffect(() => screener.watch(at), [screener, at]);
  const answer = screener.answer.value, within = answer?.within ?? [], rows = favouritesFirst(sorted(answer?.instruments ?? [], by.value));
  const open = (row: Screened): void => {
    const found = session.server.instruments.peek().find((i) => i.venue === row.venue && i.symbol === row.symbol);
    if (!found) return;
    session.choose(found);
    sheet.value = null;
  };
  return (
    <div class="screener">
      <h2>Screener</h2>
      <p class="dim"><b class="stamp estimated">ESTIMATED</b> liquidations, USD, by distance from price: shorts above it, longs below it. {at === null ? "" : `As known at ${dateTime(at, settings.zone.value)}. `}Click a row for its chart, a head to sort.</p>
      {screener.fault.value && <p class="note" role="status">{answer ? "These rows are older than they should be: " : ""}{screener.fault.value}</p>}
      {!answer && !screener.fault.value && <p role="status">Asking the server</p>}
      {answer && rows.length === 0 && <p role="status">No instrument had a column then.</p>}
      {rows.length > 0 && (
        <div class="wide" tabIndex={0} aria-label="Table of instruments">
          <table>
            <thead>
              <tr>
                <Head sort="instrument" tip="By name">instrument</Head>
                <Head sort="price" tip="Last close on the map">price</Head>
                {within.map((share, i) => <Head key={share} sort={`below${i}`} falling tip={`Longs standing up to ${100 * share} % below price`}>↓ {100 * share} %</Head>)}
                {within.map((share, i) => <Head key={share} sort={`above${i}`} falling tip={`Shorts standing up to ${100 * share} % above price`}>↑ {100 * share} %</Head>)}
                <Head sort="skew" falling tip={SKEW}>skew</Head>
                <Head sort="distance" tip={NEAREST}>nearest</Head>
                <Head sort="z" falling tip="z of the nearest cluster's fullest cell">z</Head>
                <Head sort="age" tip="Close of the column that the row is of; of LIVE ones their age">as of</Head>
              </tr>
            </thead>
            <tbody>{rows.map((row) => <Row key={`${row.venue}/${row.symbol}`} row={row} page={page} open={() => open(row)} />)}</tbody>
          </table>
        </div>
      )}
    </div>
  );
}

function Head({ sort, falling = false, tip, children }: { sort: string; falling?: boolean; tip: string; children: ComponentChildren }) {
  const { key, way } = by.value, on = key === sort;
  const press = (): void => void (by.value = { key: sort, way: on ? (way === 1 ? -1 : 1) : falling ? -1 : 1 });
  return (
    <th scope="col" aria-sort={on ? (way === 1 ? "ascending" : "descending") : "none"}>
      <button type="button" data-tip={tip} onClick={press}>{children}{on ? (way === 1 ? " ▲" : " ▼") : ""}</button>
    </th>
  );
}

function Row({ row, page, open }: { row: Screened; page: Page; open: () => void }) {
  const instrument = page.session.server.instruments.value.find((i) => i.venue === row.venue && i.symbol === row.symbol), near = row.nearest;
  const chosen = page.session.instrument.value === instrument, zone = page.settings.zone.value, live = row.provenance === "LIVE" && page.settings.at.value === null;
  return (
    <tr onClick={open} data-chosen={chosen}>
      <th scope="row"><Favourite name={row} /> <button type="button" class="plain" data-tip="Shows it on the chart" onClick={open}>{row.symbol}</button> <span class="dim">{row.venue} {row.provenance}</span></th>
      <td>{price(row.price, instrument?.tick ?? row.price / 1e4)}</td>
      {row.below.map((amount, i) => <td key={i}>{usd(amount)}</td>)}
      {row.above.map((amount, i) => <td key={i}>{usd(amount)}</td>)}
      <td>{`${row.skew < 0 ? "−" : "+"}${Math.abs(row.skew).toFixed(2)}`}</td>
      <td>{near ? `${(100 * near.distance).toFixed(1)} % ${near.side === "long" ? "↓" : "↑"} ${usd(near.usd)}` : "none"}</td>
      <td>{near ? score(near.z) : "–"}</td>
      <td>{live ? age(Math.max(0, Date.now() - row.at)) : `${day(row.at, zone)} ${clock(row.at, zone)}`}</td>
    </tr>
  );
}
