import { useEffect, useRef } from "preact/hooks";
import { ExportSheet } from "./export";
import { KEYS } from "./keys";
import { ScreenerSheet } from "./screener";
import type { Page, Sheet } from "./page";
import { modelText, RecordSheet } from "./record";
import { VenueTable } from "./venues";

const CAP: Record<string, string> = { ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc", " ": "space" };

const cap = (key: string): string => (key === "+" ? key : key.split("+").map((part) => CAP[part] ?? (part.length === 1 ? part.toUpperCase() : part)).join(" "));

const TITLE: Record<NonNullable<Sheet>, string> = { keys: "Keys and gestures", about: "About", record: "Track record", instruments: "Instruments", venues: "Venues", export: "Export", screener: "Screener" };

/** Sheets over the page: keys, venues, the track record, and what this is. */
export function Sheets({ page }: { page: Page }) {
  const open = page.sheet.value, box = useRef<HTMLDivElement>(null);
  const close = (): void => void (page.sheet.value = null);
  useEffect(() => box.current?.focus(), [open]);
  if (!open) return null;
  return (
    <div class="backdrop" onClick={close}>
      <div ref={box} class="sheet" data-sheet={open} role="dialog" aria-modal="true" aria-label={TITLE[open]} tabIndex={-1} onClick={(event) => event.stopPropagation()}>
        <button type="button" class="close" aria-label="Close" data-tip="Close  ·  Esc" onClick={close}>×</button>
        {open === "keys" ? <Keys /> : open === "record" ? <RecordSheet page={page} /> : open === "venues" ? <VenueTable page={page} /> : open === "export" ? <ExportSheet page={page} /> : open === "screener" ? <ScreenerSheet page={page} /> : <About page={page} />}
      </div>
    </div>
  );
}

function Keys() {
  return (
    <>
      <h2>Keys and gestures</h2>
      <dl>
        {KEYS.map((key) => (
          <div key={key.help}>
            <dt>{key.keys.map((k) => <kbd key={k}>{cap(k)}</kbd>)}</dt>
            <dd>{key.help}</dd>
          </div>
        ))}
        <div><dt><kbd>Alt</kbd></dt><dd>hold: lens; <kbd>Shift</kbd> pins one (several may be), the wheel changes its power, with <kbd>Ctrl</kbd> its size; on a touch screen press long, a second finger pins</dd></div>
        <div><dt>wheel, drag</dt><dd>zoom and move; drag the price axis to scale it; double-click the axis for automatic prices, the chart for the newest</dd></div>
        <div><dt>right click</dt><dd>alert me of the zone or price there</dd></div>
        <div><dt><kbd>Shift</kbd> drag</dt><dd>zoom into a rectangle; on a touch screen pinch</dd></div>
      </dl>
    </>
  );
}

function About({ page: { session, settings } }: { page: Page }) {
  const model = session.instrument.value?.model;
  return (
    <>
      <h2>Halcyon {session.server.status.value?.version ?? ""}</h2>
      <p>An open liquidation heatmap. The map is an <b>estimate</b>: positions are modelled from trades and open interest, and where they would be liquidated follows from leverage and the venue's margin rules. It is not a record of anybody's positions.</p>
      <p>A column is the map as of that column's close, with the numbers known then; it never changes afterwards. The colour is how far a cell stands above its population, named in the legend.</p>
      {model && <p>{modelText(model, settings.zone.value)} <a href="/docs/model" target="_blank" data-tip="Opens the description of the model in a new tab">How the model works and where it misleads</a>.</p>}
      <p class="dim">Charts by <a href="https://www.tradingview.com/" target="_blank" rel="noreferrer">TradingView Lightweight Charts™</a>, © TradingView, Inc., Apache 2.0. Views by Preact, MIT. Colour spaces after Björn Ottosson; Viridis after Smith and van der Walt, Cividis after Nuñez, Anderton and Renslow.</p>
    </>
  );
}
