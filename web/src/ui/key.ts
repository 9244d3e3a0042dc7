import type { Page } from "./page";

/** Keys that do one thing, and its line in the help sheet. */
export interface Key {
  readonly keys: readonly string[];
  readonly help: string;
  run(page: Page, key: string): void;
}
