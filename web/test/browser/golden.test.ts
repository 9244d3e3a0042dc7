/** Pictures of the map, pixel by pixel, for every palette and normalisation. UPDATE=1 npm run test:browser makes them anew. */
import { expect, test } from "vitest";
import { settled } from "../support/browser";
import { bare, golden, paneBox, picture } from "../support/pixels";
import { arrive, visits } from "../support/visits";

visits();

test.each([
  ["halcyon-z", ""],
  ["viridis-z", "&palette=viridis"],
  ["cividis-z", "&palette=cividis"],
  ["inferno-z", "&palette=inferno"],
  ["ice-z", "&palette=ice"],
  ["mono-z", "&palette=mono"],
  ["halcyon-z-light", "&theme=light"],
  ["viridis-z-light", "&theme=light&palette=viridis"],
  ["halcyon-z-faint", "&opacity=0.5"],
  ["halcyon-robust", "&norm=robust"],
  ["halcyon-percentile", "&norm=percentile"],
  ["halcyon-usd", "&norm=usd"],
  ["halcyon-z-linear-high", "&axis=linear&leverage=high"],
  ["halcyon-z-threshold", "&threshold=0.4"],
])("%s", async (name, query) => {
  const page = await arrive(`?range=24h${query}`, { viewport: { width: 1000, height: 640 } });
  // The chart's size alone, whatever stands around it.
  await page.addStyleTag({ content: ".plot { position: fixed !important; inset: 60px auto auto 0; width: 780px; height: 540px; }" });
  await settled(page);
  await bare(page);
  const box = await paneBox(page);
  expect(golden(name, await picture(page, { x: box.x + 300, y: box.y + 60, width: 360, height: 320 }))).toBe(0);
});
