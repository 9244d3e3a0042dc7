import { DAY, HOUR } from "../units/units";
import { dateTime, span } from "../units/format";
import type { Interval, StretchRecord } from "../wire/api";
import type { Page } from "./page";

const WHAT = "Rank correlation, hour by hour, of what the map swept with what the venue published as liquidated: 1 the same order, 0 none. Under it the best baseline. Grey: not shown to beat them all. Click for all of it  ·  S";
const SIDES = ["long", "short"] as const;

/** Two decimals, a typographic minus; an en dash for what is undefined. */
function rank(value: number | null): string {
  return value === null ? "–" : value.toFixed(2).replace("-", "−");
}

const stretch = (ms: number): string => (ms > DAY ? `${ms / DAY} d` : `${ms / HOUR} h`);

/** The best that a baseline did; undefined without one. */
function rival(record: StretchRecord): StretchRecord["baselines"][number] | undefined {
  return [...record.baselines].sort((a, b) => (b.rank.value ?? -1) - (a.rank.value ?? -1))[0];
}

/** The record in brief, under the zones: what a press opens in full. */
export function RecordBrief({ page: { record, sheet } }: { page: Page }) {
  const answer = record.value;
  if (!answer) return null;
  const open = (): void => void (sheet.value = "record");
  if (!answer.observed || answer.records.length === 0) {
    return (
      <button type="button" class="record-brief" data-tip="Without published liquidations nothing can be said of how well this map did  ·  S" onClick={open}>
        <b>Record</b> <span class="dim">{answer.observed ? "no hour to judge yet" : "no observed liquidations here"}</span>
      </button>
    );
  }
  const of = (side: string): StretchRecord[] => answer.records.filter((r) => r.side === side);
  return (
    <button type="button" class="record-brief" data-tip={WHAT} onClick={open}>
      <span class="record-line dim"><b>Record</b>{of("long").map((r) => <span key={r.window_ms}>{stretch(r.window_ms)}</span>)}</span>
      {SIDES.map((side) => (
        <span key={side}>
          <span class="record-line"><span>{side}s</span>{of(side).map((r) => <b key={r.window_ms} class="claim" data-beats={r.beats_baselines}>{rank(r.map.value)}</b>)}</span>
          <span class="record-line dim"><span>baseline</span>{of(side).map((r) => <span key={r.window_ms}>{rank(rival(r)?.rank.value ?? null)}</span>)}</span>
        </span>
      ))}
    </button>
  );
}

/** The whole record, as a sheet. */
export function RecordSheet({ page: { record, session, settings } }: { page: Page }) {
  const answer = record.value, instrument = session.instrument.value;
  const more = <p><a href="/docs/model" target="_blank" data-tip="Opens the description of the model in a new tab">How the model works, and how it did on recorded sets</a></p>;
  const title = <h2>Track record{instrument ? `: ${instrument.venue} ${instrument.symbol}` : ""}</h2>;
  if (!answer) return <>{title}<p class="dim">Being judged.</p>{more}</>;
  if (!answer.observed) {
    return <>{title}<p><b>No observed liquidations here.</b> None that the venue published are stored for this instrument, so nothing can be said of how well its map did.</p>{more}</>;
  }
  if (answer.records.length === 0) {
    return <>{title}<p><b>No hour to judge yet.</b> An hour counts when it is whole, without gaps, with open interest and within the published feed, and later than what the parameters were learned from.</p>{more}</>;
  }
  const zone = settings.zone.value;
  return (
    <>
      {title}
      <p>Hour by hour, how the map's own estimate of what is swept ranks with what the venue published as liquidated. 1 is the same order, 0 none; beneath, the 95 % interval. Every map was drawn before its hour was known.</p>
      <Table records={answer.records} />
      <Verdict records={answer.records} />
      <p class="dim">
        Hours from {dateTime(answer.from, zone)} to {dateTime(answer.to, zone)}{zone === "utc" ? " UTC" : ""}. A venue that publishes a part of its liquidations gives lower bounds, so read the order and not the ratio.
        The placebo is the same ledger fed with how far price ranged; the fixed-leverage map is what others draw. {modelText(answer.model, zone)}
      </p>
      {more}
    </>
  );
}

function Table({ records }: { records: readonly StretchRecord[] }) {
  const names = records[0]?.baselines.map((b) => b.name) ?? [];
  const row = (label: string, cell: (r: StretchRecord) => { at: Interval; dull: boolean; tip: string }) => (
    <tr key={label}>
      <th scope="row">{label}</th>
      {records.map((r) => {
        const { at, dull, tip } = cell(r);
        return <td key={`${r.window_ms} ${r.side}`} class={dull ? "dim" : ""} title={tip}>{rank(at.value)}<small>{at.low === null ? "" : `${rank(at.low)} – ${rank(at.high)}`}</small></td>;
      })}
    </tr>
  );
  return (
    <table class="record">
      <thead>
        <tr><th />{records.filter((r) => r.side === "long").map((r) => <th key={r.window_ms} colSpan={2} scope="colgroup">{stretch(r.window_ms)}</th>)}</tr>
        <tr><th />{records.map((r) => <th key={`${r.window_ms} ${r.side}`} scope="col">{r.side}s</th>)}</tr>
      </thead>
      <tbody>
        {row("this map", (r) => ({ at: r.map, dull: !r.beats_baselines, tip: r.beats_baselines ? "leads every baseline with its whole interval" : "not shown to beat every baseline" }))}
        {names.map((name, i) => row(name, (r) => {
          const lead = r.baselines[i]?.lead, none = { value: null, low: null, high: null };
          return { at: r.baselines[i]?.rank ?? none, dull: true, tip: `the map leads by ${rank(lead?.value ?? null)}, interval ${rank(lead?.low ?? null)} to ${rank(lead?.high ?? null)}` };
        }))}
        <tr><th scope="row">swept / published</th>{records.map((r) => <td key={`${r.window_ms} ${r.side}`} class="dim">{r.swept_over_published ? r.swept_over_published.toPrecision(2) : "–"}</td>)}</tr>
        <tr><th scope="row">hours</th>{records.map((r) => <td key={`${r.window_ms} ${r.side}`} class="dim">{r.periods}</td>)}</tr>
      </tbody>
    </table>
  );
}

/** Says in words where the map does not beat its baselines. */
function Verdict({ records }: { records: readonly StretchRecord[] }) {
  const behind = records.filter((r) => !r.beats_baselines);
  if (behind.length === 0) return <p>The map leads every baseline in every stretch, with its whole interval above 0.</p>;
  return (
    <div class="verdict">
      <p><b>Where it is not shown to win</b>, and so is grey:</p>
      <ul>
        {behind.map((r) => {
          const over = r.baselines.filter((b) => !((b.lead.low ?? 0) > 0)).map((b) => b.name).join(", ");
          return <li key={`${r.window_ms} ${r.side}`}>{stretch(r.window_ms)}, {r.side}s: {r.map.value === null ? "too few hours or days to say" : `no lead over ${over}`}</li>;
        })}
      </ul>
    </div>
  );
}

/** What the parameters are and what they were learned from, in a sentence. */
export function modelText(model: { version: string; from: number; to: number; note: string }, zone: "local" | "utc"): string {
  if (model.to === 0) return `Parameters: ${model.version}, ${model.note}.`;
  return `Parameters: version ${model.version}, learned from ${dateTime(model.from, zone)} to ${dateTime(model.to, zone)} (${span(model.to - model.from)}). ${model.note}.`;
}
