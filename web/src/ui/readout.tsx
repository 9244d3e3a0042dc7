import { percentile, price, dateTime, score, usd } from "../units/format";
import type { Reading } from "../layers/readout";
import type { Page } from "./page";
import { ReplayStamp } from "./replay";
import { Stamp } from "./stamp";

/** The numbers under the cross-hair, and the words that say what they are. */
export function Readout({ page }: { page: Page }) {
  const { stage, session, settings } = page;
  const instrument = session.instrument.value, on = stage.value;
  if (!instrument || !on) return null;
  const reading = on.shown.reading.value, candle = on.shown.candle.value, tick = instrument.tick;
  return (
    <div class="readout" role="status" aria-live="polite" aria-label="Cross-hair read-out">
      <p class="what">
        <strong>{instrument.symbol}</strong> <span class="dim">{instrument.venue}</span>{" "}
        <Stamp page={page} instrument={instrument} />{" "}
        <ReplayStamp page={page} />{" "}
        <b class="stamp estimated" data-tip="Every amount on the map is modelled from trades and open interest, not observed">ESTIMATED</b>{" "}
        <span class="dim">liquidation levels</span>
      </p>
      {reading && (
        <p class="row">
          <span>{dateTime(reading.from, settings.zone.value)}</span>
          {candle && <span class="dim">O {price(candle.open, tick)}  H {price(candle.high, tick)}  L {price(candle.low, tick)}  C {price(candle.close, tick)}</span>}
        </p>
      )}
      {reading && <Cell reading={reading} tick={tick} labels={new Map(instrument.groups.map((g) => [g.name, g.label]))} />}
    </div>
  );
}

const WHY: Record<Exclude<Reading["state"], "cell">, string> = {
  empty: "nothing estimated in this cell",
  gone: "no data at this time",
  loading: "loading",
};

function Cell({ reading, tick, labels }: { reading: Reading; tick: number; labels: ReadonlyMap<string, string> }) {
  const bin = `${price(reading.low, tick)} – ${price(reading.high, tick)}`;
  if (reading.state !== "cell") return <p class="row"><span>{bin}</span><span class="dim">{WHY[reading.state]}</span></p>;
  return (
    <>
      <p class="row">
        <span>{bin}</span>
        {reading.long > 0 && <span>long <b>{usd(reading.long)}</b></span>}
        {reading.short > 0 && <span>short <b>{usd(reading.short)}</b></span>}
        <span>z <b>{score(reading.z)}</b></span>
        <span class="dim">{percentile(reading.percentile)}</span>
      </p>
      <p class="row dim">
        {reading.groups.map((g) => <span key={g.name}>{labels.get(g.name) ?? g.name} {usd(g.long + g.short)}</span>)}
        <span>fresh {usd(reading.fresh.long + reading.fresh.short)}</span>
      </p>
    </>
  );
}
