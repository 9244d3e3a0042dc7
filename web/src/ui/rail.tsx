import { signal } from "@preact/signals";
import { togglePanel, toggleTool, type PanelName } from "../state/tool-settings";
import type { DrawingKind } from "../layers/shapes";
import { Toggle } from "./controls";
import { Icon } from "./icon";
import { narrow } from "./narrow";
import type { Page } from "./page";
import { ZoomControls } from "./ranges";

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
  { panel: "alerts", label: "Alerts", tip: "Alerts: be told of zones, sweeps, liquidations and silence  ·  !", icon: "M4 11.5V7a4 4 0 0 1 8 0v4.5l1 .9H3z M6.8 14h2.4" },
];

const DRAWING_TOOLS: readonly { readonly tool: DrawingKind; readonly label: string; readonly tip: string; readonly icon: string }[] = [
  { tool: "horizontal", label: "Horizontal line", tip: "Horizontal line: click where it shall lie; drag to move, Del deletes  ·  \\ next drawing tool", icon: "M2 8h12 M8 6.2v3.6" },
  { tool: "trend", label: "Trend line", tip: "Trend line: drag it, or click both ends  ·  \\ next drawing tool", icon: "M3.5 12.5 12.5 3.5 M2.5 12.5h2 M11.5 3.5h2" },
  { tool: "range", label: "Price range", tip: "Range: how far price went, and how long it took; drag from start to end  ·  \\ next drawing tool", icon: "M3 3.5h10v9H3z M8 6v4 M6.8 7.2 8 6l1.2 1.2" },
];

/** On a phone the tools are folded away. */
const open = signal(false);

export function RailToggle() {
  return <Toggle label="Tools" tip="Tools over the chart" pressed={open.value} onPress={() => void (open.value = !open.value)}>tools</Toggle>;
}

/** Tools in a column of their own at the left of the charts: nothing lies over the data. */
export function Rail({ page, charts }: { page: Page; charts: number }) {
  const { tools } = page.settings, drawings = page.tools.value?.drawings;
  return (
    <div class="rail" data-open={open.value} role="toolbar" aria-label="Tools" aria-orientation="vertical">
      {DRAWING_TOOLS.map(({ tool, label, tip, icon }) => (
        <button key={tool} type="button" aria-label={label} aria-pressed={tools.tool.value === tool} data-tip={tip} onClick={() => toggleTool(tools, tool)}><Icon path={icon} /></button>
      ))}
      <button type="button" aria-label="Delete the drawing" disabled={!drawings?.selected.value} data-tip="Delete the chosen drawing  ·  Del" onClick={() => drawings?.remove()}><Icon path="M3 4.5h10 M6 4.5V3h4v1.5 M4.5 4.5l.6 8.5h5.8l.6-8.5" /></button>
      <hr />
      {!narrow.value && <><ZoomControls page={page} /><hr /></>}
      {PANEL_TOOLS.map(({ panel, label, tip, icon }) => (
        <button key={panel} type="button" aria-label={label} aria-pressed={tools.panel.value === panel} data-tip={tip} onClick={() => togglePanel(tools, panel)}><Icon path={icon} /></button>
      ))}
      <hr />
      <button type="button" aria-label="Layout" aria-pressed={charts > 1} data-tip={`Charts: one, two or four side by side, in step; now ${charts}  ·  ^`} onClick={() => page.nextLayout()}><Icon path="M2.5 2.5h11v11h-11z M8 2.5v11 M2.5 8h11" /></button>
    </div>
  );
}
