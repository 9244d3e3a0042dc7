/** What panels beside the chart are made of. */
import type { ComponentChildren } from "preact";
import type { Page } from "./page";

/** Frame of a panel: title, what it is, and how to close it. */
export function Panel({ page, title, tip, children }: { page: Page; title: string; tip: string; children: ComponentChildren }) {
  return (
    <aside class="panel" aria-label={title}>
      <p class="panel-head">
        <b tabIndex={0} data-tip={tip}>{title}</b>
        <button type="button" class="close" aria-label={`Close ${title.toLowerCase()}`} data-tip="Close  ·  Esc" onClick={() => void (page.settings.tools.panel.value = null)}>×</button>
      </p>
      {children}
    </aside>
  );
}

/** A labelled number; what is no number is not taken. */
export function NumberField({ label, unit, tip, value, step, min, max, onInput }: {
  label: string; unit?: string; tip?: string; value: number; step?: string; min?: number; max?: number; onInput: (value: number) => void;
}) {
  return (
    <label class="field" data-tip={tip}>
      <span>{label}</span>
      <input type="number" inputMode="decimal" aria-label={label} step={step ?? "any"} min={min} max={max} value={value}
        onInput={(event) => {
          const next = event.currentTarget.valueAsNumber;
          if (Number.isFinite(next)) onInput(next);
        }} />
      {unit && <i>{unit}</i>}
    </label>
  );
}

/** A row of a panel's answer. */
export function Row({ name, tip, children }: { name: string; tip?: string; children: ComponentChildren }) {
  return <div><dt data-tip={tip} tabIndex={tip ? 0 : undefined}>{name}</dt><dd>{children}</dd></div>;
}
