/** What a combination is made of, asked of the server because tiles hold sums: the profile by venue, and the shares of a cell. */
import { signal, type Signal } from "@preact/signals";
import type { Client } from "../data/client";
import type { Profile } from "../layers/profile";
import type { Reading } from "../layers/readout";
import type { Source } from "../layers/source";
import { sharesOf, stackByVenue, unstacked, type Share } from "../layers/venue-stack";
import type { Selection } from "../scale/selection";
import { binOf } from "../units/units";
import type { Instrument, ProfileAnswer, SharesAnswer } from "../wire/api";
import type { ProfilePlan } from "./profile-view";
import type { Stack } from "../state/settings";

/** How long a wish must stand before it is asked for: a moving cross-hair asks nothing. */
const SETTLE_MS = 120;

/** Keeps the answer to the newest question; a question is asked when it has stood for a moment. */
class Asked<Answer> {
  private key = "";
  private held: { readonly key: string; readonly answer: Answer } | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly arrived: () => void) {}

  /** The answer, or null until it has arrived. Faults are answers that never come: what is shown without them is whole. */
  get(key: string, ask: () => Promise<Answer>): Answer | null {
    if (this.held?.key === key) return this.held.answer;
    if (key === this.key) return null;
    this.key = key;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      ask().then((answer) => {
        if (this.key !== key) return;
        this.held = { key, answer };
        this.arrived();
      }, () => {
        if (this.key === key) this.key = "";
      });
    }, SETTLE_MS);
    return null;
  }
}

export class VenueViews {
  /** Shares of the cell under the cross-hair by venue; empty while unknown. */
  readonly shares: Signal<readonly Share[]> = signal<readonly Share[]>([]);
  /** Rises with every profile that arrives. */
  version = 0;
  private readonly stacks: Asked<ProfileAnswer>;
  private readonly cells = new Asked<SharesAnswer>(() => this.again());
  private again: () => void = () => undefined;

  constructor(private readonly client: Client, arrived: () => void) {
    this.stacks = new Asked(() => {
      this.version++;
      arrived();
    });
  }

  /** How an instrument's profile is counted, and cut where that is not by leverage. */
  cut(instrument: Instrument | null, stack: Stack, { size }: Source, selection: Selection): Pick<ProfilePlan, "unit" | "cut" | "cutVersion"> {
    const byVenue = stack === "venue" && instrument?.parts;
    return { unit: instrument?.unit ?? "usd", cut: byVenue ? (profile) => this.stacked(profile, instrument, size.shift, selection) : null, cutVersion: this.version };
  }

  /** The profile by venue where that is known, else in one piece. */
  private stacked(profile: Profile, instrument: Instrument, shift: number, selection: Selection): Profile {
    const { venue, symbol } = instrument, names = instrument.groups.map((group) => group.name);
    const answer = this.stacks.get([venue, symbol, shift, profile.at].join(), () => this.client.profile({ venue, symbol }, profile.at, shift));
    return answer ? stackByVenue(profile, answer, names, selection) : unstacked(profile);
  }

  /** Looks up of what the cell under the cross-hair is made. */
  look(reading: Reading | null, instrument: Instrument | null, source: Source, selection: Selection): void {
    if (reading?.state !== "cell" || !instrument?.parts) {
      if (this.shares.peek().length > 0) this.shares.value = [];
      return;
    }
    const { level } = source, { venue, symbol } = instrument, bin = binOf(Math.sqrt(reading.low * reading.high), source.size.shift);
    const names = instrument.groups.map((group) => group.name);
    this.again = () => this.look(reading, instrument, source, selection);
    const answer = this.cells.get([venue, symbol, level, reading.from, bin].join(), () => this.client.shares({ venue, symbol }, level, reading.from, bin));
    this.shares.value = answer ? sharesOf(answer.parts, names, selection) : [];
  }
}
