import { expect, test } from "vitest";
import { captionRoom, paneRoom } from "../../src/chart/pane-room";

test("there is never a pane without room for its caption and a line below it, nor more of them than leave the chart most of the height", () => {
  for (let height = 40; height < 2000; height += 7) {
    for (const letters of [11, 15]) {
      for (const wanted of [5, 6]) {
        const room = paneRoom(wanted, height, letters), all = room.count * room.height;
        expect(room.height).toBeGreaterThanOrEqual(2 * captionRoom(letters));
        expect(room.count).toBeGreaterThanOrEqual(1);
        if (room.count > 1) expect(all).toBeLessThanOrEqual(0.45 * height);
        if (room.count < wanted) expect(all + room.height).toBeGreaterThan(0.4 * height);
      }
    }
  }
});

test("the height that is not known yet leaves no pane out", () => expect(paneRoom(6, 0, 11).count).toBe(6));
