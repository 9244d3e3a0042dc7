import { defineConfig } from "vitest/config";

// Benchmarks that drive the page in Chromium.
export default defineConfig({
  test: {
    include: ["bench/*.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    disableConsoleIntercept: true,
  },
});
