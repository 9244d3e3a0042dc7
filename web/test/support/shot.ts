/** Pictures that tests take of what they have just looked at: into the folder that OUT names, or none. */
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { frames } from "./browser";

export const OUT = process.env["OUT"];

/** Saves the page as it stands, without what only a pointer at rest shows. */
export async function shot(page: Page, name: string): Promise<void> {
  if (!OUT) return;
  mkdirSync(OUT, { recursive: true });
  await frames(page, 5);
  await page.screenshot({ path: `${OUT}/${name}.png` });
}
