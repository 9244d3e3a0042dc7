/** Drawings as they are kept and sent: a text that fits an address. */
import type { Drawing, DrawingKind } from "../layers/shapes";

export const DRAWING_KINDS: readonly DrawingKind[] = ["horizontal", "trend", "range"];

/** A number as short as it can be at eight significant figures. */
export function figures(value: number): string {
  return String(+value.toPrecision(8));
}

/** Drawings as a text that fits an address: kind_time_price…, joined by "~". */
export function toText(list: readonly Drawing[]): string {
  return list.map(({ kind, points }) => [kind, ...points.flatMap(({ time, price }) => [time, figures(price)])].join("_")).join("~");
}

/** Reads {@link toText}; what makes no sense is left out. */
export function fromText(text: string): Drawing[] {
  return text.split("~").flatMap((part) => {
    const [name, ...rest] = part.split("_"), kind = DRAWING_KINDS.find((k) => k === name), numbers = rest.map(Number);
    const count = kind === "horizontal" ? 1 : 2;
    if (!kind || numbers.length !== 2 * count || !numbers.every((x) => x > 0 && x < Infinity)) return [];
    return [{ kind, points: Array.from({ length: count }, (_, i) => ({ time: numbers[2 * i] as number, price: numbers[2 * i + 1] as number })) }];
  });
}
