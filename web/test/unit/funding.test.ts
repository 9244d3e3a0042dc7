import { expect, test } from "vitest";
import { FundingView, fundingWords } from "../../src/chart/funding-view";
import type { Frame } from "../../src/chart/candles";
import type { Client } from "../../src/data/client";
import { HOUR } from "../../src/units/units";
import type { Instrument } from "../../src/wire/api";
import type { FundingAnswer } from "../../src/wire/funding";

const OKX = { venue: "okx", symbol: "BTC-USDT-SWAP", interval_hours: 8, interval_assumed: true };
const HL = { venue: "hyperliquid", symbol: "BTC", interval_hours: 1, interval_assumed: false };

test("words say whose rate it is, for how long, and what is assumed of it", () => {
  const bare = { level: 0, bucket_ms: 60_000, parts: [] };
  expect(fundingWords({ ...OKX, ...bare })).toBe("okx BTC-USDT-SWAP, % per 8 h assumed");
  expect(fundingWords({ ...HL, ...bare })).toBe("hyperliquid BTC, % per 1 h");
  expect(fundingWords({ ...OKX, ...bare, venue: "all", symbol: "BTC", parts: [OKX, HL] })).toBe("mean of okx, hyperliquid, % per 8 h, some assumed so");
});

const instrument = (symbol: string, to: number): Instrument => ({ venue: "okx", symbol, from: 0, to }) as unknown as Instrument;
const frame = (level: number): Frame => ({ level, bucketMs: HOUR, first: -10, count: 110 });

test("a frame is asked for once, as far as it is stored, and another instrument's answer is dropped", async () => {
  const asked: string[] = [], answers: ((answer: FundingAnswer) => void)[] = [];
  const client = { funding: (name: { symbol: string }, level: number, { from, to }: { from: number; to: number }) => {
    asked.push(`${name.symbol} ${level} ${from / HOUR} ${to / HOUR}`);
    return new Promise<FundingAnswer>((done) => answers.push(done));
  } } as unknown as Client;
  let arrived = 0;
  const view = new FundingView(client, () => arrived++);
  const answer = (rate: number): FundingAnswer => ({ ...OKX, level: 3, bucket_ms: HOUR, parts: [], time: [HOUR], rate: [rate], of: [1] });
  view.want(instrument("A", 5.5 * HOUR), frame(3));
  view.want(instrument("A", 5.9 * HOUR), frame(3));
  expect(asked).toEqual(["A 3 0 5"]);
  view.want(instrument("B", 5.5 * HOUR), frame(3));
  answers[0]?.(answer(0.1));
  await Promise.resolve();
  expect([arrived, view.asking, view.at(3, HOUR)]).toEqual([0, true, NaN]);
  answers[1]?.(answer(0.2));
  await new Promise((done) => setTimeout(done));
  expect([arrived, view.asking, view.at(3, HOUR), view.at(3, 2 * HOUR), view.at(2, HOUR)]).toEqual([1, false, 0.2, NaN, NaN]);
  view.want(instrument("B", 6.5 * HOUR), frame(3));
  expect(asked.at(-1)).toBe("B 3 0 6");
  expect(view.at(3, HOUR)).toBe(0.2);
  view.want(null, null);
  expect(view.at(3, HOUR)).toBe(NaN);
});
