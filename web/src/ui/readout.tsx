import { amount, percentile, price, dateTime, score } from "../units/format";
import { missingOf } from "../layers/gaps";
import type { Reading } from "../layers/readout";
import type { Share } from "../layers/venue-stack";
import type { Unit } from "../wire/api";
import { venueWords } from "../wire/combination";
import type { Page } from "./page";
import { ReplayStamp } from "./replay";
import { Stamp } from "./stamp";

/** What is shown, and the words that say what kind of data it is. */
export function Heading({ page }: { page: Page }) {
  const instrument = page.session.instrument.value;
  if (!instrument) return null;
  return (
    <p class="what">
      <strong>{instrument.symbol}</strong> <span class="dim whose">{venueWords(instrument)}</span>{" "}
      <Stamp page={page} instrument={instrument} />{" "}
      <ReplayStamp page={page} />{" "}
      <b class="stamp estimated" data-tip="Every amount on the map is modelled from trades and open interest, not observed">ESTIMATED</b>{" "}
      <span class="dim of">liquidation levels</span>
    </p>
  );
}

/** The numbers under the cross-hair. */
export function Readout({ page }: { page: Page }) {
  const { stage, session, settings } = page;
  const instrument = session.instrument.value, on = stage.value;
  if (!instrument || !on) return null;
  const reading = on.shown.reading.value, candle = on.shown.candle.value, tick = instrument.tick;
  return (
    <div class="readout" role="status" aria-live="polite" aria-label="Cross-hair read-out">
      {reading && (
        <p class="row">
          <span>{dateTime(reading.from, settings.zone.value)}</span>
          {candle && <span class="dim">O {price(candle.open, tick)}  H {price(candle.high, tick)}  L {price(candle.low, tick)}  C {price(candle.close, tick)}</span>}
        </p>
      )}
      {reading && <Cell reading={reading} tick={tick} labels={new Map(instrument.groups.map((g) => [g.name, g.label]))} unit={instrument.unit ?? "usd"} />}
      {reading && <Missing flags={reading.flags} />}
      {reading && <Shares shares={on.venues.shares.value} />}
    </div>
  );
}

const WHY: Record<Exclude<Reading["state"], "cell">, string> = {
  empty: "nothing estimated in this cell",
  gone: "no data at this time",
  loading: "loading",
};

function Cell({ reading, tick, labels, unit }: { reading: Reading; tick: number; labels: ReadonlyMap<string, string>; unit: Unit }) {
  const bin = `${price(reading.low, tick)} – ${price(reading.high, tick)}`;
  if (reading.state !== "cell") return <p class="row"><span>{bin}</span><span class="dim">{WHY[reading.state]}</span></p>;
  return (
    <>
      <p class="row">
        <span>{bin}</span>
        {reading.long > 0 && <span>long <b>{amount(reading.long, unit)}</b></span>}
        {reading.short > 0 && <span>short <b>{amount(reading.short, unit)}</b></span>}
        <span>z <b>{score(reading.z)}</b></span>
        <span class="dim">{percentile(reading.percentile)}</span>
      </p>
      <p class="row dim">
        {reading.groups.map((g) => <span key={g.name}>{labels.get(g.name) ?? g.name} {amount(g.long + g.short, unit)}</span>)}
        <span>fresh {amount(reading.fresh.long + reading.fresh.short, unit)}</span>
      </p>
    </>
  );
}

/** What is missing of the column. */
function Missing({ flags }: { flags: number }) {
  const words = missingOf(flags);
  return words.length === 0 ? null : <p class="row missing"><span class="note">{words.join(", ")} missing</span></p>;
}

/** How much of the cell each venue brings. */
function Shares({ shares }: { shares: readonly Share[] }) {
  if (shares.length === 0) return null;
  return (
    <p class="row dim shares">
      {shares.map(({ venue, share }) => <span key={venue}>{venue} <b>{share > 0 && share < 0.005 ? "<1" : Math.round(100 * share)} %</b></span>)}
    </p>
  );
}
