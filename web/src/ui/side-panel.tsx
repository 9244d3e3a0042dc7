import { AlertsPanel } from "./alerts";
import { CalculatorPanel } from "./calculator";
import type { Page } from "./page";
import { WhatIfPanel } from "./what-if";

/** The panel that is open beside the chart, if one is. */
export function SidePanel({ page }: { page: Page }) {
  const tools = page.tools.value;
  if (!tools) return null;
  switch (page.settings.tools.panel.value) {
    case "calculator": return <CalculatorPanel page={page} calculator={tools.calculator} />;
    case "whatif": return <WhatIfPanel page={page} whatIf={tools.whatIf} />;
    case "alerts": return <AlertsPanel page={page} alerts={tools.alerts} />;
    default: return null;
  }
}
