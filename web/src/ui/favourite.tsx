import { isFavourite, toggleFavourite } from "../state/favourites";
import type { Name } from "../data/client";

/** A star that keeps an instrument at the top of the list. */
export function Favourite({ name, tip }: { name: Name; tip?: string }) {
  const on = isFavourite(name);
  return (
    <button type="button" class="star" aria-label={`Favourite ${name.symbol} on ${name.venue}`} aria-pressed={on} data-tip={tip ?? (on ? "A favourite: listed first" : "Make it a favourite")}
      onClick={(event) => { event.stopPropagation(); toggleFavourite(name); }}>{on ? "★" : "☆"}</button>
  );
}
