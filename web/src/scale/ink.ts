/** Colours of everything that is drawn beside the cells, by theme: greys and one accent, never a ramp's hues. */
import type { Theme } from "./palette";

export interface Ink {
  readonly text: string;
  readonly dim: string;
  readonly accent: string;
  /** What to beware of. */
  readonly warn: string;
  /** What text stands on over the map. */
  readonly patch: string;
  /** The page's ground, for outlines of text. */
  readonly ground: string;
  readonly axis: string;
  readonly grid: string;
  readonly cross: string;
  readonly crossLabel: string;
  readonly hatch: string;
  readonly veil: string;
  readonly band: string;
  /** Whatever a venue reported: a hue that no ramp uses. */
  readonly observed: string;
  /** Leverage groups in the profile, fewest leverage first. */
  readonly groups: readonly [string, string, string];
  /** Venues in the profile, in the order of a combination's; more than there are begin anew. */
  readonly venues: readonly string[];
  /** Candles in greys and in colours; hollow ones are filled with `hollow`. */
  readonly candles: { readonly grey: readonly [up: string, down: string]; readonly colour: readonly [up: string, down: string]; readonly hollow: string };
}

export const INK: Record<Theme, Ink> = {
  dark: {
    text: "#c9d1dc", dim: "#7a8494", accent: "#7cc4ff", warn: "#d9b26a", patch: "rgba(11,14,20,0.82)", ground: "#0b0e14",
    axis: "#8a94a3", grid: "rgba(255,255,255,.035)", cross: "rgba(201,209,220,.45)", crossLabel: "#2a3342",
    hatch: "rgba(160,172,190,0.38)", veil: "rgba(11,14,20,0.55)", band: "rgba(124,196,255,0.10)", observed: "#f08cff",
    groups: ["#39434f", "#5d6b7e", "#9fb0c6"],
    venues: ["#7f8fd0", "#4f9a94", "#b9a1d6", "#8a8f5c", "#5f86a8", "#a98a92", "#6a7f6c", "#9aa7b8"],
    candles: { grey: ["#e3e8f0", "#8d97a6"], colour: ["#3fb68b", "#e0526a"], hollow: "rgba(11,14,20,.35)" },
  },
  light: {
    text: "#2a323e", dim: "#6b7380", accent: "#0b66b0", warn: "#865700", patch: "rgba(247,246,242,0.86)", ground: "#f7f6f2",
    axis: "#5f6875", grid: "rgba(20,24,32,.05)", cross: "rgba(42,50,62,.5)", crossLabel: "#4b5563",
    hatch: "rgba(80,88,100,0.42)", veil: "rgba(247,246,242,0.6)", band: "rgba(11,102,176,0.10)", observed: "#a400c2",
    groups: ["#d3d3cd", "#a9adb1", "#6b7480"],
    venues: ["#5563ad", "#2f7f78", "#8d6fb5", "#7a7f3f", "#3f6d94", "#94656f", "#4f6f53", "#6b7a8d"],
    candles: { grey: ["#1b222c", "#5a6370"], colour: ["#17805a", "#b82f49"], hollow: "rgba(250,249,246,.6)" },
  },
};
