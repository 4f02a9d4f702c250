// The page's one WebSocket: connects, notices silence, connects again by itself.

import { BackOff } from "./backoff";
import type { ClientMessage, ServerMessage } from "./contract";

/** The program says something five times a second; after this silence the connection counts as lost. */
export const SILENCE_MS = 5000;

export interface Listener {
  opened(): void;
  /** @param attempts failed attempts in a row. */
  lost(attempts: number): void;
  message(message: ServerMessage): void;
  binary(data: ArrayBuffer): void;
}

export class Connection {
  private socket: WebSocket | null = null;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(
    private readonly url: string,
    private readonly listener: Listener,
    private readonly open: (url: string) => WebSocket = (at) => new WebSocket(at),
    private readonly backOff = new BackOff(),
  ) {
    this.connect();
  }

  /** False where nobody listens; whoever steers is told so and nothing is kept for later. */
  send(message: ClientMessage): boolean {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Try now instead of at the end of the pause: the machine woke up, or somebody looks at the page again. */
  hurry(): void {
    if (this.retry === undefined) return;
    clearTimeout(this.retry);
    this.connect();
  }

  close(): void {
    this.ended = true;
    clearTimeout(this.retry);
    clearTimeout(this.silence);
    this.socket?.close();
  }

  private connect(): void {
    this.retry = undefined;
    const socket = this.open(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.watch();
    socket.onopen = () => this.listener.opened();
    socket.onmessage = (event: MessageEvent) => {
      if (this.socket !== socket) return;
      this.watch();
      if (event.data instanceof ArrayBuffer) this.listener.binary(event.data);
      else this.text(String(event.data));
    };
    socket.onclose = () => this.lose(socket);
  }

  private text(data: string): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(data) as ServerMessage;
    } catch {
      return; // A program of another version; frames go on.
    }
    if (message.type === "hello") this.backOff.reset();
    this.listener.message(message);
  }

  private watch(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.socket && this.lose(this.socket), SILENCE_MS);
  }

  private lose(socket: WebSocket): void {
    if (this.socket !== socket) return;
    clearTimeout(this.silence);
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    if (this.ended) return;
    const pause = this.backOff.next();
    this.listener.lost(this.backOff.attempts);
    this.retry = setTimeout(() => this.connect(), pause);
  }
}
