/** Colour ramps: polylines in OKLab, walked in equal steps, so that equal steps of the value look equally far apart. */

export type Rgb = readonly [number, number, number];

export const THEMES = ["dark", "light"] as const;
export type Theme = (typeof THEMES)[number];

/** The dark page's ground: where nothing stands out, the map sinks into it. */
export const GROUND: Rgb = [0x0b, 0x0e, 0x14];
/** Cells whose normalisation is undefined: no hue, so no ramp can be mistaken for it, and hardly more than the ground, for they say nothing. */
export const UNDEFINED: Rgb = [0x1b, 0x20, 0x29];
/** The same two of the light page. */
export const PAPER: { readonly ground: Rgb; readonly undefined: Rgb } = { ground: [0xf7, 0xf6, 0xf2], undefined: [0xe3, 0xe1, 0xda] };
/** Entries of a palette. */
export const ENTRIES = 256;

/** Control colours from the mean to the extreme; the ground comes first by itself. */
const RAMPS = {
  halcyon: ["#122a5e", "#0f6480", "#1a9a6c", "#e6d93f", "#ff9a2e", "#ff3b30"],
  viridis: ["#33186b", "#3b528b", "#21918c", "#5ec962", "#fde725"],
  cividis: ["#00224e", "#434e6c", "#7d7c78", "#bcae6c", "#fee838"],
  inferno: ["#1f0c48", "#6a176e", "#bc3754", "#f98e09", "#fcffa4"],
  ice: ["#10243f", "#1f4e79", "#3c86b8", "#8cc4e0", "#f2fbff"],
  mono: ["#232a35", "#4a5361", "#7d8896", "#b7bfca", "#ffffff"],
} as const;

/** The same on paper: from pale to deep, so that the extreme is still what stands out. */
const ON_PAPER: Record<keyof typeof RAMPS, readonly string[]> = {
  halcyon: ["#cfdff0", "#7fb3d9", "#2f9e7a", "#d9ab00", "#ec6a12", "#b3121b"],
  viridis: ["#d7e25a", "#5ec962", "#21918c", "#3b528b", "#440154"],
  cividis: ["#ece39a", "#bcae6c", "#7d7c78", "#434e6c", "#00224e"],
  inferno: ["#fbe9a9", "#f9a242", "#d44842", "#7a1d6d", "#1f0c48"],
  ice: ["#dbe8f3", "#a6cbe6", "#5b9fd0", "#1f6aa8", "#0b2d55"],
  mono: ["#dcdcd9", "#b0b3b5", "#7f858b", "#50575f", "#14181d"],
};

export type PaletteName = keyof typeof RAMPS;
export const PALETTES = Object.keys(RAMPS) as PaletteName[];
export const PALETTE_LABEL: Record<PaletteName, string> = {
  halcyon: "Halcyon", viridis: "Viridis", cividis: "Cividis", inferno: "Inferno", ice: "Ice", mono: "Mono",
};

type Lab = readonly [number, number, number];

/** Ground of a theme, and the colour of cells whose normalisation is undefined. */
export function groundOf(theme: Theme): { readonly ground: Rgb; readonly undefined: Rgb } {
  return theme === "light" ? PAPER : { ground: GROUND, undefined: UNDEFINED };
}

/** A colour laid over the ground with an opacity 0..1. */
export function over(ground: Rgb, colour: Rgb, opacity: number): Rgb {
  return ground.map((v, i) => Math.round(v + ((colour[i] as number) - v) * opacity)) as unknown as Rgb;
}

/** RGBA bytes of a palette, entry 0 the ground; colours laid over it with `opacity`, 0..1. */
export function palette(name: PaletteName, theme: Theme = "dark", opacity = 1): Uint8Array {
  const { ground } = groundOf(theme), ramp = theme === "light" ? ON_PAPER[name] : RAMPS[name];
  const nodes = [toLab(ground), ...ramp.map((hex) => toLab(parse(hex)))];
  const lengths = nodes.slice(1).map((node, i) => distance(nodes[i] as Lab, node));
  const total = lengths.reduce((a, b) => a + b, 0);
  const out = new Uint8Array(ENTRIES * 4);
  let leg = 0, walked = 0;
  for (let i = 0; i < ENTRIES; i++) {
    const goal = (total * i) / (ENTRIES - 1);
    while (leg < lengths.length - 1 && goal > walked + (lengths[leg] as number)) walked += lengths[leg++] as number;
    const a = nodes[leg] as Lab, b = nodes[leg + 1] as Lab, f = (goal - walked) / (lengths[leg] as number);
    const colour = toRgb([a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f, a[2] + (b[2] - a[2]) * f]);
    out.set([...over(ground, colour, opacity), 255], i * 4);
  }
  return out;
}

/** CSS gradient of a palette, from left to right. */
export function gradient(bytes: Uint8Array): string {
  const stops: string[] = [];
  for (let i = 0; i < ENTRIES; i += 15) stops.push(`rgb(${bytes[4 * i]} ${bytes[4 * i + 1]} ${bytes[4 * i + 2]})`);
  return `linear-gradient(90deg, ${stops.join(",")})`;
}

/** Difference of two colours as Euclidean distance in OKLab. */
export function difference(a: Rgb, b: Rgb): number {
  return distance(toLab(a), toLab(b));
}

function distance(a: Lab, b: Lab): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

function parse(hex: string): Rgb {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

// OKLab after Björn Ottosson, "A perceptual color space for image processing" (2020).
function toLab(rgb: Rgb): Lab {
  const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function toRgb([L, a, b]: Lab): [number, number, number] {
  const l = (L + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (L - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (L - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return linear.map((v) => {
    const c = Math.max(0, Math.min(1, v));
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055));
  }) as [number, number, number];
}
