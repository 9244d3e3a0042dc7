/** In every state of the page: no serious violation of WCAG 2.1 A and AA, as far as a program can judge it, and no control that does not say what it is for. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { PHONE } from "../support/browser";
import { page, visit, visits } from "../support/visits";

visits();

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious violations: the rule, and the first elements that break it. */
async function violations(): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const axe = (window as unknown as { axe: { run(context: Document, options: object): Promise<{ violations: { id: string; impact: string; nodes: { target: string[]; failureSummary: string }[] }[] }> } }).axe;
    const { violations } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] });
    return violations.filter((v) => v.impact === "serious" || v.impact === "critical").map((v) => `${v.id}: ${v.nodes.slice(0, 4).map((n) => `${n.target.join(" ")} (${n.failureSummary.split("\n")[1]?.trim()})`).join("; ")}`);
  });
}

/** Names of controls that tell nothing when they are pointed at. */
function untold(): Promise<string[]> {
  return page.evaluate(() => [...document.querySelectorAll<HTMLElement>("button, select, input, a, [role=radio]")]
    .filter((e) => e.offsetParent !== null && e.closest("[data-tip]") === null)
    .map((e) => e.getAttribute("aria-label") ?? e.textContent ?? e.outerHTML));
}

test.each([
  ["the page", "?symbol=BTC", "", {}],
  ["the light page with panes", "?symbol=BTC&theme=light&panes=on", "", {}],
  ["the keys", "?symbol=BTC", "?", {}],
  ["the screener", "?symbol=BTC", "/", {}],
  ["the venues", "?symbol=BTC", "e", {}],
  ["the calculator", "?symbol=BTC", "k", {}],
  ["what if", "?symbol=BTC&theme=light", "q", {}],
  ["alerts", "?symbol=BTC", "!", {}],
  ["a replay", "?symbol=BTC", "r", {}],
  ["the export", "?symbol=BTC", "Control+s", {}],
  ["the tiers", "?symbol=BTC", "&", {}],
  ["the record", "?symbol=BTC", "s", {}],
  ["the liquidation map", "?symbol=BTC&map=0.1", "", {}],
  ["four charts", "?symbol=BTC&layout=4", "", {}],
  ["a phone", "?symbol=BTC", "", PHONE],
])("%s can be read and worked by everybody", async (_, query, key, size) => {
  await visit(query, size);
  if (key) await page.keyboard.press(key);
  await page.waitForTimeout(400);
  expect(await violations()).toEqual([]);
  expect(await untold()).toEqual([]);
});
