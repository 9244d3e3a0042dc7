import { signal } from "@preact/signals";
import type { AlertBook, Draft } from "../state/alert-book";
import { inWords, type Alerts } from "../tools/alerts";
import { toggleTool } from "../state/tool-settings";
import { dateTime, price } from "../units/format";
import type { AlertKind } from "../wire/api";
import { Segments, Toggle, type Choice } from "./controls";
import { NumberField, Panel } from "./panel";
import type { Page } from "./page";

const WHAT = "The server watches and tells you, here and where it was set up to: on the desktop, by webhook, Telegram or Discord  ·  !";
const KINDS: Record<AlertKind, string> = {
  near: "price near a zone", hot: "a hot zone appears", swept: "a zone is swept", liquidation: "large liquidations (observed)", stale: "the feed is stale",
};
type Side = "both" | "long" | "short";
const SIDES: readonly Choice<Side>[] = [
  { value: "both", label: "Both", tip: "Longs and shorts" }, { value: "long", label: "Longs", tip: "Longs, below price" }, { value: "short", label: "Shorts", tip: "Shorts, above price" },
];

/** Making, listing and reading alerts. */
export function AlertsPanel({ page, alerts }: { page: Page; alerts: Alerts }) {
  const book = page.session.server.alerts;
  if (!book.kept.value) return <Panel page={page} title="Alerts" tip={WHAT}><p class="dim">This server keeps no alerts.</p></Panel>;
  return (
    <Panel page={page} title="Alerts" tip={WHAT}>
      <DraftForm page={page} alerts={alerts} />
      {book.fault.value && <p class="note">{book.fault.value}</p>}
      <Rules page={page} book={book} />
      <Fired page={page} book={book} />
      <Ways book={book} />
    </Panel>
  );
}

function DraftForm({ page, alerts }: { page: Page; alerts: Alerts }) {
  const draft = alerts.draft.value, { kind } = draft, { tools } = page.settings, instrument = page.session.instrument.value;
  const has = (field: keyof Draft): boolean => ({ within: kind === "near", usd: kind === "near" || kind === "swept" || kind === "liquidation", z: kind === "hot", stale_ms: kind === "stale", side: kind !== "stale", low: kind !== "stale" && kind !== "liquidation" } as Partial<Record<keyof Draft, boolean>>)[field] ?? false;
  const anywhere = (): void => {
    const { low, high, ...rest } = alerts.draft.peek();
    void [low, high];
    alerts.draft.value = rest;
  };
  return (
    <form class="draft" onSubmit={(event) => { event.preventDefault(); void alerts.add(); }}>
      <label class="field" data-tip="What to be told of: a zone near price, hot or swept, large liquidations, a feed gone silent">
        <span>When</span>
        <select aria-label="When" value={kind} onChange={(event) => alerts.set({ kind: event.currentTarget.value as AlertKind })}>
          {Object.entries(KINDS).map(([value, label]) => <option key={value} value={value}>{label}</option>)}
        </select>
      </label>
      {has("within") && <NumberField label="Within" unit="%" tip="Distance of price from the zone's nearer edge" min={0} value={+(100 * (draft.within ?? 0)).toPrecision(6)} onInput={(x) => alerts.set({ within: x / 100 })} />}
      {has("usd") && <NumberField label="At least" unit="M USD" tip={kind === "liquidation" ? "Reported by the venue within a minute, on one side" : "Estimated notional of the zone"} min={0} value={+((draft.usd ?? 0) / 1e6).toPrecision(6)} onInput={(x) => alerts.set({ usd: x * 1e6 })} />}
      {has("z") && <NumberField label="z at least" tip="Standard deviations of its fullest bin above the mean of the last day" min={0} value={draft.z ?? 0} onInput={(z) => alerts.set({ z })} />}
      {has("stale_ms") && <NumberField label="Silent for" unit="min" tip="No column has closed for so long; live instruments alone" min={1} value={Math.round((draft.stale_ms ?? 0) / 60_000)} onInput={(x) => alerts.set({ stale_ms: x * 60_000 })} />}
      {has("side") && <Segments label="Side" value={(draft.side as Side | undefined) ?? "both"} choices={SIDES} onChoose={(side) => alerts.set({ side: side === "both" ? "" : side })} />}
      {has("low") && (
        <div class="field-row">
          <span class="dim where">{draft.low && draft.high ? `${price(draft.low, instrument?.tick ?? 1)} – ${price(draft.high, instrument?.tick ?? 1)}` : "anywhere"}</span>
          {draft.low && <Toggle label="Watch every price" tip="Every zone, wherever it is" onPress={anywhere}>anywhere</Toggle>}
          <Toggle label="Pick a zone on the chart" tip="The next click on the chart says which zone" pressed={tools.tool.value === "alert"} onPress={() => toggleTool(tools, "alert")}>pick</Toggle>
        </div>
      )}
      <button type="submit" class="make" data-tip="Watched by the server from now on, whether this page is open or not" disabled={!instrument}>Make the alert</button>
    </form>
  );
}

