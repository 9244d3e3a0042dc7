/** Whether the screen is a phone's, upright or on its side: some controls lie elsewhere then. */
import { signal, type ReadonlySignal } from "@preact/signals";

const query = matchMedia("(max-width: 720px), (max-height: 480px)"), state = signal(query.matches);
query.addEventListener("change", () => void (state.value = query.matches));

export const narrow: ReadonlySignal<boolean> = state;
