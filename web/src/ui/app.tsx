import { useEffect, useRef } from "preact/hooks";
import { Toasts } from "./alerts";
import { Footer } from "./footer";
import { Header } from "./header";
import { installKeys } from "./keys";
import { LegendBar } from "./legend";
import type { Page } from "./page";
import { ProfileHead } from "./profile";
import { SidePanel } from "./panel";
import { Rail } from "./rail";
import { Readout } from "./readout";
import { ReplayBar } from "./replay";
import { ThumbBar } from "./ranges";
import { Sheets } from "./sheets";
import { VenueStrip } from "./venues";
import { Zones } from "./zones";
import { StateCard } from "./state";

/** The whole page. */
export function App({ page }: { page: Page }) {
  const chart = useRef<HTMLDivElement>(null), heat = useRef<HTMLCanvasElement>(null);
  const profile = useRef<HTMLCanvasElement>(null), lens = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    page.mount({
      chart: chart.current as HTMLElement, heat: heat.current as HTMLCanvasElement,
      profile: profile.current as HTMLCanvasElement, lens: lens.current as HTMLCanvasElement,
    });
    return installKeys(page);
  }, [page]);
  return (
    <div class="page" data-profile={page.settings.profile.value ? "on" : "off"} data-zones={page.settings.zones.value ? "on" : "off"}>
      <Header page={page} />
      <main class="stage" aria-label="Liquidation heatmap">
        <section class="plot">
          <canvas ref={heat} class="heat" aria-hidden="true" />
          <div ref={chart} class="chart" role="img" aria-label="Candles over the estimated liquidation heatmap. Numbers under the cross-hair are announced in the read-out." />
          <canvas ref={lens} class="lens" hidden aria-hidden="true" />
          <Readout page={page} />
          <LegendBar page={page} />
          <Rail page={page} />
          <StateCard page={page} />
        </section>
        <aside class="profile" aria-label="Liquidation map: what stands by price">
          <canvas ref={profile} aria-hidden="true" />
          <ProfileHead page={page} />
        </aside>
        {page.settings.tools.panel.value ? <SidePanel page={page} /> : page.settings.zones.value && <Zones page={page} />}
      </main>
      <ReplayBar page={page} />
      <ThumbBar page={page} />
      <VenueStrip page={page} />
      <Footer page={page} />
      <Sheets page={page} />
      <Toasts page={page} />
    </div>
  );
}
