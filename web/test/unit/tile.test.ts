import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { cellUsd, decodeTile, encodeTile, TILE, usdCell } from "../../src/wire/tile";
import { GOLDEN_CELLS, goldenBytes, goldenTile } from "./golden";

const path = (name: string): string => fileURLToPath(new URL(`../../testdata/${name}`, import.meta.url));
const buffer = (bytes: Buffer): ArrayBuffer => new Uint8Array(bytes).buffer;

// UPDATE=1 npm test writes the vectors anew.
if (process.env["UPDATE"]) {
  writeFileSync(path("tile_golden.bin"), Buffer.from(goldenBytes()));
  const cells = GOLDEN_CELLS.map(([plane, bin, column, q]) => ({ plane, bin, column, q, usd: cellUsd(q, 1024) }));
  writeFileSync(path("tile_golden.json"), `${JSON.stringify({ header: goldenTile().header, cells }, null, 1)}\n`);
}

interface Golden {
  header: unknown;
  cells: { plane: string; bin: number; column: number; q: number; usd: number }[];
}

describe("the golden tile", () => {
  const bytes = readFileSync(path("tile_golden.bin"));
  const golden = JSON.parse(readFileSync(path("tile_golden.json"), "utf8")) as Golden;
  const tile = decodeTile(buffer(bytes));

  test("decodes to its cells and nothing else", () => {
    expect(tile.header).toEqual(golden.header);
    for (const { plane, bin, column, q, usd } of golden.cells) {
      expect(tile.planes.get(plane)?.[bin * TILE + column]).toBe(q);
      expect(cellUsd(q, 1024)).toBeCloseTo(usd, 6);
    }
    const set = [...tile.planes.values()].reduce((n, plane) => n + plane.filter((v) => v !== 0).length, 0);
    expect(set).toBe(golden.cells.length);
  });

  test("encodes to the same bytes", () => {
    expect(Buffer.from(encodeTile(tile)).equals(bytes)).toBe(true);
  });
});

test("a cell's USD survives quantising to within 0.04 %", () => {
  for (const usd of [1, 12.5, 999, 56_200, 3.18e8]) {
    const back = cellUsd(usdCell(usd, 1024), 1024);
    expect(Math.abs((1 + back) / (1 + usd) - 1)).toBeLessThan(2 ** (0.5 / 1024) - 1 + 1e-12);
  }
  expect(usdCell(0, 1024)).toBe(0);
  expect(cellUsd(0, 1024)).toBe(0);
});

test.each([
  ["too short", new ArrayBuffer(4), "at least 8"],
  ["another format", new TextEncoder().encode("PNG!xxxxxxxx").buffer, 'expected "HTL1"'],
  ["cut in the header", goldenBytes().slice(0, 40), "cut short"],
  ["cut in a plane", goldenBytes().slice(0, -2), "expected"],
])("%s is refused with a reason", (_, bytes, reason) => {
  expect(() => decodeTile(bytes as ArrayBuffer)).toThrow(reason);
});
