/** Round numbers for axes that the chart library does not draw: the lens's rim. */

const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 240, 360, 720, 1440].map((minutes) => minutes * 60_000);

/** Instants at whole steps of the clock within [from, to], at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): number[] {
  const step = TIME_STEPS.find((s) => (to - from) / s <= most) ?? (TIME_STEPS[TIME_STEPS.length - 1] as number);
  return multiples(from, to, step);
}

/** Prices at 1, 2 or 5 times a power of ten within [from, to], at most `most` of them. */
export function priceTicks(from: number, to: number, most: number): number[] {
  const raw = (to - from) / most, power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => m * power >= raw) as number);
  return multiples(from, to, step);
}

function multiples(from: number, to: number, step: number): number[] {
  const out: number[] = [];
  for (let k = Math.ceil(from / step); k * step <= to; k++) out.push(k * step);
  return out;
}
