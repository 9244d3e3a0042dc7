import { age, amount, dateTime, price, score } from "../units/format";
import { HOT_Z, type Zone } from "../layers/zones";
import type { Page } from "./page";
import { RecordBrief } from "./record";

const WHAT = `Zones: neighbouring cells of z ≥ ${HOT_Z}, merged. L below price, S above, 1 the nearest. Click one to mark it on the chart  ·  Z`;

/** Zones beside the chart: named, with range, amount, z, age and what is not known of them. */
export function Zones({ page }: { page: Page }) {
  const { stage, settings, session } = page;
  const found = stage.value?.zones, list = found?.zones.value ?? [], at = found?.at.value ?? 0;
  const tick = session.instrument.value?.tick ?? 1;
  const longs = list.findIndex((zone) => zone.side === "long");
  return (
    <aside class="zones" aria-label="Zones: neighbouring hot levels">
      <p class="zones-head"><b tabIndex={0} data-tip={WHAT}>Zones</b> <span class="dim">{at > 0 ? dateTime(at, settings.zone.value) : ""}</span></p>
      {list.length === 0 && <p class="dim zones-none">No cell in view stands a standard deviation above the mean.</p>}
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

function Entry({ zone, tick, page: { settings, session } }: { zone: Zone; tick: number; page: Page }) {
  const unit = session.instrument.value?.unit ?? "usd", mark = settings.mark.value, chosen = !!mark && mark.low < zone.high && mark.high > zone.low;
  const percent = (share: number): string => `${(100 * share).toFixed(share < 0.01 ? 2 : share < 0.1 ? 1 : 0)} %`;
  const unknown = `Estimated ${zone.side}s. Not a confidence interval: ${percent(zone.unplaced)} of the ${zone.side}s' open interest has no known level, so that much may be missing; prices are known to half a cell, ±${percent(zone.priceError)}. z of the fullest cell; age since it held half of this.`;
  return (
    <button type="button" class="zone" aria-pressed={chosen} data-tip={unknown} onClick={() => void (settings.mark.value = chosen ? null : { low: zone.low, high: zone.high })}>
      <span class="zone-line"><b>{zone.name}</b><span>{price(zone.low, tick)} – {price(zone.high, tick)}</span></span>
      <span class="zone-line"><b>{amount(zone.usd, unit)}</b><span>z {score(zone.z)}</span><span>{zone.older ? "> " : ""}{age(zone.age)}</span></span>
      <span class="zone-line dim"><span>{percent(zone.distance)} {zone.side === "long" ? "below" : "above"}</span><span>{percent(zone.unplaced)} unplaced</span></span>
    </button>
  );
}
