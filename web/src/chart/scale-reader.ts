/** Reads off the chart library what its scales show in a paint: the view that everything else drawn goes by. */
import type { IChartApi, ISeriesApi, Logical } from "lightweight-charts";
import { edgesOf, type View } from "../scale/view";
import { binPosition } from "../units/units";
import type { Frame } from "./candles";
import type { Pane } from "./paint-hook";

export class ScaleReader {
  private edges: Float64Array = new Float64Array(1);
  private edgeKey = "";
  private viewKey = "";
  private view: View | null = null;
  private version = 0;

  constructor(private readonly chart: IChartApi, private readonly series: ISeriesApi<"Candlestick">) {}

  /** The scales as they stand in this paint; null while there are none. The same view as long as nothing moved: what was computed of it is kept with it. */
  read({ width, height, ratio, ratioX }: Pane, frame: Frame): View | null {
    const time = this.chart.timeScale(), x0 = time.logicalToCoordinate(0 as Logical), x1 = time.logicalToCoordinate(1000 as Logical);
    if (x0 === null || x1 === null || x0 === x1) return null;
    const spacing = (x1 - x0) / 1000;
    if (!this.readEdges(height, ratio)) return null;
    const msPerPixel = frame.bucketMs / (spacing * ratioX), time0 = (frame.first + 0.5 - x0 / spacing) * frame.bucketMs;
    const key = `${this.edgeKey} ${width} ${time0} ${msPerPixel}`;
    if (key !== this.viewKey || !this.view) this.view = { width, height, ratio, time0, msPerPixel, edges: this.edges, version: ++this.version };
    this.viewKey = key;
    return this.view;
  }

  /** Bin positions of all row edges, anew only if the price scale moved. False while there is no scale. */
  private readEdges(height: number, ratio: number): boolean {
    const price = (y: number): number | null => this.series.coordinateToPrice(y);
    const probes = [0, height / 2 / ratio, height / ratio].map(price);
    if (probes.includes(null)) return false;
    const key = `${height} ${ratio} ${probes.join(" ")}`;
    if (key === this.edgeKey) return true;
    // The chart draws a coordinate at the nearest pixel, so row r reaches from r − ½ to r + ½.
    this.edges = edgesOf(height, (r) => binPosition(Math.max(1e-12, price((r - 0.5) / ratio) ?? 0), 0));
    this.edgeKey = key;
    return true;
  }
}
