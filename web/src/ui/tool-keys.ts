/** Keys of the tools, beside those of the chart. */
import { togglePanel, type PanelName, type ToolSettings } from "../chart/tool-settings";
import type { Key } from "./keys";

const PANEL_KEYS: Record<string, PanelName> = { k: "calculator", q: "whatif", y: "alerts" };

export const TOOL_KEYS: readonly Key[] = [
  { keys: ["k", "q", "y"], help: "liquidation calculator, what if, alerts", run: ({ settings: { tools } }, key) => togglePanel(tools, PANEL_KEYS[key] as PanelName) },
];

/** Puts a tool back, else closes the panel. False where neither was there. */
export function putDown({ tool, panel }: ToolSettings): boolean {
  const there = tool.peek() ?? panel.peek();
  if (tool.peek()) tool.value = null;
  else panel.value = null;
  return there !== null;
}
