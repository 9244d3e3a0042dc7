import { expect, test } from "vitest";
import { fromText, toText } from "../../src/state/drawing-text";
import { hitShape, type Drawing } from "../../src/layers/shapes";
import { columnOf, rowOf, type View } from "../../src/scale/view";
import { binPosition } from "../../src/units/units";

const trend: Drawing = { kind: "trend", points: [{ time: 1_000_000, price: 100 }, { time: 2_000_000, price: 110 }] };
const line: Drawing = { kind: "horizontal", points: [{ time: 1_500_000, price: 105.25 }] };
const box: Drawing = { ...trend, kind: "range" };

test("drawings survive as text, and nonsense is left out", () => {
  expect(fromText(toText([trend, line, box]))).toEqual([trend, line, box]);
  expect(fromText("")).toEqual([]);
  expect(fromText("circle_1_2~trend_1_2_3~horizontal_-1_5~range_1_2_3_x~horizontal_7_8")).toEqual([{ kind: "horizontal", points: [{ time: 7, price: 8 }] }]);
});

test("what lies under the pointer is taken hold of: a point, else all of it, else nothing", () => {
  const height = 400, top = binPosition(115, 0), bottom = binPosition(95, 0);
  const view: View = {
    width: 800, height, ratio: 1, time0: 0, msPerPixel: 5000, version: 1,
    edges: Float64Array.from({ length: height + 1 }, (_, r) => top + ((bottom - top) * r) / height),
  };
  const at = (time: number, price: number, dx = 0, dy = 0): { x: number; y: number } => ({ x: columnOf(view, time) + dx, y: rowOf(view, binPosition(price, 0)) + dy });
  expect(hitShape(view, trend, at(1_000_000, 100, 3, 3), 6)).toBe(0);
  expect(hitShape(view, trend, at(2_000_000, 110), 6)).toBe(1);
  expect(hitShape(view, trend, at(1_500_000, 104.9), 6)).toBe(-1);
  expect(hitShape(view, trend, at(1_500_000, 104.9, 0, 20), 6)).toBeNull();
  expect(hitShape(view, trend, at(2_400_000, 114), 6)).toBeNull();
  expect(hitShape(view, line, at(9_000, 105.25, 0, 5), 6)).toBe(-1);
  expect(hitShape(view, line, at(9_000, 105.25, 0, 8), 6)).toBeNull();
  expect(hitShape(view, box, at(1_500_000, 110), 6)).toBe(-1);
  expect(hitShape(view, box, at(1_500_000, 105), 6)).toBeNull();
});
