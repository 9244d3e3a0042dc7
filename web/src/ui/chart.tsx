import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Desk } from "./desk";
import { LegendBar } from "./legend";
import type { Page } from "./page";
import { ProfileFoot, ProfileHead } from "./profile";
import { Heading, Readout } from "./readout";
import { StateCard } from "./state";

/** One chart with its profile, and a strip above both: what a page is drawn on. */
export function Chart({ page, desk }: { page: Page; desk: Desk }) {
  const chart = useRef<HTMLDivElement>(null), heat = useRef<HTMLCanvasElement>(null);
  const profile = useRef<HTMLCanvasElement>(null), lens = useRef<HTMLCanvasElement>(null);
  const active = desk.active.value === page;
  useLayoutEffect(() => {
    page.place({
      chart: chart.current as HTMLElement, heat: heat.current as HTMLCanvasElement,
      profile: profile.current as HTMLCanvasElement, lens: lens.current as HTMLCanvasElement,
    });
    return () => page.dispose();
  }, [page]);
  useEffect(() => void page.mount(), [page]);
  return (
    <div class="cell" data-active={active} onPointerDownCapture={() => void (desk.active.value = page)}>
      <header class="head">
        <Heading page={page} />
        <LegendBar page={page} />
      </header>
      <ProfileHead page={page} />
      <section class="plot">
        <canvas ref={heat} class="heat" aria-hidden="true" />
        <div ref={chart} class="chart" role="img" aria-label="Candles over the estimated liquidation heatmap. Numbers under the cross-hair are announced in the read-out." />
        <canvas ref={lens} class="lens" hidden aria-hidden="true" />
        <Readout page={page} />
        <StateCard page={page} speaks={desk.pages.value[0] === page} />
      </section>
      <aside class="profile" aria-label="Liquidation map: what stands by price">
        <canvas ref={profile} aria-hidden="true" />
        <ProfileFoot page={page} />
      </aside>
    </div>
  );
}
