/** The alerts of the server, whichever chart they are seen from: its rules, what has fired, and what is to be told of it. */
import { batch, effect, signal, type Signal } from "@preact/signals";
import { AnswerError, type Client } from "../data/client";
import type { AlertRule, Firing } from "../wire/api";
import type { Live } from "./live";

/** How often a server that does not push is asked what has fired, ms. */
const POLL_MS = 10_000;
/** Firings that are kept; the server keeps as many. */
const MOST_FIRED = 200;
/** Longest that a toast stays, ms. */
const TOAST_MS = 20_000;

/** A rule that has not been made yet, of no instrument in particular. */
export type Draft = Omit<AlertRule, "id" | "venue" | "symbol">;

export class AlertBook {
  readonly rules: Signal<readonly AlertRule[]> = signal<readonly AlertRule[]>([]);
  /** Newest first. */
  readonly fired: Signal<readonly Firing[]> = signal<readonly Firing[]>([]);
  /** Where the server delivers to, beside the page. */
  readonly channels: Signal<readonly string[]> = signal<readonly string[]>([]);
  /** Fired while the page was open, and not yet put away. */
  readonly toasts: Signal<readonly Firing[]> = signal<readonly Firing[]>([]);
  readonly fault: Signal<string> = signal("");
  /** False where the server keeps no alerts. */
  readonly kept: Signal<boolean> = signal(true);
  private newest: number | null = null;
  private open = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Polls so far: one that another has overtaken plans no next one. */
  private turn = 0;

  /** `live` is what the server pushes, while it does. */
  constructor(private readonly client: Client, private readonly live: Pick<Live, "link" | "pushing">) {}

  /** Asks what there is and goes on listening; does nothing the second time. */
  start(): void {
    if (this.open) return;
    this.open = true;
    // Once it pushes, only what has fired before is still to be asked for.
    effect(() => {
      void this.live.link.value;
      void this.poll();
    });
  }

  async add(rule: Omit<AlertRule, "id">): Promise<void> {
    await this.change(() => this.client.send("POST", "/api/v1/alerts", rule));
  }

  async pause(rule: AlertRule): Promise<void> {
    const { id, ...rest } = rule;
    await this.change(() => this.client.send("PUT", `/api/v1/alerts/${id}`, { ...rest, paused: !rule.paused }));
  }

  async remove(rule: AlertRule): Promise<void> {
    await this.change(() => this.client.send("DELETE", `/api/v1/alerts/${rule.id}`));
  }

  dismiss(firing: Firing): void {
    this.toasts.value = this.toasts.peek().filter((toast) => toast !== firing);
  }

  async ask(): Promise<void> {
    try {
      const answer = await this.client.alerts();
      batch(() => {
        this.kept.value = true;
        this.rules.value = answer.rules;
        this.channels.value = answer.channels;
        if (this.newest !== null) return this.heard(answer.fired);
        // What fired before the page was opened is listed, not announced.
        this.newest = answer.fired[0]?.id ?? 0;
        this.fired.value = answer.fired;
      });
    } catch (error) {
      // A server without alerts is not asked again; one that is away is told of elsewhere.
      if (error instanceof AnswerError && error.status === 404) this.kept.value = false;
    }
  }

  /** Asks now, and again and again unless the server pushes. Nothing can fire while there are no rules: then nothing is asked. */
  private async poll(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const turn = ++this.turn;
    if (this.newest === null || this.rules.peek().length > 0) await this.ask();
    if (turn === this.turn && this.kept.peek() && !this.live.pushing) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  /** Takes what is new among firings, newest first. */
  heard(fired: readonly Firing[]): void {
    const known = this.newest ?? 0, news = fired.filter((firing) => firing.id > known);
    if (!news[0]) return;
    this.newest = news[0].id;
    batch(() => {
      this.fired.value = [...news, ...this.fired.peek()].slice(0, MOST_FIRED);
      this.toasts.value = [...news, ...this.toasts.peek()].slice(0, 5);
    });
    for (const firing of news) this.announce(firing);
  }

  private async change(send: () => Promise<void>): Promise<void> {
    try {
      await send();
      this.fault.value = "";
    } catch (error) {
      this.fault.value = error instanceof Error ? error.message : String(error);
    }
    await this.ask();
  }

  private announce(firing: Firing): void {
    setTimeout(() => this.dismiss(firing), TOAST_MS);
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    try {
      new Notification(firing.title, { body: firing.text, tag: String(firing.id) });
    } catch {
      // Android grants it, and lets no page make one: the page has said it.
    }
  }
}
