/** Which venues of the shown coin are added up. */
import { combinationOf, nameOf, venuesOf, wholeOf, type Combination } from "../wire/combination";
import type { Instrument } from "../wire/api";
import type { Session } from "./session";

export interface VenueChoice extends Combination {
  /** The coin over all venues. */
  readonly whole: Instrument;
  /** Every venue that has the coin. */
  readonly all: readonly string[];
}

/** What can be chosen and what is; null where one instrument is all there is of the coin. Reads signals. */
export function venueChoice(session: Session): VenueChoice | null {
  const instrument = session.instrument.value;
  const whole = instrument && wholeOf(session.server.instruments.value, instrument.coin);
  return instrument && whole ? { whole, all: venuesOf(whole), ...combinationOf(instrument, whole) } : null;
}

/** Adds a venue to what is shown, or takes it away; the last one stays. */
export function toggleVenue(session: Session, venue: string): void {
  const choice = venueChoice(session);
  if (!choice) return;
  const venues = choice.all.filter((v) => choice.venues.includes(v) !== (v === venue));
  if (venues.length > 0) show(session, { ...choice, venues });
}

/** All venues, or where all are shown the one that lends candles and price. */
export function toggleAllVenues(session: Session): void {
  const choice = venueChoice(session);
  if (!choice) return;
  const every = choice.venues.length === choice.all.length;
  show(session, { ...choice, equal: choice.equal && !every, venues: every ? choice.all.slice(0, 1) : choice.all });
}

/** Adds up USD, or standard deviations of every instrument; one alone is shown with all others. */
export function setEqualised(session: Session, equal: boolean): void {
  const choice = venueChoice(session);
  if (!choice || choice.equal === equal) return;
  const alone = choice.venues.length === 1 && !session.instrument.peek()?.parts;
  show(session, { ...choice, equal, venues: equal && alone ? choice.all : choice.venues });
}

function show(session: Session, choice: VenueChoice): void {
  void session.show(nameOf(choice.whole, choice));
}