function Rules({ page, book }: { page: Page; book: AlertBook }) {
  const rules = book.rules.value, shown = page.session.instrument.value;
  if (rules.length === 0) return <p class="dim">No alerts yet.</p>;
  return (
    <ul class="rules" aria-label="Alerts">
      {rules.map((rule) => (
        <li key={rule.id} data-paused={rule.paused ?? false}>
          <span>{(rule.venue !== shown?.venue || rule.symbol !== shown.symbol) && <b>{rule.symbol} {rule.venue} </b>}{inWords(rule)}{rule.low && rule.high ? ` at ${+rule.low.toPrecision(6)}–${+rule.high.toPrecision(6)}` : ""}</span>
          <button type="button" class="plain" aria-label={rule.paused ? "Go on" : "Pause"} data-tip={rule.paused ? "Go on watching" : "Pause"} onClick={() => void book.pause(rule)}>{rule.paused ? "▶" : "❚❚"}</button>
          <button type="button" class="plain" aria-label="Delete the alert" data-tip="Delete" onClick={() => void book.remove(rule)}>×</button>
        </li>
      ))}
    </ul>
  );
}

function Fired({ page, book }: { page: Page; book: AlertBook }) {
  const fired = book.fired.value.slice(0, 20);
  if (fired.length === 0) return null;
  return (
    <ul class="fired" aria-label="What has fired">
      {fired.map((firing) => <li key={firing.id}><time class="dim">{dateTime(firing.at, page.settings.zone.value)}</time> <b>{firing.title}</b><br /><span class="dim">{firing.text}</span></li>)}
    </ul>
  );
}

const permission = signal(typeof Notification === "undefined" ? "denied" : Notification.permission);

function Ways({ book }: { book: AlertBook }) {
  const channels = book.channels.value;
  return (
    <p class="dim source">
      Told on this page{channels.length > 0 ? ` and by ${channels.join(", ")}` : ""}.{" "}
      {permission.value === "granted" ? "Desktop notifications are on." : permission.value === "default"
        ? <button type="button" class="plain link" data-tip="Asks the browser to let this page show notifications" onClick={() => void Notification.requestPermission().then((answer) => void (permission.value = answer))}>Notify on the desktop</button>
        : "Desktop notifications are off in this browser."}
    </p>
  );
}

/** What fired just now, over the page. */
export function Toasts({ page }: { page: Page }) {
  const book = page.session.server.alerts;
  if (book.toasts.value.length === 0) return null;
  return (
    <div class="toasts" role="log" aria-live="assertive" aria-label="Alerts that fired">
      {book.toasts.value.map((firing) => (
        <div key={firing.id} class="toast">
          <b>{firing.title}</b>
          <button type="button" aria-label="Put away" onClick={() => book.dismiss(firing)}>×</button>
          <p>{firing.text}</p>
          {firing.low && firing.high && <button type="button" class="plain link" onClick={() => void (page.settings.mark.value = { low: firing.low as number, high: firing.high as number })}>show on the chart</button>}
        </div>
      ))}
    </div>
  );
}
