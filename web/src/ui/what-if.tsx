import type { WhatIf } from "../tools/what-if";
import { MOST_IMPACT, toggleTool } from "../state/tool-settings";
import { impact, type Cascade, type MarketState } from "../model/cascade";
import { age, compact, decimals, price, usd } from "../units/format";
import type { Instrument } from "../wire/api";
import { Toggle } from "./controls";
import { NumberField, Panel, Row } from "./panel";
import type { Page } from "./page";

const WHAT = "Drag the line: what the map estimates to be liquidated on price's way there, and how far that might push it on  ·  Q";
const STEPS = [-0.05, -0.02, -0.01, 0.01, 0.02, 0.05] as const;
const LAW = "Square-root law: forced orders of Q move price by Y · σ · √(Q ÷ V) beyond the line; that liquidates more, and so on until nothing is added. σ and V are a day's volatility and volume of this instrument, measured. Assumes that price is at the line, that everything standing is closed at market at once and by nothing else, and that nobody steps in";

/** What would be liquidated on the way to a line, and beyond. */
export function WhatIfPanel({ page, whatIf }: { page: Page; whatIf: WhatIf }) {
  const { tools } = page.settings, line = tools.target.value, known = whatIf.known.value.value, fault = whatIf.known.fault.value, answer = whatIf.answer.value;
  const percent = (x: number): string => `${x > 0 ? "+" : "−"}${+Math.abs(100 * x).toPrecision(3)} %`;
  return (
    <Panel page={page} title="What if" tip={WHAT}>
      {!known && !fault && <p class="dim">reading what stands</p>}
      {fault && <p class="note">{fault}</p>}
      {known && line !== null && (
        <>
          <div class="field-row">
            <NumberField label="Price to" unit={known.instrument.quote} tip="Drag the line on the chart, or type" min={0} value={+line.toFixed(decimals(known.instrument.tick))} onInput={(to) => whatIf.set(to)} />
            <Toggle label="pick a place for the line on the chart" tip="The next click on the chart places the line" pressed={tools.tool.value === "target"} onPress={() => toggleTool(tools, "target")}>pick</Toggle>
          </div>
          <div class="segments" role="group" aria-label="Distance">
            {STEPS.map((step) => <button key={step} type="button" data-tip={`${percent(step)} from price`} onClick={() => whatIf.set(known.answer.book.price * (1 + step))}>{percent(step).replace(" %", "")}</button>)}
          </div>
          {answer && <Way answer={answer} instrument={known.instrument} from={known.answer.book.price} line={line} percent={percent} />}
          {answer && answer.way.venues.length > 1 && (
            <dl class="answer" aria-live="polite" aria-label="By venue">
              {answer.way.venues.map((venue) => <Part key={venue.name} name={venue.name} usd={venue.usd} of={answer.way.usd} />)}
            </dl>
          )}
          {answer && known.answer.market && <Beyond page={page} answer={answer} market={known.answer.market} line={line} tick={known.instrument.tick} percent={percent} />}
          {!known.answer.market && <p class="note">No cascade: too little traded in the last day to measure this market.</p>}
        </>
      )}
    </Panel>
  );
}

function Way({ answer, instrument, from, line, percent }: { answer: Cascade; instrument: Instrument; from: number; line: number; percent: (x: number) => string }) {
  const { way } = answer, label = new Map(instrument.groups.map((g) => [g.name, g.label]));
  return (
    <dl class="answer" aria-live="polite" aria-label="Liquidated on the way">
      <Row name="From" tip="Newest price that levels are swept on">{price(from, instrument.tick)} <span class="dim">{percent(line / from - 1)}</span></Row>
      <Row name={`${way.side}s`} tip="What the map holds between price and the line"><b class="stamp estimated">ESTIMATED</b> <b class="hot">{usd(way.usd)}</b></Row>
      {way.groups.map((group) => <Part key={group.name} name={`${(label.get(group.name) ?? group.name).toLowerCase()} leverage`} usd={group.usd} of={way.usd} />)}
    </dl>
  );
}

/** One part of what is liquidated, and its share. */
function Part({ name, usd: amount, of }: { name: string; usd: number; of: number }) {
  return <Row name={name}>{usd(amount)} <span class="dim">{of > 0 ? `${Math.round((100 * amount) / of)} %` : ""}</span></Row>;
}

function Beyond({ page, answer, market, line, tick, percent }: { page: Page; answer: Cascade; market: MarketState; line: number; tick: number; percent: (x: number) => string }) {
  const { tools } = page.settings, y = tools.impact.value;
  return (
    <>
      <dl class="answer" aria-live="polite" aria-label="Cascade">
        <Row name="Cascade" tip={LAW}><b class="stamp estimated">ESTIMATED</b></Row>
        <Row name="ends at" tip={`Line × exp(∓ Y · σ · √(Q ÷ V)), solved in ${answer.steps.length - 1} rounds`}><b>{answer.beyond ? "beyond " : ""}{price(answer.end, tick)}</b> <span class="dim">{percent(answer.end / line - 1)}</span></Row>
        <Row name="in all" tip="Liquidated from price to where the cascade ends">{usd(answer.total.usd)} <span class="dim">{answer.way.usd > 0 ? `×${(answer.total.usd / answer.way.usd).toFixed(2)}` : ""}</span></Row>
        <Row name="first push" tip="Y · σ · √(Q ÷ V) of what is liquidated on the way alone">{percent((line < answer.end ? 1 : -1) * impact(answer.way.usd, market, y))}</Row>
        <Row name="volatility a day" tip={`σ: volatility of the last ${age(market.over)}, scaled to a day`}>{(100 * market.volatility).toFixed(2)} %</Row>
        <Row name="volume a day" tip={`V: traded in the last ${age(market.over)}, scaled to a day`}>${compact(market.volume)}</Row>
      </dl>
      <NumberField label="Impact Y" tip="Strength of impact: of order one in the literature, higher where books are thin" min={0} step="0.1" value={y} onInput={(next) => { if (next >= 0 && next <= MOST_IMPACT) tools.impact.value = next; }} />
    </>
  );
}
