import { expect, test } from "vitest";
import { normOf } from "../../src/layers/lens";
import { counted, isCustom, known, planesOf, selectionOf, selectionText } from "../../src/scale/selection";

const GROUPS = ["low", "medium", "high"];

test("a selection is the planes that it adds up, in the groups' order", () => {
  expect(planesOf("all", GROUPS)).toEqual(GROUPS);
  expect(planesOf("fresh", GROUPS)).toEqual(["fresh"]);
  expect(planesOf("low+high", GROUPS)).toEqual(["low", "high"]);
  expect(selectionOf(["high", "low"], GROUPS)).toBe("low+high");
  expect(selectionOf(["high", "low", "medium"], GROUPS)).toBe("all");
  expect(selectionOf([], GROUPS)).toBe("all");
  expect(selectionText("low+high")).toBe("low and high leverage");
});

test("a link's selection is read in the server's words, a + as a space too", () => {
  expect(known("high low", GROUPS)).toBe("low+high");
  expect(known("fresh", GROUPS)).toBe("fresh");
  expect(known("low+huge", GROUPS)).toBe("low");
  expect(known("nonsense", GROUPS)).toBe("all");
});

test("only a choice of one's own is asked for by name, and is alone in its table", () => {
  expect([isCustom("low"), isCustom("all"), isCustom("low+high")]).toEqual([false, false, true]);
  expect(normOf("all", null)).toBeNull();
  expect(normOf("low+high", null)).toEqual({ population: null, selections: "low+high" });
  expect(normOf("low+high")?.population).toEqual(normOf("all")?.population);
  expect(counted("low+high", GROUPS)).toEqual(["low+high"]);
  expect(counted("high", GROUPS)).toEqual(["all", "low", "medium", "high", "fresh"]);
});
