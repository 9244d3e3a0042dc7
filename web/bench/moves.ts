/** Moves of a user, timed frame by frame. */
import type { Page } from "playwright-core";
import { frames, settled } from "../test/support/browser";
import { paneBox } from "../test/support/pixels";
import { begin, type Figures, frameTimes, intervals, type ProcessorTimes, processorTimes, timings, type TimingName } from "./figures";

const middle = async (page: Page): Promise<{ x: number; y: number }> => {
  const box = await paneBox(page);
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** Drags the map to the right, `steps` frames of `by` pixels each. */
export async function drag(page: Page, steps: number, by: number): Promise<void> {
  const { x, y } = await middle(page);
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let i = 1; i <= steps; i++) {
    await page.mouse.move(x + by * i, y);
    await frames(page, 1);
  }
  await page.mouse.up();
}

/** Does something that the page times by itself: by the clock, and by processor time. Returns the processor times. */
async function timed(page: Page, figures: Figures, name: string, timing: TimingName, goal: number, act: () => Promise<void>): Promise<ProcessorTimes> {
  await begin(page);
  const processor = await processorTimes(page, act);
  figures.spread(name, await timings(page, timing), "ms", goal);
  figures.spread(`${name}, processor time`, processor.of(timing), "ms", goal);
  return processor;
}

/** Frames of a move: script of the map and all script, and how far frames lie apart. */
async function move(page: Page, figures: Figures, name: string, act: () => Promise<void>): Promise<void> {
  const processor = await timed(page, figures, `${name}: script of the map a frame`, "paint", 4, act);
  figures.spread(`${name}: all script a frame`, await frameTimes(page), "ms", 16);
  figures.spread(`${name}: all script a frame, processor time`, processor.frames, "ms", 16);
  figures.spread(`${name}: frame to frame`, await intervals(page), "ms");
}

/** Pans, zooms, recolours, points and looks through the lens. */
export async function moves(page: Page, figures: Figures, name: string, steps = 80): Promise<void> {
  await move(page, figures, `${name}: pan`, () => drag(page, steps, 4));
  await settled(page);
  await move(page, figures, `${name}: zoom`, async () => {
    for (let i = 0; i < 30; i++) {
      await page.mouse.wheel(0, i < 15 ? -40 : 40);
      await frames(page, 2);
    }
  });
  await settled(page);
  figures.spread(`${name}: candles refilled`, await timings(page, "refill"), "ms", 16);
  await timed(page, figures, `${name}: recolour`, "recolour", 2, async () => {
    for (let i = 0; i < 30; i++) {
      await page.keyboard.press(["p", "n", "]"][i % 3] as string);
      await frames(page, 2);
    }
  });
  const { x, y } = await middle(page);
  await timed(page, figures, `${name}: cross-hair and profile`, "cursor", 4, async () => {
    for (let i = 0; i < 60; i++) {
      await page.mouse.move(x - 200 + 6 * i, y - 100 + 3 * i);
      await frames(page, 1);
    }
  });
  await page.keyboard.down("Alt");
  await timed(page, figures, `${name}: lens`, "lens", 16, async () => {
    for (let i = 0; i < 40; i++) {
      await page.mouse.move(x + i, y - i);
      await frames(page, 1);
    }
  });
  await page.keyboard.up("Alt");
}
