import { freshest } from "../state/session";
import { price } from "../units/format";
import { titleOf } from "../wire/combination";
import type { Page } from "./page";

/** What there is to say when there is no map, or none yet: one honest picture for each reason, with a next step. What is true of the server one of several charts says for all: the one that `speaks`. */
export function StateCard({ page, speaks }: { page: Page; speaks: boolean }) {
  const { session, stage, settings } = page;
  const status = session.server.status.value, link = session.server.link.value, instrument = session.instrument.value;
  const shown = stage.value?.shown;
  if (!instrument && !speaks && (link.state !== "ok" || status?.state !== "ready")) return null;
  if (link.state === "connecting") return <Card title="Connecting" />;
  if (!instrument && link.state === "disconnected") {
    return <Card title="No answer from the server" text="Is halcyon still running? This page tries again by itself." action={["Try now", () => session.server.again()]} />;
  }
  if (status?.state === "failed") return <Card title="The server could not prepare its data" text={status.message} action={["Ask again", () => session.server.again()]} />;
  if (!instrument && status?.state === "preparing") {
    return <Card title="Preparing the map" text={status.message} progress={status.progress} />;
  }
  const known = instrument ? undefined : freshest(session.server.instruments.value);
  if (known) {
    return <Card title={`No instrument "${settings.symbol.value}" here`} text="It is not stored on this server." action={[`Show ${titleOf(known)}`, () => session.choose(known)]} />;
  }
  if (!instrument) return <Card title="Nothing stored yet" text="Import recorded files with “halcyon import”, or start “halcyon sim”." action={["Look again", () => session.server.again()]} />;
  if (shown?.beyond.value && settings.at.value !== null) return <Card title="Not known yet at the replayed time" action={["Go to the replayed time", () => stage.value?.navigator.reset()]} />;
  if (shown?.beyond.value) return <Card title="Nothing is stored for this time" action={["Go to the newest", () => stage.value?.navigator.reset()]} />;
  if (shown && shown.astray.value !== null && instrument) {
    return <Card title="Nothing stands between these prices" text={`Price is at ${price(shown.astray.value, instrument.tick)}.`} action={["Show the price", () => stage.value?.navigator.prices.set(null)]} />;
  }
  if (shown && !shown.drawn.value) return <p class="waiting" role="status">{session.fault.value || `loading ${titleOf(instrument)}`}</p>;
  if (!speaks) return null;
  if (status?.state === "preparing") return <p class="ribbon" role="status">Preparing: {status.message} ({Math.round(100 * status.progress)} %)</p>;
  if (link.state === "disconnected") return <p class="ribbon" role="status">Disconnected: what is shown is as of the stamp below</p>;
  return null;
}

function Card({ title, text, progress, action }: { title: string; text?: string; progress?: number; action?: readonly [string, () => void] | undefined }) {
  return (
    <div class="card" role="status">
      <h2>{title}</h2>
      {text && <p>{text}</p>}
      {progress !== undefined && <progress value={progress} max={1} aria-label={title} />}
      {action && <button type="button" onClick={action[1]}>{action[0]}</button>}
    </div>
  );
}
