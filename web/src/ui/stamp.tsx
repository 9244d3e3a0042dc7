import type { Provenance } from "../wire/api";

const MEANING: Record<Provenance, string> = {
  RECORDED: "RECORDED: real market data of the past, replayed",
  SIMULATED: "SIMULATED: an artificial market, not a real one",
  LIVE: "LIVE: streaming from the venue",
};

/** Says in a word what kind of data is shown. */
export function Stamp({ provenance }: { provenance: Provenance }) {
  return <b class={`stamp ${provenance.toLowerCase()}`} data-tip={MEANING[provenance]}>{provenance}</b>;
}
