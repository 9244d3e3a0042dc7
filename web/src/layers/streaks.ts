/** Columns that pass a test, as streaks: found once a chunk, since a chunk never changes and every paint asks for the same. */
import type { ColumnChunk } from "../wire/columns";
import { TILE } from "../wire/tile";
import type { Source } from "./source";

/** Neighbouring columns, half-open. */
export interface Streak {
  readonly from: number;
  readonly end: number;
}

/** Streaks by chunk and test. */
const known = new WeakMap<ColumnChunk, Map<string, readonly Streak[]>>();

/** Streaks of a chunk's columns that pass, numbered within it; `test` names what is asked. */
export function streaksOf(chunk: ColumnChunk, test: string, passes: (column: number) => boolean): readonly Streak[] {
  let tests = known.get(chunk);
  if (!tests) known.set(chunk, (tests = new Map()));
  let streaks = tests.get(test);
  if (!streaks) tests.set(test, (streaks = find(passes)));
  return streaks;
}

function find(passes: (column: number) => boolean): readonly Streak[] {
  const found: { from: number; end: number }[] = [];
  for (let column = 0; column < TILE; column++) {
    if (!passes(column)) continue;
    const last = found[found.length - 1];
    if (last?.end === column) last.end++;
    else found.push({ from: column, end: column + 1 });
  }
  return found;
}

/** Streaks of the loaded chunks as buckets, as far as they lie in `[from, end)`, in order of time. */
export function streaksWithin(source: Source, from: number, end: number, streaks: (chunk: ColumnChunk) => readonly Streak[]): Streak[] {
  const out: Streak[] = [];
  for (let x = Math.floor(from / TILE); x * TILE < end; x++) {
    const chunk = source.store.chunk({ level: source.level, x, norm: source.norm });
    for (const streak of chunk ? streaks(chunk) : []) {
      const within = { from: Math.max(from, x * TILE + streak.from), end: Math.min(end, x * TILE + streak.end) };
      if (within.from < within.end) out.push(within);
    }
  }
  return out;
}
