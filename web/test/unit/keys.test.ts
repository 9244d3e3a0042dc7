import { expect, test } from "vitest";
import { KEYS } from "../../src/ui/keys";

test("no key does two things", () => {
  const all = KEYS.flatMap(({ keys }) => keys);
  expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
});
