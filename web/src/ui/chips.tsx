import { toggleVenue, venueChoice } from "../state/venues";
import { INK } from "../scale/ink";
import type { Page } from "./page";

/** What the combined Optical view is, in a sentence. */
export const EQUALISED_HELP = "Optical combined: every instrument's fresh cells divided by their own standard deviation (near price, 24 h before), summed over venues, over the root of their number: a small venue counts as much as a large one";

/** A venue whose newest column is so much older than the newest of all has stopped, ms. */
const LATE_MS = 5 * 60_000;

/** The venues of the shown coin, each switched on or off: the map is the sum of those that are on. */
export function VenueChips({ page: { session, settings } }: { page: Page }) {
  const choice = venueChoice(session);
  if (!choice) return null;
  const coloured = settings.stack.value === "venue" && settings.profile.value, colours = INK[settings.theme.value].venues;
  const shown = choice.all.filter((venue) => choice.venues.includes(venue));
  return (
    <div class="chips" role="group" aria-label="Venues added up">
      {choice.all.map((venue) => {
        const parts = (choice.whole.parts ?? []).filter((part) => part.venue === venue), place = shown.indexOf(venue);
        const behind = parts.every((part) => part.to < choice.whole.to - LATE_MS);
        const what = parts.map((part) => part.symbol + (part.settlement === "inverse" ? " (inverse)" : "")).join(", ");
        return (
          <button
            key={venue} type="button" class="chip" aria-pressed={place >= 0} data-behind={behind} onClick={() => toggleVenue(session, venue)}
            data-tip={`${venue}: ${what}${behind ? "; nothing of late" : ""}. Click to add it to the map or take it away  ·  * all venues`}
          >
            {coloured && shown.length > 1 && place >= 0 && <i style={{ background: colours[place % colours.length] }} />}
            <span>{venue}</span>
          </button>
        );
      })}
    </div>
  );
}
