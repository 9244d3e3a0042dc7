/** The layers of the page: units -> wire -> data, scale, model, gl -> layers -> state -> chart -> tools -> ui. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));
const MAY_IMPORT: Record<string, readonly string[]> = {
  units: [],
  wire: ["units"],
  data: ["units", "wire"],
  scale: ["units", "wire"],
  model: ["units", "wire"],
  gl: [],
  layers: ["units", "wire", "data", "scale", "model", "gl"],
  state: ["units", "wire", "data", "scale", "model", "layers"],
  chart: ["units", "wire", "data", "scale", "gl", "layers", "state"],
  tools: ["units", "wire", "data", "scale", "model", "layers", "state", "chart"],
  ui: ["units", "wire", "data", "scale", "model", "layers", "state", "chart", "tools"],
};
const PACKAGES: Record<string, readonly string[]> = {
  state: ["@preact/signals"],
  chart: ["lightweight-charts", "@preact/signals"],
  tools: ["@preact/signals"],
  ui: ["preact", "@preact/signals"],
};

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) ? [join(folder, entry.name)] : []);
}

test("each layer imports only those below it, and packages only where allowed", () => {
  const wrong: string[] = [];
  for (const layer of Object.keys(MAY_IMPORT)) {
    for (const file of files(join(SRC, layer))) {
      for (const [, from] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s+"([^"]+)"/g)) {
        if (!from || from.startsWith("./")) continue;
        const folder = from.startsWith("../") ? (from.split("/")[1] as string) : null;
        const allowed = folder ? MAY_IMPORT[layer]?.includes(folder) : (PACKAGES[layer] ?? []).some((p) => from === p || from.startsWith(`${p}/`));
        if (!allowed) wrong.push(`${relative(SRC, file)} imports ${from}; ${layer} may import ${MAY_IMPORT[layer]?.join(", ") || "nothing"}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test("no folder of the source stands outside the layers", () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).filter((e) => e.isDirectory()).map((e) => e.name);
  expect(folders.sort()).toEqual(Object.keys(MAY_IMPORT).sort());
});

test("no file is beyond 300 lines", () => {
  const long = files(SRC).map((file) => [relative(SRC, file), readFileSync(file, "utf8").split("\n").length] as const).filter(([, lines]) => lines > 300);
  expect(long).toEqual([]);
});
