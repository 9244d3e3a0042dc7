import { dateTime, span } from "../units/format";
import { missingOf } from "../layers/gaps";
import { FLAG } from "../wire/api";
import { venueWords } from "../wire/combination";
import { Look } from "./look";
import { narrow } from "./narrow";
import type { Page } from "./page";
import { modelText } from "./record";
import { Stamp } from "./stamp";
import { VenueStrip } from "./venues";

/** Where the data come from, how old they are, and what is wrong with them. */
export function Footer({ page }: { page: Page }) {
  const { session, settings, stage, sheet } = page;
  const status = session.server.status.value;
  const instrument = session.instrument.value, link = session.server.link.value, shown = stage.value?.shown;
  const level = session.server.levels.value[shown?.level.value ?? 0], zone = settings.zone.value;
  return (
    <footer class="footer">
      {instrument && <Stamp page={page} instrument={instrument} />}
      {instrument && <span class="to">{venueWords(instrument)} {instrument.symbol} to {dateTime(instrument.to, zone)}{zone === "utc" ? " UTC" : ""}</span>}
      {instrument && level && <span class="dim cells" tabIndex={0} data-tip="Size of a cell of the map: time by price; 1 bp is 0.01 % of price">cells {span(level.bucketMs)} × {2 ** level.shift} bp</span>}
      {instrument && (
        <button type="button" class="plain model" data-tip={`${modelText(instrument.model, zone)} Press for how its past maps did  ·  S`} onClick={() => void (sheet.value = "record")}>
          model {instrument.model.version}{instrument.model.to > 0 && <span class="trained">, trained to {dateTime(instrument.model.to, zone).slice(0, 10)}</span>}
        </button>
      )}
      {shown?.loading.value && instrument && <span class="dim">loading cells</span>}
      {notes(shown?.flags.value ?? 0, instrument?.bars ?? false).map(([note, tip]) => <span key={note} class={`note${note.endsWith(MISSING_IN_VIEW) ? "" : " mild"}`} tabIndex={0} data-tip={tip}>{note}</span>)}
      {shown && !shown.traded.value && <span class="note" data-tip="The dashes are the last price that levels were swept on">no trades stored at this time</span>}
      {shown?.painter.value === "raster" && <span class="note" data-tip="This browser offers no WebGL2: the map is drawn in 2D, with the same cells and colours">2D drawing, no WebGL2</span>}
      {status?.state === "ready" && status.message !== "" && <span class="note">{status.message}</span>}
      {session.fault.value && <span class="note">{session.fault.value}</span>}
      {!narrow.value && <VenueStrip page={page} />}
      <span class="spring" />
      {link.state === "disconnected" && <span class="note">{link.detail} since {dateTime(link.since, zone)}, trying again</span>}
      {!narrow.value && <Look page={page} />}
      <a class="plain" href="https://www.tradingview.com/" target="_blank" rel="noreferrer" data-tip="Charts by TradingView Lightweight Charts™; the map under them is ours">TradingView</a>
      <button type="button" class="plain" data-tip="What this is, and what it is made of" onClick={() => void (sheet.value = "about")}>about</button>
    </footer>
  );
}

const MISSING_IN_VIEW = " missing in view";

/** What it means that something is missing. */
const MISSING: Readonly<Record<string, string>> = {
  trades: "Hatched: nothing is known of these columns, and nothing is interpolated across them.",
  liquidations: "The map does not depend on them, but circles and sums of what was liquidated are not whole.",
  "open interest": "What was observed last stands in: levels neither grow nor shrink as the market does.",
};

/** What a reader must know of the columns in view: a few words, and what they mean. */
function notes(flags: number, bars: boolean): [string, string][] {
  const list: [string, string][] = [];
  if (flags & FLAG.lastPrice) list.push(["swept on mark, or last price", "Levels end when mark price reaches them; where mark is older than 10 s, last price stands in, and a wick of it may sweep what mark would have spared"]);
  if (flags & FLAG.noOpenInterest) list.push(["no open interest yet", "Amounts are relative to each other until the first open interest arrives"]);
  if (bars || flags & FLAG.bars) list.push(["drawn from candles, not trades", "Entries are spread over each candle's range: coarser than a map made of trades"]);
  const missing = missingOf(flags);
  if (missing.length > 0) list.push([missing.join(", ") + MISSING_IN_VIEW, missing.map((what) => `${what[0]?.toUpperCase()}${what.slice(1)}: ${MISSING[what]}`).join(" ")]);
  return list;
}
