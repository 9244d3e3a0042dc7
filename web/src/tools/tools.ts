/** The tools over one chart, put together. */
import { computed } from "@preact/signals";
import { lastColumn, priceOf } from "../layers/source";
import { Alerts } from "./alerts";
import { Calculator } from "./calculator";
import type { ProfileAnswer } from "../wire/api";
import { inUsd } from "../wire/combination";
import { Drawings } from "./drawings";
import { Latest } from "../state/latest";
import { asOf } from "../chart/replay";
import type { Session } from "../state/session";
import type { Stage } from "../chart/stage";
import { WhatIf } from "./what-if";

export interface Tools {
  readonly calculator: Calculator;
  readonly whatIf: WhatIf;
  readonly alerts: Alerts;
  readonly drawings: Drawings;
  /** What stands, for the liquidation map over the chart. */
  readonly standing: Latest<ProfileAnswer>;
  dispose(): void;
}

/** Lays the tools over a stage. */
export function installTools(stage: Stage, session: Session): Tools {
  const { tools } = stage.settings, { instrument, server: { client, levels, alerts: book } } = session, repaint = (): void => stage.overlay.repaint();
  // In a replay everything is reckoned as of its instant.
  const known = computed(() => instrument.value && asOf(instrument.value, stage.settings.at.value));
  const price = computed(() => {
    // Read anew whenever columns have arrived or closed.
    const on = known.value;
    void [stage.shown.loading.value, stage.shown.level.value];
    const source = stage.source();
    const last = on && source && lastColumn(source, Math.floor((on.to - 1) / source.size.bucketMs));
    return source && last !== null ? priceOf(source, last) : 0;
  });
  const calculator = new Calculator({ client, instrument, price, tools, repaint });
  const whatIf = new WhatIf({ client, instrument: known, levels, tools, repaint });
  const alerts = new Alerts({ book, instrument, zones: stage.zones.zones, tools, repaint });
  const drawings = new Drawings({ instrument, tools, history: stage.history, repaint });
  const standing = new Latest(known, () => stage.settings.map.value !== null, (of) => client.profile(inUsd(of), of.to));
  const parts = [drawings, calculator, whatIf, alerts];
  for (const part of parts) stage.overlay.add(part);
  return { calculator, whatIf, alerts, drawings, standing, dispose: () => [...parts, standing].forEach((part) => part.dispose()) };
}
