import { defineConfig } from "vitest/config";

// `npm run dev` serves the page with hot reload and passes the API through to
// a running `halcyon serve`.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    // .gitkeep must survive a build: the folder is embedded even when empty.
    emptyOutDir: true,
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
  },
  publicDir: "public",
  server: { proxy: { "/api": process.env["HALCYON_URL"] ?? "http://127.0.0.1:8080" } },
  test: { include: ["test/unit/**/*.test.ts"], environment: "node" },
});
