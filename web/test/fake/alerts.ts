/** Alerts of the fake server: rules are kept, and fire when a test says so. */
import type { IncomingMessage } from "node:http";
import type { AlertRule, Firing } from "../../src/wire/api";

export class FakeAlerts {
  rules: AlertRule[] = [];
  fired: Firing[] = [];
  readonly channels = ["webhook"];
  private last = 0;

  /** Fires a rule. */
  fire(rule: AlertRule, title: string): Firing {
    const firing = { id: ++this.last, rule_id: rule.id, kind: rule.kind, venue: rule.venue, symbol: rule.symbol, at: 1_781_654_400_000, price: 64_000, title, text: "words", low: 64_500, high: 64_600 };
    this.fired.unshift(firing);
    return firing;
  }

  async answer(request: IncomingMessage, url: URL, reply: (status: number, body: object) => void): Promise<void> {
    const id = url.pathname.split("/")[4];
    let text = "";
    for await (const part of request) text += String(part);
    if (request.method === "GET") return reply(200, { rules: this.rules, fired: this.fired, channels: this.channels });
    if (request.method !== "DELETE" && request.headers["content-type"] !== "application/json") return reply(415, { detail: "want JSON" });
    if (request.method === "DELETE") this.rules = this.rules.filter((rule) => rule.id !== id);
    const rule = text ? (JSON.parse(text) as AlertRule) : null;
    if (rule && request.method === "POST") {
      if (rule.usd === 0) return reply(422, { detail: "rule usd 0: want above 0" });
      this.rules.push({ ...rule, id: String(++this.last) });
    }
    if (rule && request.method === "PUT") this.rules = this.rules.map((old) => (old.id === id ? { ...rule, id } : old));
    reply(request.method === "POST" ? 201 : 200, {});
  }
}
