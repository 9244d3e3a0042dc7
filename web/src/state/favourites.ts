/** Instruments that this browser's user likes best, kept by the browser. */
import { effect, signal, type Signal } from "@preact/signals";
import type { Name } from "../data/client";

const KEY = "halcyon.favourites";

function read(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((name): name is string => typeof name === "string") : [];
  } catch {
    // A browser may forbid pages to keep anything, or what is kept may not be ours.
    return [];
  }
}

const kept: Signal<readonly string[]> = signal(read());

effect(() => {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.value));
  } catch {
    // They last as long as the page does.
  }
});

const idOf = ({ venue, symbol }: Name): string => `${venue}/${symbol}`;

export function isFavourite(name: Name): boolean {
  return kept.value.includes(idOf(name));
}

export function toggleFavourite(name: Name): void {
  const id = idOf(name);
  kept.value = kept.peek().includes(id) ? kept.peek().filter((other) => other !== id) : [...kept.peek(), id];
}

/** Favourites first, each part in the order that it came in. */
export function favouritesFirst<T extends Name>(list: readonly T[]): T[] {
  return [...list.filter(isFavourite), ...list.filter((name) => !isFavourite(name))];
}
