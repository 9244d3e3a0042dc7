/**
 * What the page holds of one instrument: tiles and columns. Never waits: it
 * hands out what is there and loads what is wanted.
 */
import type { ColumnChunk } from "../wire/columns";
import { cutChunk } from "../wire/columns";
import { TILE } from "../wire/tile";
import { normKey, type Client, type Name, type NormQuery } from "./client";
import { mergeTile, type CellTile } from "./cells";
import { LoadQueue, type Job } from "./queue";
import { Shelf } from "./shelf";

/** Most tiles kept unless more are wanted at once; one holds up to 1.5 MB. */
const TILES_KEPT = 96;
/** Most chunks of columns kept unless more are wanted at once; one holds about 0.2 MB. */
const CHUNKS_KEPT = 160;

export interface TileKey {
  readonly level: number;
  readonly x: number;
  readonly y: number;
}

export interface ChunkKey {
  readonly level: number;
  readonly x: number;
  readonly norm: NormQuery | null;
}

/** Something arrived: which levels may have to be redrawn. */
export type OnArrival = (kind: "tile" | "columns", level: number) => void;

export interface StoreOptions {
  readonly client: Client;
  readonly name: Name;
  /** Names of the leverage groups, fewest leverage first. */
  readonly groups: readonly string[];
  /** Width of a column by level, ms. */
  readonly bucketMs: readonly number[];
  readonly onArrival: OnArrival;
  readonly onError: (error: unknown) => void;
}

export class Store {
  private readonly tiles = new Shelf<CellTile>(TILES_KEPT);
  private readonly chunks = new Shelf<ColumnChunk>(CHUNKS_KEPT);
  private readonly tileQueue: LoadQueue;
  private readonly chunkQueue: LoadQueue;
  private readonly tileWishes = new Map<string, readonly TileKey[]>();
  private readonly chunkWishes = new Map<string, readonly ChunkKey[]>();
  /** Runs of chunks under way, by job. */
  private readonly chunkRuns = new Map<string, readonly ChunkKey[]>();

  constructor(private readonly options: StoreOptions) {
    this.tileQueue = new LoadQueue(6, options.onError);
    this.chunkQueue = new LoadQueue(2, options.onError);
  }

  get client(): Client {
    return this.options.client;
  }

  /** Names of the leverage groups, fewest leverage first. */
  get groups(): readonly string[] {
    return this.options.groups;
  }

  tile(key: TileKey): CellTile | undefined {
    return this.tiles.get(tileId(key));
  }

  chunk(key: ChunkKey): ColumnChunk | undefined {
    return this.chunks.get(chunkId(key));
  }

  /** What a tile or chunk took the place of when it was loaded again; undefined where it was the first. */
  before<T extends CellTile | ColumnChunk>(value: T): T | undefined {
    return ("cells" in value ? this.tiles.before(value) : this.chunks.before(value)) as T | undefined;
  }

  /** Loads under way. */
  get busy(): number {
    return this.tileQueue.busy + this.chunkQueue.busy;
  }

  /** Says what one user of the store (the map, the lens) wants, most wanted first. */
  want(user: string, tiles: readonly TileKey[], chunks: readonly ChunkKey[]): void {
    this.tileWishes.set(user, tiles);
    this.chunkWishes.set(user, chunks);
    this.pump();
  }

  /** More columns have closed: what was open is loaded again, and shown until its successor is there. */
  advance(): void {
    this.tiles.age((tile) => tile.end < TILE);
    this.chunks.age((chunk) => chunk.present[TILE - 1] === 0);
    this.pump();
  }

  /** The server is back: failed loads are tried again at once. */
  retry(): void {
    this.tileQueue.retry();
    this.chunkQueue.retry();
  }

  /** Stops loading; the store is not used any more. */
  close(): void {
    this.tileQueue.want([]);
    this.chunkQueue.want([]);
  }

  private pump(): void {
    const tiles = [...this.tileWishes.values()].flat().filter((key) => this.tiles.lacks(tileId(key)));
    const chunks = [...this.chunkWishes.values()].flat().filter((key) => this.chunks.lacks(chunkId(key)));
    // Runs are joined anew at every wish; what is under way is not asked for twice.
    const underWay = [...this.chunkRuns.values()];
    const asked = new Set(underWay.flat().map(chunkId));
    const runs = [...underWay, ...joinRuns(chunks.filter((key) => !asked.has(chunkId(key))))];
    this.tileQueue.want(tiles.map((key) => this.tileJob(key)));
    this.chunkQueue.want(runs.map((run) => this.chunkJob(run)));
  }

  private tileJob(key: TileKey): Job {
    const { client, name, groups, onArrival } = this.options;
    return {
      key: tileId(key),
      load: async (signal) => {
        const tile = mergeTile(await client.tile(name, key.level, key.x, key.y, signal), groups);
        this.tiles.put(tileId(key), tile, wantedIds(this.tileWishes, tileId));
        onArrival("tile", key.level);
      },
    };
  }

  private chunkJob(run: readonly ChunkKey[]): Job {
    const { client, name, bucketMs, onArrival } = this.options;
    const first = run[0] as ChunkKey, last = run[run.length - 1] as ChunkKey;
    const width = TILE * (bucketMs[first.level] as number);
    const job = run.map(chunkId).join(" ");
    return {
      key: job,
      load: async () => {
        this.chunkRuns.set(job, run);
        try {
          const answer = await client.columns(name, first.level, first.x * width, (last.x + 1) * width, first.norm);
          const wanted = wantedIds(this.chunkWishes, chunkId);
          for (const key of run) this.chunks.put(chunkId(key), cutChunk(answer, key.x), wanted);
        } finally {
          this.chunkRuns.delete(job);
        }
        onArrival("columns", first.level);
      },
    };
  }
}

function tileId(key: TileKey): string {
  return `${key.level}/${key.x}/${key.y}`;
}

function chunkId(key: ChunkKey): string {
  return `${key.level}/${key.x}/${normKey(key.norm)}`;
}

/** Neighbouring chunks of one level and norm are asked for together, at most eight. */
function joinRuns(keys: readonly ChunkKey[]): ChunkKey[][] {
  const sorted = [...new Map(keys.map((k) => [chunkId(k), k])).values()].sort((a, b) => a.level - b.level || a.x - b.x);
  const runs: ChunkKey[][] = [];
  for (const key of sorted) {
    const run = runs[runs.length - 1];
    const before = run?.[run.length - 1];
    const follows = before && before.level === key.level && before.x + 1 === key.x && normKey(before.norm) === normKey(key.norm);
    if (run && follows && run.length < 8) run.push(key);
    else runs.push([key]);
  }
  return runs;
}

function wantedIds<K>(wishes: ReadonlyMap<string, readonly K[]>, id: (key: K) => string): Set<string> {
  return new Set([...wishes.values()].flat().map(id));
}
