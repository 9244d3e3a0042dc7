/** Answers to the first questions, which the server has written into the document: no round trip lies before the first columns. */
import type { InstrumentsAnswer, StatusAnswer } from "../wire/api";

export interface Answers {
  readonly status: StatusAnswer;
  readonly instruments: InstrumentsAnswer;
}

/** What the document brought along, true when it was opened; null where it brought nothing. */
export function brought(): Answers | null {
  return JSON.parse(document.getElementById("answers")?.textContent ?? "null") as Answers | null;
}
