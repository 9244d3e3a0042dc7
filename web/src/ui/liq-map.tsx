/** The liquidation map as traders know it: prices to the right, USD upwards, over the chart; as known at the shown instant. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { barAt, drawLiqMap, liqMapOf, REACHES, type Bar, type LiqMap } from "../layers/liq-map";
import { INK } from "../scale/ink";
import { selectionText } from "../scale/selection";
import { ago, dateTime, price, usd } from "../units/format";
import { Segments, type Choice } from "./controls";
import type { Page } from "./page";

const CHOICES: readonly Choice<string>[] = REACHES.map((reach) => ({ value: String(reach), label: `±${100 * reach} %`, tip: `Prices within ${100 * reach} % of price` }));
const WHAT = "What is estimated to stand at each price: longs below price, shorts above. The lines add up from price outwards: what would be liquidated if price went there. Point at a bar, or use ← and →; a click marks its prices on the chart  ·  $";
/** The narrowest a bar is, CSS pixels. */
const NARROWEST = 4;

/** Opens the map, or closes it. */
export function toggleMap({ settings: { map } }: Page): void {
  map.value = map.peek() === null ? 0.1 : null;
}

export function LiquidationMap({ page }: { page: Page }) {
  const { settings, tools } = page, reach = settings.map.value, standing = tools.value?.standing;
  const box = useRef<HTMLElement>(null), width = useSignal(0), pointed = useSignal(-1);
  useEffect(() => {
    if (!box.current) return;
    box.current.focus();
    const observer = new ResizeObserver(([entry]) => void (width.value = Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  if (reach === null) return null;
  const known = standing?.value.value ?? null, by = settings.stack.value, groups = known?.instrument.groups.map((group) => group.name) ?? [];
  const most = Math.max(20, Math.floor((width.value - 110) / 2 / NARROWEST));
  const map = known && width.value > 0 ? liqMapOf(known.answer, { groups, selection: settings.selection.value, by, reach, most }) : null;
  const move = (by: number): void => void (map && (pointed.value = Math.max(0, Math.min(map.bars.length - 1, (pointed.value < 0 ? map.bars.findIndex((bar) => bar.side === "short") : pointed.value) + by))));
  const close = (): void => void (settings.map.value = null);
  return (
    <section
      ref={box} class="liq-map" aria-label="Liquidation map" tabIndex={-1}
      onKeyDown={(event) => {
        const step = ({ ArrowLeft: -1, ArrowRight: 1 } as Record<string, number>)[event.key];
        if (step !== undefined && !(event.target instanceof HTMLInputElement)) move(step);
        else if (event.key === "Escape") close();
        else return;
        event.stopPropagation();
        event.preventDefault();
      }}
    >
      <p class="liq-map-head">
        <b tabIndex={0} data-tip={WHAT}>Liquidation map</b> <b class="stamp estimated">ESTIMATED</b>
        {map && <span class="dim"> {settings.at.value === null ? "stands at" : "stood at"} {dateTime(map.at, settings.zone.value)}{settings.at.value === null && `, ${ago(Math.max(0, Date.now() - map.at))} ago`} · {selectionText(settings.selection.value)}</span>}
        <span class="spring" />
        {known?.instrument.parts && (
          <button type="button" class="toggle" data-tip="Bars by leverage or by venue  ·  |" onClick={() => void (settings.stack.value = by === "venue" ? "leverage" : "venue")}>by {by}</button>
        )}
        <Segments label="Reach" value={String(reach)} choices={CHOICES} onChoose={(value) => void (settings.map.value = Number(value))} />
        <button type="button" class="close" aria-label="Close the liquidation map" data-tip="Close  ·  Esc" onClick={close}>×</button>
      </p>
      {standing?.fault.value && <p class="note">{standing.fault.value}</p>}
      {!known && !standing?.fault.value && <p class="dim">reading what stands</p>}
      {map && known && <Plot page={page} map={map} tick={known.instrument.tick} width={width.value} pointed={pointed.value} point={(bar) => void (pointed.value = bar)} />}
      {map && known && <Words map={map} tick={known.instrument.tick} bar={map.bars[pointed.value]} colours={map.by === "venue" ? INK[settings.theme.value].venues : INK[settings.theme.value].groups} labels={new Map(known.instrument.groups.map((group) => [group.name, group.label.toLowerCase()]))} />}
    </section>
  );
}

function Plot({ page: { settings }, map, tick, width, pointed, point }: { page: Page; map: LiqMap; tick: number; width: number; pointed: number; point: (bar: number) => void }) {
  const canvas = useRef<HTMLCanvasElement>(null), theme = settings.theme.value;
  useEffect(() => {
    const on = canvas.current, context = on?.getContext("2d");
    if (!on || !context) return;
    const ratio = devicePixelRatio, height = on.clientHeight;
    on.width = Math.round(width * ratio);
    on.height = Math.round(height * ratio);
    drawLiqMap(context, map, { width: on.width, height: on.height, ratio }, { ink: INK[theme], tick, pointed });
  });
  const at = (event: PointerEvent): number => {
    const on = canvas.current as HTMLCanvasElement, { left } = on.getBoundingClientRect();
    return barAt(map, { width: on.width, height: on.height, ratio: devicePixelRatio }, (event.clientX - left) * devicePixelRatio);
  };
  const mark = (bar: Bar | undefined): void => void (bar && (settings.mark.value = { low: bar.low, high: bar.high }));
  return (
    <canvas
      ref={canvas} role="img" aria-label="Estimated USD by price; the numbers of a bar are read out below"
      onPointerMove={(event) => point(at(event))} onPointerLeave={(event) => event.pointerType === "mouse" && point(-1)} onClick={(event) => mark(map.bars[at(event as unknown as PointerEvent)])}
    />
  );
}

/** The bar that is pointed at, in numbers; without one the sums and the prices of most pain. */
function Words({ map, tick, bar, colours, labels }: { map: LiqMap; tick: number; bar: Bar | undefined; colours: readonly string[]; labels: ReadonlyMap<string, string> }) {
  const key = (k: number): string => colours[(map.colours[k] as number) % colours.length] as string;
  const percent = (to: number): string => `${to < map.price ? "−" : "+"}${(100 * Math.abs(to / map.price - 1)).toFixed(2)} %`;
  return (
    <p class="liq-map-words" aria-live="polite">
      {map.names.map((name, k) => <span key={name} class="key"><i style={{ background: key(k) }} /> {labels.get(name) ?? name}{bar && <> <b>{usd(bar.parts[k] ?? 0)}</b></>}</span>)}
      {bar ? (
        <>
          <span><b>{price(bar.low, tick)} – {price(bar.high, tick)}</b> <span class="dim">{percent(Math.sqrt(bar.low * bar.high))}</span></span>
          <span>{bar.side}s <b class="hot">{usd(bar.usd)}</b></span>
          <span>from price to here <b>{usd(bar.cumulative)}</b></span>
        </>
      ) : (
        <>
          <span>longs below <b>{usd(map.sums.long)}</b></span>
          <span>shorts above <b>{usd(map.sums.short)}</b></span>
          {map.pain.long && <span>most longs at <b>{price(map.pain.long.price, tick)}</b> <span class="dim">{usd(map.pain.long.usd)} in 4 bp</span></span>}
          {map.pain.short && <span>most shorts at <b>{price(map.pain.short.price, tick)}</b> <span class="dim">{usd(map.pain.short.usd)} in 4 bp</span></span>}
        </>
      )}
    </p>
  );
}
