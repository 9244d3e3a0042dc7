import { defineConfig } from "vitest/config";

// Scripts that drive the page in Chromium: screenshots and the benchmark.
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
