import { age, amount, dateTime, price, score } from "../units/format";
import { HOT_Z, type Zone } from "../layers/zones";
import type { RecordAnswer } from "../wire/api";
import type { Page } from "./page";
import { RecordBrief } from "./record";

const WHAT = `Zones: neighbouring cells of z ≥ ${HOT_Z}, merged. L below price, S above, 1 the nearest. ± is the mean error of its price, ÷ or × that of its USD. Click one to mark it on the chart  ·  Z`;

/** Zones beside the chart: named, with range, amount, z, age and margins of error. */
export function Zones({ page }: { page: Page }) {
  const { stage, settings, session } = page;
  const found = stage.value?.zones, list = found?.zones.value ?? [], at = found?.at.value ?? 0;
  const tick = session.instrument.value?.tick ?? 1;
  const longs = list.findIndex((zone) => zone.side === "long");
  return (
    <aside class="zones" aria-label="Zones: neighbouring hot levels">
      <p class="zones-head"><b tabIndex={0} data-tip={WHAT}>Zones</b> <span class="dim">{at > 0 ? dateTime(at, settings.zone.value) : ""}</span>
        <button type="button" class="close" aria-label="Close the zones" data-tip="Close  ·  Z" onClick={() => void (settings.zones.value = false)}>×</button>
      </p>
      {list.length === 0 && session.instrument.value && <p class="dim zones-none">None in view: no cell stands a standard deviation above the mean.</p>}
      <ul>
        {list.map((zone, i) => (
          <li key={`${zone.name} ${zone.low}`} data-first-long={i === longs}>
            <Entry zone={zone} tick={tick} page={page} />
          </li>
        ))}
      </ul>
      <RecordBrief page={page} />
    </aside>
  );
}

const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 2 : share < 0.1 ? 1 : 0)} %`;

function Entry({ zone, tick, page }: { zone: Zone; tick: number; page: Page }) {
  const { settings, session, tools } = page, unit = session.instrument.value?.unit ?? "usd", mark = settings.mark.value, chosen = !!mark && mark.low < zone.high && mark.high > zone.low;
  const usd = amountError(page.record.value, zone.side);
  const stood = `${zone.older ? "at least " : ""}${age(zone.age)}`;
  const margin = `Estimated ${zone.side}s. Price: a level that has stood ${stood} lies on average ±${percent(zone.priceError)} from where it is drawn, for margin is added and entries are averaged. USD: ${usd.words} ${percent(zone.unplaced)} of the ${zone.side}s' open interest has no known level, and is missing here. Not a confidence interval. z of the fullest cell; age since it held half of this.`;
  return (
    <>
      <button type="button" class="zone" aria-pressed={chosen} data-tip={margin} onClick={() => void (settings.mark.value = chosen ? null : { low: zone.low, high: zone.high })}>
        <span class="zone-line"><b>{zone.name}</b><span>{price(zone.low, tick)} – {price(zone.high, tick)}</span></span>
        <span class="zone-line"><b>{amount(zone.usd, unit)}</b><span>z {score(zone.z)}</span><span>{zone.older ? "> " : ""}{age(zone.age)}</span></span>
        <span class="zone-line dim"><span>{percent(zone.distance)} {zone.side === "long" ? "below" : "above"}</span><span>±{percent(zone.priceError)}</span>{usd.brief && <span>{usd.brief}</span>}</span>
      </button>
      <button type="button" class="plain watch" aria-label={`Alert me of ${zone.name}`} data-tip="Alert me: opens an alert on this zone; or right-click the chart" onClick={() => tools.value?.alerts.watch(zone)}>
        <BellIcon />
      </button>
    </>
  );
}

/** What amounts are worth by the track record: how many times more was swept than published, over the longest stretch that could be judged. */
function amountError(record: RecordAnswer | null, side: Zone["side"]): { brief: string; words: string } {
  const judged = (record?.records ?? []).filter((r) => r.side === side && r.swept_over_published > 0).sort((a, b) => b.window_ms - a.window_ms)[0];
  if (!judged) return { brief: "", words: "not proven, for nothing that was published here can be compared with it." };
  const times = judged.swept_over_published, few = (x: number): string => String(+x.toPrecision(2));
  return {
    brief: times >= 1 ? `USD ÷ ${few(times)}` : `USD × ${few(1 / times)}`,
    words: `over the last ${age(judged.window_ms)} this map's ${side}s swept ${few(times)} times what the venue published, so ${times >= 1 ? "less" : "more"} may be liquidated; venues publish less than happens.`,
  };
}

function BellIcon() {
  return (
    <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2a4 4 0 0 0-4 4v3l-1.5 2.5h11L12 9V6a4 4 0 0 0-4-4ZM6.5 13.5a1.5 1.5 0 0 0 3 0" fill="none" stroke="currentColor" stroke-width="1.3" /></svg>
  );
}
