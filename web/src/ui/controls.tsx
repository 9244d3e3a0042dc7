import type { ComponentChildren } from "preact";

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  /** One line for the tooltip, its key at the end. */
  readonly tip: string;
}

/** A row of buttons of which one is chosen. */
export function Segments<T extends string>({ label, value, choices, onChoose }: { label: string; value: T | null; choices: readonly Choice<T>[]; onChoose: (value: T) => void }) {
  return (
    <div class="segments" role="radiogroup" aria-label={label}>
      {choices.map((choice) => (
        <button key={choice.value} type="button" role="radio" aria-checked={choice.value === value} data-tip={choice.tip} data-value={choice.value} onClick={() => onChoose(choice.value)}>
          {choice.label}
        </button>
      ))}
    </div>
  );
}

/** A button that may be pressed in. */
export function Toggle({ label, tip, pressed, onPress, children }: { label: string; tip: string; pressed?: boolean; onPress: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="toggle" aria-label={label} aria-pressed={pressed} data-tip={tip} onClick={onPress}>
      {children}
    </button>
  );
}
