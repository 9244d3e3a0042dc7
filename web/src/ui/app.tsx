import { useEffect } from "preact/hooks";
import { Toasts } from "./alerts";
import { Chart } from "./chart";
import type { Desk } from "./desk";
import { Footer } from "./footer";
import { Header } from "./header";
import { installKeys } from "./keys";
import { LiquidationMap } from "./liq-map";
import { narrow } from "./narrow";
import { ReplayBar } from "./replay";
import { Rail } from "./rail";
import { ThumbBar } from "./ranges";
import { Sheets } from "./sheets";
import { SidePanel } from "./side-panel";
import { VenueStrip } from "./venues";
import { Zones } from "./zones";

/** The whole page: controls are those of the chart that was pressed last. */
export function App({ desk }: { desk: Desk }) {
  const page = desk.active.value, pages = desk.pages.value;
  useEffect(() => installKeys(() => desk.active.peek()), [desk]);
  return (
    <div class="page" data-profile={page.settings.profile.value ? "on" : "off"} data-zones={page.settings.zones.value ? "on" : "off"}>
      <Header page={page} />
      <main class="stage" aria-label="Liquidation heatmap">
        <Rail page={page} charts={pages.length} />
        <div class="charts" data-layout={pages.length}>
          {pages.map((one) => <Chart key={one.id} page={one} desk={desk} />)}
          {page.settings.map.value !== null && <LiquidationMap key={page.id} page={page} />}
        </div>
        {page.settings.tools.panel.value ? <SidePanel page={page} /> : page.settings.zones.value && <Zones page={page} />}
      </main>
      <ReplayBar page={page} />
      <ThumbBar page={page} />
      {narrow.value && <VenueStrip page={page} />}
      <Footer page={page} />
      <Sheets page={page} />
      <Toasts page={page} />
    </div>
  );
}
