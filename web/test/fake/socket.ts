/** The server's side of a websocket, as much of it as a test needs: it speaks, and hears short messages that come in one piece. */
import { createHash } from "node:crypto";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import type { WatchMessage } from "../../src/wire/stream";

/** Text in a frame of its own (RFC 6455, unmasked as a server's is). */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const head = body.length < 126 ? Buffer.from([0x81, body.length]) : Buffer.from([0x81, 126, body.length >> 8, body.length & 255]);
  if (body.length > 65_535) throw new Error("cannot send more than 64 KB");
  return Buffer.concat([head, body]);
}

/** What a browser has sent, masked and shorter than 64 KB each: texts, and null for the end. */
function said(bytes: Buffer): (string | null)[] {
  const out: (string | null)[] = [];
  for (let at = 0; at + 6 <= bytes.length;) {
    const short = (bytes[at + 1] as number) & 127, mask = at + (short === 126 ? 4 : 2), from = mask + 4;
    const length = short === 126 ? bytes.readUInt16BE(at + 2) : short;
    const kind = (bytes[at] as number) & 15;
    if (kind === 8) out.push(null);
    if (kind === 1) out.push(Buffer.from(bytes.subarray(from, from + length).map((byte, i) => byte ^ (bytes[mask + (i & 3)] as number))).toString());
    at = from + length;
  }
  return out;
}

/** The stream of a fake server. */
export class FakeStream {
  private readonly sockets = new Set<Duplex>();
  /** How often a page has connected. */
  connected = 0;
  /** Whose candles the page asked for last. */
  watched: readonly string[] = [];
  /** Takes connections and says nothing, as a stalled server does. */
  silent = false;
  /** Refuses connections. */
  away = false;

  constructor(server: Server, path: string, private readonly greeting: () => readonly object[]) {
    server.on("upgrade", (request: IncomingMessage, socket: Duplex) => {
      if (this.away || request.url !== path) return void socket.destroy();
      const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
      this.sockets.add(socket);
      this.connected++;
      socket.on("error", () => undefined);
      socket.on("close", () => this.sockets.delete(socket));
      socket.on("data", (bytes: Buffer) => said(bytes).forEach((text) => {
        if (text === null) socket.end();
        else this.watched = (JSON.parse(text) as WatchMessage).instruments;
      }));
      for (const message of this.greeting()) this.write(socket, message);
    });
  }

  /** Sends a message to every page. */
  say(message: object): void {
    for (const socket of this.sockets) this.write(socket, message);
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Pages that are connected. */
  get listeners(): number {
    return this.sockets.size;
  }

  private write(socket: Duplex, message: object): void {
    if (!this.silent) socket.write(frame(JSON.stringify(message)));
  }
}
