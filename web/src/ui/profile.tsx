import { INK } from "../scale/ink";
import { maxPainOf } from "../layers/max-pain";
import { dateTime, price } from "../units/format";
import type { Page } from "./page";

const MAX_PAIN = "Max pain: the price in view at which the most is estimated to be liquidated at once, of shorts (S) above price and longs (L) below it; pointers mark them";

/** Says what the profile is of, and what its greys are. */
export function ProfileHead({ page }: { page: Page }) {
  const { stage, settings, session } = page;
  const profile = stage.value?.shown.profile.value, source = stage.value?.source();
  // Within one column of the end of what is stored there is nothing newer to show.
  const newest = !!profile && !!source && profile.at + source.size.bucketMs > (session.instrument.value?.to ?? 0);
  const groups = session.instrument.value?.groups ?? [];
  const { groups: colours, venues } = INK[settings.theme.value];
  if (!profile) return null;
  const pain = source && maxPainOf(profile, source.size.shift), tick = session.instrument.value?.tick ?? 1;
  return (
    <div class="profile-head">
      <p>
        <b>{newest ? "stands at" : "stood at"}</b> {dateTime(profile.at, settings.zone.value)}
        {!profile.complete && <span class="dim"> loading</span>}
      </p>
      <p class="dim">
        {profile.by === "venue"
          ? profile.groups.map((venue, i) => <span key={venue} class="key"><i style={{ background: venues[i % venues.length] as string }} /> {venue}</span>)
          : profile.groups.length > 1
          ? groups.map((g, i) => <span key={g.name} class="key"><i style={{ background: colours[Math.min(i, 2)] as string }} /> {g.label.toLowerCase()}</span>)
          : <span class="key"><i style={{ background: colours[2] }} /> {profile.groups[0]}</span>}
        <span class="key"><i class="line" /> sum from price</span>
        {session.instrument.value?.parts && (
          <button type="button" class="plain cut" data-tip="Bars by leverage or by venue  ·  |" onClick={() => void (settings.stack.value = settings.stack.value === "venue" ? "leverage" : "venue")}>
            by {settings.stack.value}
          </button>
        )}
      </p>
      {pain && <p class="pain" tabIndex={0} data-tip={MAX_PAIN}>max pain {(pain.short ? ["S " + price(pain.short.price, tick)] : []).concat(pain.long ? ["L " + price(pain.long.price, tick)] : []).join("  ")}</p>}
    </div>
  );
}
