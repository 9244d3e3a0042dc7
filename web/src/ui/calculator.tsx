import { toggleTool } from "../state/tool-settings";
import type { Calculator } from "../tools/calculator";
import type { MarginMode, Result, Side } from "../model/liquidation";
import { compact, dateTime, decimals, money, price, usd } from "../units/format";
import type { TiersAnswer } from "../wire/api";
import { Segments, Toggle, type Choice } from "./controls";
import { NumberField, Panel, Row } from "./panel";
import type { Page } from "./page";

const WHAT = "Where a position of yours would be liquidated, by the venue's own margin table. Nothing is sent anywhere  ·  K";
const SIDES: readonly Choice<Side>[] = [
  { value: "long", label: "Long", tip: "Gains when price rises, liquidated below its entry" },
  { value: "short", label: "Short", tip: "Gains when price falls, liquidated above its entry" },
];
const MODES: readonly Choice<MarginMode>[] = [
  { value: "isolated", label: "Isolated", tip: "Only the position's own margin, size ÷ leverage, is at stake" },
  { value: "cross", label: "Cross", tip: "The whole balance backs the position; leverage only sets what must be there to open it" },
];

/** The calculator: what is asked above, what follows below. */
export function CalculatorPanel({ page, calculator }: { page: Page; calculator: Calculator }) {
  const { tools } = page.settings, state = tools.calculator.value, question = calculator.question.value;
  const instrument = calculator.instrument.value, terms = calculator.terms.value, result = calculator.result.value;
  const most = result?.maxLeverage ?? 125, entry = +question.entry.toFixed(decimals(instrument?.tick ?? 1));
  return (
    <Panel page={page} title="Calculator" tip={WHAT}>
      <InstrumentField page={page} calculator={calculator} />
      <Segments label="Side" value={state.side} choices={SIDES} onChoose={(side) => calculator.set({ side })} />
      <div class="field-row">
        <NumberField label="Entry" unit={instrument?.quote ?? ""} tip="Entry price. Drag its line, or pick it on the chart" min={0} value={entry} onInput={(entry) => calculator.set({ entry })} />
        <Toggle label="Pick the entry on the chart" tip="The next click on the chart is the entry" pressed={tools.tool.value === "entry"} onPress={() => toggleTool(tools, "entry")}>pick</Toggle>
        {state.entry !== null && <Toggle label="Enter at the newest price" tip="Follow the newest price" onPress={() => calculator.set({ entry: null })}>now</Toggle>}
      </div>
      <NumberField label="Size" unit={instrument?.quote ?? ""} tip={`Notional at entry${result ? `: ${compact(result.quantity)} ${instrument?.coin ?? ""}` : ""}`} min={0} value={state.notional} onInput={(notional) => calculator.set({ notional })} />
      <NumberField label="Leverage" unit="×" tip={`The setting; the venue grants at most ${most}× at this size`} min={1} step="1" value={state.leverage} onInput={(leverage) => calculator.set({ leverage })} />
      <input type="range" class="leverage" aria-label="Leverage" data-tip="Up to what the venue allows at this size" min="1" max={Math.max(most, state.leverage)} step="1" value={state.leverage} onInput={(event) => calculator.set({ leverage: Number(event.currentTarget.value) })} />
      <Segments label="Margin" value={state.mode} choices={MODES} onChoose={(mode) => calculator.set({ mode })} />
      {state.mode === "cross" && <NumberField label="Balance" unit={instrument?.quote ?? ""} tip="What the account holds and no other position uses" min={0} value={state.balance} onInput={(balance) => calculator.set({ balance })} />}
      <NumberField label="Taker fee" unit="%" tip="Yours: it depends on your tier at the venue. Most start between 0.04 and 0.06 %" min={0} step="0.001" value={+(100 * state.fee).toPrecision(6)} onInput={(fee) => calculator.set({ fee: fee / 100 })} />
      {terms && result && <Answer result={result} terms={terms} page={page} tick={instrument?.tick ?? 1} leverage={state.leverage} />}
      {terms && !result && <p class="note">Every number must be above 0, leverage at least 1.</p>}
      {calculator.fault.value && <p class="note">{calculator.fault.value}</p>}
    </Panel>
  );
}

function Answer({ result, terms, page, tick, leverage }: { result: Result; terms: TiersAnswer; page: Page; tick: number; leverage: number }) {
  const { tier } = result, percent = (x: number): string => `${+(100 * x).toPrecision(3)} %`;
  const cap = tier.cap === null ? "and more" : `to ${usd(tier.cap)}`;
  return (
    <>
      <dl class="answer" aria-live="polite" aria-label="Result">
        <Row name="Liquidation" tip="Mark price at which what is left equals the maintenance margin"><b class="hot">{result.liquidation === null ? "never" : price(result.liquidation, tick)}</b>{result.distance !== null && <span class="dim"> {percent(result.distance)}</span>}</Row>
        <Row name="Bankruptcy" tip="Price at which nothing is left: between liquidation and here the venue closes">{result.bankruptcy === null ? "never" : price(result.bankruptcy, tick)}</Row>
        <Row name="Initial margin" tip="Size ÷ leverage: what must be there to open">{money(result.initialMargin)}</Row>
        <Row name="Maintenance" tip={`At the liquidation price: ${percent(tier.maintenance_margin_rate)} of notional less ${money(tier.maintenance_amount)}; tier from ${tier.floor > 0 ? usd(tier.floor) : "0"} ${cap}`}>{money(result.maintenance)}<span class="dim"> {percent(tier.maintenance_margin_rate)}</span></Row>
        <Row name="Fees" tip="Taker fee of opening, and of closing at the liquidation price">{money(result.openFee)} + {money(result.closeFee)}</Row>
        <Row name="Break-even" tip="Price at which profit pays both fees">{price(result.breakEven, tick)}</Row>
      </dl>
      {leverage > result.maxLeverage && <p class="note">The venue grants at most {result.maxLeverage}× at this size.</p>}
      {result.underfunded && <p class="note">The balance is below the initial margin: it would not open.</p>}
      <p class="dim source">{terms.fallback ? <b class="note">{terms.source}</b> : <>Tiers: {terms.source}{terms.from > 0 && `, of ${dateTime(terms.from, page.settings.zone.value).slice(0, 10)}`}</>}</p>
    </>
  );
}

function InstrumentField({ page, calculator }: { page: Page; calculator: Calculator }) {
  const all = page.session.server.instruments.value, chosen = calculator.other.value;
  const id = (i: { venue: string; symbol: string }): string => `${i.venue} ${i.symbol}`;
  return (
    <label class="field" data-tip="Whose tiers and fees: the instrument on the chart, or another">
      <span>Contract</span>
      <select aria-label="Contract" value={chosen ? id(chosen) : ""} onChange={(event) => void (calculator.other.value = all.find((i) => id(i) === event.currentTarget.value) ?? null)}>
        <option value="">the one shown</option>
        {all.map((i) => <option key={id(i)} value={id(i)}>{i.symbol} · {i.venue}</option>)}
      </select>
    </label>
  );
}
