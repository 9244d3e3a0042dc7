/** What is taken away from the page: addresses of tables of what is shown, and the words of a picture. */
import { columnSpans, extent } from "../scale/spans";
import { priceAt } from "../scale/view";
import { dateTime } from "../units/format";
import { MODE_LABEL } from "../scale/legend";
import type { Caption } from "../layers/caption";
import { paletteBytes } from "../chart/looks";
import type { Stage } from "../chart/stage";

export type TableFormat = "csv" | "parquet";
export type TableKind = "cells" | "columns";

/** Address of a table of what the chart shows, no later than what is known; null before anything is shown. */
export function tableAddress(stage: Stage, what: TableKind, format: TableFormat): string | null {
  const { view, instrument } = stage, source = stage.source();
  if (!view || !instrument || !source) return null;
  const { bucketMs } = source.size, { first, end } = extent(columnSpans(view, bucketMs));
  const query = new URLSearchParams({
    venue: instrument.venue, symbol: instrument.symbol, what, format, level: String(source.level),
    from: String(first * bucketMs), to: String(Math.min(end, Math.floor(instrument.to / bucketMs)) * bucketMs),
  });
  if (what === "cells") {
    query.set("low", priceAt(view, view.height - 1).toPrecision(8));
    query.set("high", priceAt(view, 0).toPrecision(8));
  }
  return `/api/v1/export?${query.toString()}`;
}

/** The words of a picture; null before anything is shown. */
export function captionOf(stage: Stage): Caption | null {
  const { view, instrument, settings } = stage, legend = stage.shown.legend.peek();
  if (!view || !instrument || !legend) return null;
  const zone = settings.zone.peek(), at = settings.at.peek(), words = (t: number): string => dateTime(t, zone);
  return {
    name: `${instrument.symbol}  ${instrument.venue}`,
    stamps: [instrument.provenance, ...(at === null ? [] : [`REPLAY ${words(at)}`]), "ESTIMATED liquidation levels"],
    time: `${words(view.time0)} to ${words(view.time0 + view.width * view.msPerPixel)}, data to ${words(instrument.to)} ${zone === "utc" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone}`,
    palette: paletteBytes(settings.palette.peek(), settings.theme.peek(), settings.opacity.peek()), ticks: legend.ticks,
    legend: `${MODE_LABEL[legend.mode]}: ${legend.text.replace(`${MODE_LABEL[legend.mode]} `, "")}`,
  };
}

/** Name of a picture's file: what it is of, and up to when. */
export function pictureName(stage: Stage): string {
  const { instrument } = stage, to = new Date(instrument?.to ?? 0).toISOString().slice(0, 16).replace(/[-:]/g, "");
  return `halcyon-${instrument?.venue ?? ""}-${instrument?.symbol ?? ""}-${instrument?.provenance ?? ""}-${to}.png`;
}
