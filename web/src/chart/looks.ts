/** Turns settings and statistics into the painter's look, and into the words of the legend. */
import { lastColumn, chunkOf, type Source } from "../layers/source";
import type { Look } from "../gl/scene";
import { domainOf, sentence, ticks, type LegendTick } from "../scale/legend";
import { channelOf } from "../data/cells";
import { MODES, normalise, POINTS, tone, type Domain, type Mode } from "../scale/norm";
import { counted, planesOf, type Selection } from "../scale/selection";
import { groundOf, over, palette, type PaletteName, type Theme } from "../scale/palette";
import type { NormInfo } from "../wire/columns";

/** What the legend shows. */
export interface Legend {
  readonly mode: Mode;
  readonly selection: Selection;
  readonly domain: Domain;
  readonly ticks: readonly LegendTick[];
  readonly text: string;
}

const DEFAULT_POINTS = [0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99];
const palettes = new Map<string, Uint8Array>();

/** RGBA bytes of a palette on a theme's ground, made once. */
export function paletteBytes(name: PaletteName, theme: Theme, opacity = 1): Uint8Array {
  const key = `${name}/${theme}/${opacity.toFixed(2)}`;
  let bytes = palettes.get(key);
  if (!bytes) palettes.set(key, (bytes = palette(name, theme, opacity)));
  return bytes;
}

export interface Choice {
  readonly mode: Mode;
  readonly selection: Selection;
  /** Names of the leverage groups, fewest leverage first. */
  readonly groups: readonly string[];
  readonly palette: PaletteName;
  readonly threshold: number;
  readonly theme: Theme;
  /** How strongly cells are laid over the ground, 0..1. */
  readonly opacity: number;
}

/** The look of a choice over a colour domain. */
export function lookOf(choice: Choice, domain: Domain, info: NormInfo | null): Look {
  const { mode } = choice, selection = counted(choice.selection, choice.groups).indexOf(choice.selection);
  const colours = groundOf(choice.theme);
  const points = info && info.points.length === POINTS ? info.points : DEFAULT_POINTS;
  return {
    palette: paletteBytes(choice.palette, choice.theme, choice.opacity), ground: colours.ground,
    undefinedColour: over(colours.ground, colours.undefined, choice.opacity),
    threshold: choice.threshold, channels: planesOf(choice.selection, choice.groups).map((plane) => channelOf(plane, choice.groups)),
    mode: MODES.indexOf(mode), selection, domain: [domain.low, domain.high], points,
    tone: (log1p, table, column) => {
      const value = normalise(mode, log1p, table.data, selection, column, table.size, points);
      return Number.isNaN(value) ? NaN : tone(mode, value, domain);
    },
  };
}

/** Normalisation of the newest loaded column at or before `bucket`, and its USD quantiles for a selection. */
export function normAt(source: Source, bucket: number, selection: Selection): { info: NormInfo; quantiles: number[] | null } | null {
  const last = lastColumn(source, bucket), at = last === null ? undefined : chunkOf(source, last);
  if (!at) return null;
  const stats = at.chunk.stats.get(selection), n = at.chunk.norm.points.length;
  return { info: at.chunk.norm, quantiles: stats ? [...stats.quantiles.subarray(at.column * n, (at.column + 1) * n)] : null };
}

export function legendOf(choice: Choice, domain: Domain, info: NormInfo | null, source: Source): Legend {
  const { mode, selection } = choice;
  return { mode, selection, domain, ticks: ticks(mode, domain), text: sentence(mode, selection, info, source.size) };
}

/** Colour domain of a choice. */
export function domainFor(choice: Choice, quantiles: readonly number[] | null): Domain {
  return domainOf(choice.mode, quantiles);
}
