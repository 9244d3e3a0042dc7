import { defineConfig } from "vitest/config";

// Tests in a real Chromium: one browser, one file after the other, because two
// software renderers side by side only starve each other.
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
