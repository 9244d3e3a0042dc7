import { LEAST_OPACITY } from "../state/settings";
import type { Page } from "./page";

/** How the page looks, whatever it shows: opacity, theme, time zone, candles. */
export function Look({ page }: { page: Page }) {
  const { settings } = page, zone = settings.zone.value;
  return (
    <>
      <label class="opacity" data-tip="Opacity: how strongly cells are laid over the ground  ·  ; and '">
        <span>opacity</span>
        <input type="range" min={LEAST_OPACITY} max="1" step="0.05" aria-label="Opacity" aria-valuetext={`${Math.round(100 * settings.opacity.value)} %`} value={settings.opacity.value}
          onInput={(event) => void (settings.opacity.value = Number(event.currentTarget.value))} />
      </label>
      <button type="button" class="plain" data-tip="Dark or light page  ·  T" onClick={() => page.nextTheme()}>{settings.theme.value} page</button>
      <button type="button" class="plain" data-tip="Times in your zone or in UTC  ·  U" onClick={() => void (settings.zone.value = zone === "utc" ? "local" : "utc")}>{zone === "utc" ? "UTC" : "local time"}</button>
      <button type="button" class="plain" data-tip="Candles in greys, or green and red  ·  C" onClick={() => void (settings.candles.value = settings.candles.value === "grey" ? "colour" : "grey")}>{settings.candles.value === "grey" ? "grey candles" : "coloured candles"}</button>
    </>
  );
}
