import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bankruptcyPrice, calculate, liquidationPrice, type Question, type Side, type Terms } from "../../src/model/liquidation";
import type { Tier } from "../../src/wire/api";

interface Vector { settlement: "linear" | "inverse"; side: Side; entry: number; notional: number; margin: number; liquidation: number; bankruptcy: number }
const golden = JSON.parse(readFileSync(new URL("../../testdata/liquidation_golden.json", import.meta.url), "utf8")) as { tiers: Tier[]; vectors: Vector[] };
const terms = (settlement: Terms["settlement"] = "linear"): Terms => ({ settlement, tiers: golden.tiers });

test("liquidation and bankruptcy prices are those that the server's model computes", () => {
  expect(golden.vectors.length).toBeGreaterThan(90);
  for (const v of golden.vectors) {
    const near = (got: number | null, want: number): void => expect(Math.abs((got ?? 0) - want), JSON.stringify(v)).toBeLessThanOrEqual(1e-9 * want);
    near(liquidationPrice(terms(v.settlement), v), v.liquidation);
    near(bankruptcyPrice(terms(v.settlement), v), v.bankruptcy);
  }
});

const question: Question = { side: "long", entry: 94_000, notional: 94_000, leverage: 25, mode: "isolated", balance: 0, fee: 0.0005 };

describe("the calculator", () => {
  test("gives the figures that Binance publishes", () => {
    const at = (leverage: number): number => calculate(terms(), { ...question, leverage })?.liquidation ?? 0;
    expect([100, 50, 25, 10].map((leverage) => +at(leverage).toFixed(1))).toEqual([93_433.7, 92_490, 90_602.4, 84_939.8]);
  });

  test("balances: at the liquidation price what is left is the maintenance margin", () => {
    for (const side of ["long", "short"] as const) {
      for (const balance of [9_400, 40_000, 500_000]) {
        const q: Question = { ...question, side, notional: 940_000, mode: "cross", balance };
        const r = calculate(terms(), q);
        if (!r || r.liquidation === null) continue;
        const left = balance + (side === "long" ? 1 : -1) * r.quantity * (r.liquidation - q.entry);
        expect(left).toBeCloseTo(r.maintenance, 4);
      }
    }
  });

  test("a cross position with more balance is liquidated farther away, and with enough never", () => {
    const far = (balance: number): number | null => calculate(terms(), { ...question, mode: "cross", balance })?.liquidation ?? null;
    expect(far(5_000)).toBeGreaterThan(far(20_000) as number);
    expect(far(94_000)).toBeNull();
  });

  test("breaks even after both fees, in either direction", () => {
    for (const side of ["long", "short"] as const) {
      const r = calculate(terms(), { ...question, side });
      const profit = (side === "long" ? 1 : -1) * ((r?.breakEven ?? 0) - question.entry), fees = question.fee * (question.entry + (r?.breakEven ?? 0));
      expect(profit).toBeCloseTo(fees, 6);
    }
  });

  test("says what the venue would refuse", () => {
    expect(calculate(terms(), { ...question, notional: 4_000_000, leverage: 100 })?.maxLeverage).toBe(50);
    expect(calculate(terms(), { ...question, mode: "cross", balance: 100 })?.underfunded).toBe(true);
    for (const wrong of [{ entry: 0 }, { notional: NaN }, { leverage: 0.5 }, { mode: "cross" as const, balance: 0 }, { fee: -1 }]) expect(calculate(terms(), { ...question, ...wrong })).toBeNull();
  });
});
