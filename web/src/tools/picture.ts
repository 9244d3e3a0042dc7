/** The chart as one picture that says for itself what it shows: instrument, time, source, ESTIMATED, and what the colours are of. */
import { drawBar, drawStrip, type Caption } from "../layers/caption";
import type { Ink } from "../scale/ink";
import type { Stage } from "../chart/stage";

/** Heights of the strips above and below the chart, CSS pixels. */
const ABOVE = 40;
const BELOW = 58;

/** Draws the chart and the profile, if it is open, with words above and a legend below. Null before anything is shown. */
export function takePicture(stage: Stage, caption: Caption, hosts: { readonly heat: HTMLCanvasElement; readonly profile: HTMLCanvasElement }): HTMLCanvasElement | null {
  const { view } = stage, ink: Ink = stage.ink();
  if (!view) return null;
  const { ratio } = view, shot = stage.candles.chart.takeScreenshot(true), beside = hosts.profile.clientWidth > 0 ? hosts.profile : null;
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d");
  const above = Math.round(ABOVE * ratio), below = Math.round(BELOW * ratio);
  canvas.width = shot.width + (beside ? beside.width : 0);
  canvas.height = shot.height + above + below;
  if (!context) return null;
  context.fillStyle = ink.ground;
  context.fillRect(0, 0, canvas.width, canvas.height);
  // What WebGL drew is gone once the frame is over: it is drawn anew and copied at once.
  stage.drawNow();
  context.drawImage(hosts.heat, 0, above);
  context.drawImage(shot, 0, above);
  if (beside) context.drawImage(beside, shot.width, above);
  drawStrip(context, caption, { width: canvas.width, height: above, ratio }, ink);
  drawBar(context, caption, { width: canvas.width, top: above + shot.height, height: below, ratio }, ink);
  return canvas;
}

/** The picture as a PNG file's bytes. */
export function pngOf(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("cannot encode the picture"))), "image/png"));
}
