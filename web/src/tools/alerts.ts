/** Alerts: the rules that the server keeps, what has fired, and the draft of the next one. */
import { batch, computed, effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { AnswerError, type Client } from "../data/client";
import type { Zone } from "../layers/zones";
import { drawPriceLine } from "../layers/lines";
import type { Ink } from "../scale/ink";
import type { View } from "../scale/view";
import { usd } from "../units/format";
import type { AlertKind, AlertRule, Firing, Instrument } from "../wire/api";
import type { Live } from "../state/live";
import type { Grip, Part, Spot } from "../chart/overlay";
import type { ToolName, ToolSettings } from "../state/tool-settings";

/** How often a server that does not push is asked what has fired, ms. */
const POLL_MS = 10_000;
/** Half of the price range that a press beside every zone watches, as a fraction. */
const BESIDE = 0.0025;
/** Firings that are kept; the server keeps as many. */
const MOST_FIRED = 200;
/** Longest that a toast stays, ms. */
const TOAST_MS = 20_000;

export interface AlertsPort {
  readonly client: Client;
  readonly instrument: ReadonlySignal<Instrument | null>;
  readonly zones: ReadonlySignal<readonly Zone[]>;
  readonly tools: ToolSettings;
  /** What the server pushes, while it does. */
  readonly live: Pick<Live, "link" | "pushing" | "alerted">;
  repaint(): void;
}

/** A rule that has not been made yet. */
export type Draft = Omit<AlertRule, "id" | "venue" | "symbol">;

const DRAFT: Draft = { kind: "near", within: 0.01, usd: 5_000_000, z: 3, stale_ms: 300_000 };

export class Alerts implements Part {
  readonly rules: Signal<readonly AlertRule[]> = signal<readonly AlertRule[]>([]);
  /** Newest first. */
  readonly fired: Signal<readonly Firing[]> = signal<readonly Firing[]>([]);
  /** Where the server delivers to, beside the page. */
  readonly channels: Signal<readonly string[]> = signal<readonly string[]>([]);
  /** Fired while the page was open, and not yet put away. */
  readonly toasts: Signal<readonly Firing[]> = signal<readonly Firing[]>([]);
  readonly draft: Signal<Draft> = signal(DRAFT);
  readonly fault: Signal<string> = signal("");
  /** False where the server keeps no alerts. */
  readonly kept: Signal<boolean> = signal(true);
  /** Rules of the instrument on the stage. */
  readonly own: ReadonlySignal<readonly AlertRule[]>;
  private newest: number | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  /** Polls so far: one that another has overtaken plans no next one. */
  private turn = 0;
  private ended = false;
  private readonly stop: () => void;

  constructor(private readonly port: AlertsPort) {
    this.own = computed(() => this.rules.value.filter((rule) => rule.venue === port.instrument.value?.venue && rule.symbol === port.instrument.value.symbol));
    const hear = (firing: Firing): void => this.heard([firing]);
    port.live.alerted.add(hear);
    const stops = [
      () => void port.live.alerted.delete(hear),
      effect(() => {
        if (port.tools.panel.value === "alerts") void this.ask();
      }),
      // Once it pushes, only what has fired before is still to be asked for.
      effect(() => {
        void port.live.link.value;
        void this.poll();
      }),
      effect(() => {
        void [port.tools.panel.value, this.own.value, this.draft.value];
        port.repaint();
      }),
    ];
    this.stop = () => stops.forEach((stop) => stop());
  }

  /** Makes a rule of the draft, for the instrument on the stage. */
  async add(): Promise<void> {
    const instrument = this.port.instrument.peek();
    if (!instrument) return;
    const { venue, symbol } = instrument;
    await this.change(() => this.port.client.send("POST", "/api/v1/alerts", { ...this.draft.peek(), venue, symbol }));
  }

  async pause(rule: AlertRule): Promise<void> {
    const { id, ...rest } = rule;
    await this.change(() => this.port.client.send("PUT", `/api/v1/alerts/${id}`, { ...rest, paused: !rule.paused }));
  }

  async remove(rule: AlertRule): Promise<void> {
    await this.change(() => this.port.client.send("DELETE", `/api/v1/alerts/${rule.id}`));
  }

  /** Changes part of the draft. */
  set(change: Partial<Draft>): void {
    this.draft.value = { ...this.draft.peek(), ...change };
  }

  dismiss(firing: Firing): void {
    this.toasts.value = this.toasts.peek().filter((toast) => toast !== firing);
  }

  draw(context: CanvasRenderingContext2D, view: View, ink: Ink): void {
    const open = this.port.tools.panel.peek() === "alerts", draft = this.draft.peek();
    for (const rule of this.own.peek()) if (rule.low && rule.high && (open || !rule.paused)) drawBand(context, view, rule, rule.paused ? ink.dim : ink.observed, ink);
    if (open && draft.low && draft.high) drawBand(context, view, draft, ink.accent, ink);
  }

  /** Drafts an alert on a zone, or on any prices, and opens the panel. */
  watch({ low, high, ...zone }: { readonly low: number; readonly high: number } & Partial<Pick<Zone, "usd" | "side">>): void {
    const of: Partial<Draft> = zone.usd === undefined ? {} : { usd: figure(zone.usd / 2), side: zone.side ?? "" };
    this.set({ ...of, low: +low.toPrecision(8), high: +high.toPrecision(8) });
    this.port.tools.panel.value = "alerts";
  }

  place(tool: ToolName, spot: Spot): Grip | null {
    if (tool !== "alert") return null;
    const zone = this.port.zones.peek().find((z) => spot.price >= z.low * (1 - BESIDE) && spot.price < z.high * (1 + BESIDE));
    this.watch(zone ?? { low: spot.price * (1 - BESIDE), high: spot.price * (1 + BESIDE) });
    return { cursor: "crosshair", move: () => undefined };
  }

  dispose(): void {
    this.ended = true;
    this.stop();
    if (this.timer) clearTimeout(this.timer);
  }

  /** Asks now, and again and again unless the server pushes. Nothing can fire while there are no rules: then nothing is asked. */
  private async poll(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const turn = ++this.turn;
    if (this.newest === null || this.rules.peek().length > 0 || this.port.tools.panel.peek() === "alerts") await this.ask();
    if (turn === this.turn && !this.ended && this.kept.peek() && !this.port.live.pushing) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private async ask(): Promise<void> {
    try {
      const answer = await this.port.client.alerts();
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

  /** Takes what is new among firings, newest first. */
  private heard(fired: readonly Firing[]): void {
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

function figure(value: number): number {
  return +value.toPrecision(2);
}

function drawBand(context: CanvasRenderingContext2D, view: View, rule: Draft, colour: string, ink: Ink): void {
  drawPriceLine(context, view, { price: rule.high as number, text: `alert: ${inWords(rule)}`, colour, dashed: true }, ink);
  drawPriceLine(context, view, { price: rule.low as number, text: "", colour, dashed: true }, ink);
}

/** A rule in a few words. */
export function inWords(rule: Draft): string {
  const side = rule.side ? `${rule.side}s ` : "";
  const words: Record<AlertKind, string> = {
    near: `price within ${+(100 * (rule.within ?? 0)).toPrecision(3)} % of ${side}≥ ${usd(rule.usd ?? 0)}`,
    hot: `${side}zone of z ≥ ${rule.z} appears`,
    swept: `${side}zone ≥ ${usd(rule.usd ?? 0)} swept`,
    liquidation: `${side}≥ ${usd(rule.usd ?? 0)} liquidated in a minute`,
    stale: `no column for ${Math.round((rule.stale_ms ?? 0) / 60_000)} min`,
  };
  return words[rule.kind];
}
