import { ago, clock } from "../units/format";
import type { Instrument, Provenance } from "../wire/api";
import type { Page } from "./page";

const MEANING: Record<Provenance, string> = {
  RECORDED: "RECORDED: real market data of the past, replayed",
  SIMULATED: "SIMULATED: an artificial market, not a real one",
  LIVE: "LIVE: streaming from the venue",
};

/** Says in a word what kind of data is shown, and of live ones how old their newest word is. */
export function Stamp({ page, instrument }: { page: Page; instrument: Instrument }) {
  const { provenance } = instrument;
  if (provenance !== "LIVE") return <b class={`stamp ${provenance.toLowerCase()}`} data-tip={MEANING[provenance]}>{provenance}</b>;
  const { text, tip, stale } = freshness(page, instrument);
  return <b class={`stamp live${stale ? " stale" : ""}`} data-tip={`${MEANING.LIVE}. ${tip}`}>{text}</b>;
}

function freshness({ session: { server: { live } }, settings }: Page, instrument: Instrument): { text: string; tip: string; stale: boolean } {
  const link = live.link.value;
  if (link.state === "off") return { text: `LIVE until ${clock(instrument.to, settings.zone.value)}`, tip: "This server is connected to no venue now", stale: true };
  const { ageMs, venue, stale } = live.freshness(instrument);
  const text = ageMs === null ? "LIVE" : `LIVE · ${ago(ageMs)} ago`;
  if (link.state !== "open") return { text, tip: "The stream of the server is interrupted; it is tried again", stale: true };
  if (venue && venue.state !== "live") return { text, tip: `${venue.name}: ${venue.message || venue.state}`, stale: true };
  return { text, tip: stale ? "The venue has said nothing of it for a while" : "The age is that of its newest trade", stale };
}
