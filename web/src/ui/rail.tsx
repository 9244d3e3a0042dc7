import { signal } from "@preact/signals";
import { togglePanel, type PanelName } from "../chart/tool-settings";
import { Toggle } from "./controls";
import type { Page } from "./page";

interface PanelTool {
  readonly panel: PanelName;
  readonly label: string;
  readonly tip: string;
  /** Path of a 16 × 16 icon, stroked. */
  readonly icon: string;
}

const PANEL_TOOLS: readonly PanelTool[] = [
  { panel: "calculator", label: "Liquidation calculator", tip: "Calculator: where a position of yours would be liquidated  ·  K", icon: "M3.5 2h9v12h-9z M5.5 4.5h5 M5.5 8h.01 M8 8h.01 M10.5 8h.01 M5.5 11h.01 M8 11h.01 M10.5 11h.01" },
  { panel: "whatif", label: "What if", tip: "What if price went there: what would be liquidated on the way, and how far it might cascade  ·  Q", icon: "M2 4h12 M2 12.5h4 M10 12.5h4 M8 6.5v5 M6 9.7l2 2 2-2" },
  { panel: "alerts", label: "Alerts", tip: "Alerts: be told of zones, sweeps, liquidations and silence  ·  Y", icon: "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 .9H3z M6.8 14h2.4" },
];

/** On a phone the tools are folded away. */
const open = signal(false);

export function RailToggle() {
  return <Toggle label="Tools" tip="Tools over the chart" pressed={open.value} onPress={() => void (open.value = !open.value)}>tools</Toggle>;
}

/** Tools at the left edge of the chart. */
export function Rail({ page }: { page: Page }) {
  const { tools } = page.settings;
  return (
    <div class="rail" data-open={open.value} role="toolbar" aria-label="Tools" aria-orientation="vertical">
      {PANEL_TOOLS.map(({ panel, label, tip, icon }) => (
        <button key={panel} type="button" aria-label={label} aria-pressed={tools.panel.value === panel} data-tip={tip} onClick={() => togglePanel(tools, panel)}><Icon path={icon} /></button>
      ))}
    </div>
  );
}

function Icon({ path }: { path: string }) {
  return <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true"><path d={path} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" /></svg>;
}
