/** Follows the track record of the chosen instrument: asked for once its map is drawn, and anew when an hour has closed. */
import { effect, signal, type Signal } from "@preact/signals";
import { HOUR } from "../units/units";
import type { Instrument, RecordAnswer } from "../wire/api";
import type { Session } from "./session";

/** The server prepares the next record when it is asked for the last: this long after, ms, it is there. */
const AGAIN_MS = 30_000;

/** Newest answer for the chosen instrument; null until there is one. */
export function followRecord(session: Session, drawn: () => boolean): Signal<RecordAnswer | null> {
  const record = signal<RecordAnswer | null>(null);
  let asked = "", again: ReturnType<typeof setTimeout> | undefined;
  const ask = async (instrument: Instrument): Promise<void> => {
    // A record that cannot be had is left out: the map does not depend on it.
    const answer = await session.server.client.record(instrument).catch(() => null);
    const { venue, symbol } = session.instrument.peek() ?? {};
    if (answer && answer.venue === venue && answer.symbol === symbol) record.value = answer;
  };
  effect(() => {
    const instrument = session.instrument.value;
    if (!instrument) return;
    const name = `${instrument.venue} ${instrument.symbol}`, key = `${name} ${Math.floor(instrument.to / HOUR)}`;
    if (!asked.startsWith(`${name} `)) record.value = null;
    if (!drawn() || key === asked) return;
    const first = asked === "" || record.peek() === null;
    asked = key;
    clearTimeout(again);
    if (!first) again = setTimeout(() => void ask(instrument), AGAIN_MS);
    void ask(instrument);
  });
  return record;
}
