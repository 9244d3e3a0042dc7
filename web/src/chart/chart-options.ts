/** What the chart library is told once: fonts, axes, and how times are written. */
import { ColorType, CrosshairMode, type DeepPartial, type TimeChartOptions, type UTCTimestamp } from "lightweight-charts";
import { clock, day, type Zone } from "../units/format";

/** Share of the pane's height that the price scale leaves free above and below. */
export const MARGIN = 0.02;

/** Options of a transparent chart that writes times in the zone of the moment. */
export function chartOptions(zone: () => Zone): DeepPartial<TimeChartOptions> {
  return {
    autoSize: true,
    layout: {
      background: { type: ColorType.Solid, color: "transparent" }, fontSize: matchMedia("(min-width: 2600px)").matches ? 15 : 11,
      fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif", attributionLogo: false,
    },
    localization: { dateFormat: "yyyy-MM-dd" },
    crosshair: {
      mode: CrosshairMode.Normal,
      vertLine: { width: 1, style: 2 },
      horzLine: { width: 1, style: 2 },
    },
    rightPriceScale: { borderVisible: false, minimumWidth: 68, entireTextOnly: true, scaleMargins: { top: MARGIN, bottom: MARGIN } },
    timeScale: {
      borderVisible: false, timeVisible: true, secondsVisible: false, minBarSpacing: 0.02, minimumHeight: 26,
      tickMarkFormatter: (t: UTCTimestamp, kind: number) => (kind <= 2 ? day(t * 1000, zone()) : clock(t * 1000, zone())),
    },
    kineticScroll: { touch: true, mouse: false },
  };
}
