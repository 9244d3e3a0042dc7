/** The stream of a live server: stays connected, notices silence, and says what arrives. */
import type { StreamMessage, WatchMessage } from "../wire/stream";

/** The server speaks every 5 s; what is silent for longer than this is stalled. */
const SILENT_MS = 12_000;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;

export interface StreamEvents {
  message(message: StreamMessage): void;
  /** Connected, for the first time or again: what was missed meanwhile must be asked for. */
  up(): void;
  /** Lost, and why; it is tried again, sooner at first than later. */
  down(why: "lost" | "stalled"): void;
}

/** One websocket at a time. Start it once; stop it when done. */
export class Stream {
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private silence: ReturnType<typeof setTimeout> | null = null;
  private wait = FIRST_RETRY_MS;
  private ended = false;

  /** `open` makes the socket; `jitter` returns a number in [0, 1). */
  constructor(private readonly open: () => WebSocket, private readonly events: StreamEvents, private readonly jitter: () => number = Math.random) {}

  start(): void {
    const socket = this.open();
    this.socket = socket;
    // A handshake that hangs is silence too.
    this.listen();
    socket.onopen = () => {
      if (socket !== this.socket) return;
      this.listen();
      this.events.up();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      if (socket !== this.socket) return;
      this.wait = FIRST_RETRY_MS;
      this.listen();
      this.events.message(JSON.parse(event.data) as StreamMessage);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.lose("lost");
    };
  }

  /** Tells the server something, if it is there to hear it. */
  say(message: WatchMessage): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  stop(): void {
    this.ended = true;
    if (this.timer) clearTimeout(this.timer);
    if (this.silence) clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /** Connects at once where it would wait: the server has been heard from. */
  hurry(): void {
    if (!this.timer || this.ended) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.start();
  }

  private listen(): void {
    if (this.silence) clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lose("stalled"), SILENT_MS);
  }

  private lose(why: "lost" | "stalled"): void {
    const socket = this.socket;
    this.socket = null;
    // A stalled one may take long to close; nobody listens to it any more.
    socket?.close();
    if (this.silence) clearTimeout(this.silence);
    if (this.ended) return;
    this.events.down(why);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.start();
    }, this.wait * (0.5 + 0.5 * this.jitter()));
    this.wait = Math.min(LAST_RETRY_MS, 2 * this.wait);
  }
}
