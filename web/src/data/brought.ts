/** Answers to the first questions, which the server has written into the document: no round trip lies before the first columns. */
import type { InstrumentsAnswer, StatusAnswer } from "../wire/api";

interface Answers {
  readonly status: StatusAnswer;
  readonly instruments: InstrumentsAnswer;
}

let brought: Partial<Answers> | null = null;

/** What the document brought along to a question; null where it did not, and ever after: it was true when the page was opened. */
export function take<K extends keyof Answers>(question: K): Answers[K] | null {
  brought ??= read();
  const answer: Answers[K] | undefined = brought[question];
  brought = { ...brought, [question]: undefined };
  return answer ?? null;
}

function read(): Partial<Answers> {
  const text = typeof document === "undefined" ? null : document.getElementById("answers")?.textContent;
  return text ? ((JSON.parse(text) as Answers | null) ?? {}) : {};
}
