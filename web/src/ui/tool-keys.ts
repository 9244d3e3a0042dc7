/** Keys of the tools, beside those of the chart. */
import { DRAWING_KINDS } from "../state/drawing-text";
import { togglePanel, type PanelName } from "../state/tool-settings";
import type { Key } from "./key";
import type { Page } from "./page";

const PANEL_KEYS: Record<string, PanelName> = { k: "calculator", q: "whatif", "!": "alerts" };

export const TOOL_KEYS: readonly Key[] = [
  { keys: ["k", "q", "!"], help: "liquidation calculator, what if, alerts", run: ({ settings: { tools } }, key) => togglePanel(tools, PANEL_KEYS[key] as PanelName) },
  { keys: ["\\"], help: "draw: horizontal line, trend line, range, nothing", run: ({ settings: { tools: { tool } } }) => {
    const at = DRAWING_KINDS.findIndex((kind) => kind === tool.peek());
    tool.value = DRAWING_KINDS[at + 1] ?? null;
  } },
  { keys: ["^"], help: "one, two or four charts", run: (page) => page.nextLayout() },
  { keys: ["Delete", "Backspace"], help: "delete the chosen drawing", run: ({ tools }) => void tools.peek()?.drawings.remove() },
];

/** Puts a tool back, else the chosen drawing, else closes the panel. False where none of them was there. */
export function putDown({ settings, tools }: Page): boolean {
  const { tool, panel } = settings.tools;
  if (tool.peek()) tool.value = null;
  else if (tools.peek()?.drawings.unselect()) return true;
  else if (panel.peek()) panel.value = null;
  else return false;
  return true;
}
