import { INK } from "../scale/ink";
import { maxPainOf } from "../layers/max-pain";
import { observable } from "../chart/observed-view";
import { ago, dateTime, price } from "../units/format";
import type { Page } from "./page";

const MAX_PAIN = "Max pain: the price in view at which the most is estimated to be liquidated at once, of shorts (S) above price and longs (L) below it; pointers mark them";

/** The strip above the profile: what it is of, and its summits. */
export function ProfileHead({ page }: { page: Page }) {
  const { stage, settings, session } = page;
  const profile = stage.value?.shown.profile.value, source = stage.value?.source();
  // Within one column of the end of what is stored there is nothing newer to show.
  const newest = !!profile && !!source && profile.at + source.size.bucketMs > (session.instrument.value?.to ?? 0);
  if (!profile) return <div class="profile-head" />;
  const [day, clock] = dateTime(profile.at, settings.zone.value).split(" ");
  const pain = source && maxPainOf(profile, source.size.shift), tick = session.instrument.value?.tick ?? 1;
  return (
    <div class="profile-head">
      <p>
        <b class="wide">{newest ? "stands at" : "stood at"}</b> <span class="wide">{day} </span>{clock}
        {!profile.complete && <span class="dim"> loading</span>}
      </p>
      {pain && (pain.short || pain.long) && <p class="pain wide" tabIndex={0} data-tip={MAX_PAIN}>max pain {(pain.short ? ["S " + price(pain.short.price, tick)] : []).concat(pain.long ? ["L " + price(pain.long.price, tick)] : []).join("  ")}</p>}
      {profile.complete && !profile.fromPrice && <p class="wide dim" tabIndex={0} data-tip="Price is far from the view: sums begin at the edge that is nearer to it">sums of what is in view</p>}
      <Observed page={page} />
    </div>
  );
}

/** Beside the time axis, below the profile: what its greys are. */
export function ProfileFoot({ page: { stage, settings, session } }: { page: Page }) {
  const profile = stage.value?.shown.profile.value;
  if (!profile) return null;
  const ink = INK[settings.theme.value], colours = profile.by === "venue" ? ink.venues : ink.groups;
  const labels = new Map((session.instrument.value?.groups ?? []).map((group) => [group.name, group.label.toLowerCase()]));
  return (
    <p class="profile-foot dim">
      {session.instrument.value?.parts && (
        <button type="button" class="plain cut" aria-label={`by ${settings.stack.value}`} data-tip={`Bars are by ${settings.stack.value}: press for by ${settings.stack.value === "venue" ? "leverage" : "venue"}  ·  |`} onClick={() => void (settings.stack.value = settings.stack.value === "venue" ? "leverage" : "venue")}>⇄</button>
      )}
      <span class="keys">
        {profile.groups.map((name, i) => <span key={name} class="key"><i style={{ background: colours[(profile.colours[i] as number) % colours.length] as string }} /> {labels.get(name) ?? name}</span>)}
        <span class="key" data-tip="The line: what would be liquidated in all, from price to there"><i class="line" /> sum</span>
      </span>
    </p>
  );
}

const OBSERVED = "OBSERVED: open positions as the venue itself tells them, at its own liquidation prices, with the share of all longs (L) and shorts (S) that they are and their median age; bars from the right, on the estimate's scale. Only addresses seen trading that the venue has been asked about, so never all of the market";

/** How much of the market is observed, and how old that is; switches its bars. */
function Observed({ page: { session, settings, stage } }: { page: Page }) {
  if (!observable(session.instrument.value)) return null;
  const on = settings.observed.value, answer = stage.value?.observed.answer.value;
  if (on && !answer) return null;
  const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
  return (
    <p class="wide">
      <button type="button" class="plain cut observed" aria-pressed={on} data-tip={`${OBSERVED}  ·  #`} onClick={() => void (settings.observed.value = !on)}>
        {answer ? `OBSERVED L ${percent(answer.long.share)} S ${percent(answer.short.share)}, ${ago(answer.age.median_ms)}` : "observed: off"}
      </button>
    </p>
  );
}
