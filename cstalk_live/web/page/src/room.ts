// The page's state, apart from what is drawn: one connection, the settings, the newest frame, and what the program says.

import { signal } from "@preact/signals";
import { Feed } from "./evidence/feed";
import { ArkitMap, type RigTable } from "./face/arkit";
import { Settings } from "./steer/settings";
import { Connection, type Listener } from "./wire/connection";
import {
  PROTOCOL,
  type Banner,
  type Command,
  type Hello,
  type Lists,
  type LogLine,
  type Reply,
  type ServerMessage,
  type Severity,
  type Status,
} from "./wire/contract";

const MOST_LOG_LINES = 300;
const MOST_TOASTS = 4;
const TOAST_MS = 8000;

export interface Toast {
  id: number;
  level: Severity;
  text: string;
}

export class Room implements Listener {
  readonly connected = signal(false);
  readonly attempts = signal(0);
  readonly hello = signal<Hello | null>(null);
  readonly status = signal<Status | null>(null);
  readonly lists = signal<Lists>({ type: "lists", devices: [], presets: [], takes: [] });
  readonly log = signal<LogLine[]>([]);
  readonly banners = signal<Banner[]>([]);
  readonly toasts = signal<Toast[]>([]);
  readonly before = signal(false);
  readonly settings: Settings;
  readonly feed: Feed;
  readonly map: ArkitMap;
  private readonly connection: Connection;
  private readonly replies = new Map<number, (reply: Reply) => void>();
  private lastId = 0;
  private lastLine = -1;
  private frames: boolean;

  constructor(
    readonly table: RigTable,
    address: string,
    private readonly wantsLog: boolean,
    open?: (url: string) => WebSocket,
  ) {
    this.frames = true;
    this.map = new ArkitMap(table);
    this.feed = new Feed(table.names.length, table.schema_hash, () => performance.now() / 1000);
    this.settings = new Settings(
      (message) => this.connection.send(message),
      () => ++this.lastId,
      () => this.connected.value || this.sayLost(),
    );
    this.connection = new Connection(address, this, open);
  }

  /** Commands are answered; a failure is shown as a toast whoever asked. */
  command(command: Command, undoLabel?: string): Promise<Reply> {
    const id = ++this.lastId;
    if (!this.connection.send({ type: "command", id, ...command })) {
      const reply: Reply = { type: "reply", id, ok: false, message: "Not connected: the program cannot be asked." };
      this.toast("warning", reply.message);
      return Promise.resolve(reply);
    }
    if (undoLabel) this.settings.expect(id, undoLabel);
    return new Promise((resolve) => this.replies.set(id, resolve));
  }

  /** A hidden tab wants no frames: the program then has nothing to send it. */
  wantFrames(frames: boolean): void {
    this.frames = frames;
    this.tellWishes();
  }

  showBefore(before: boolean): void {
    if (this.before.value === before) return;
    this.before.value = before;
    this.tellWishes();
  }

  hurry(): void {
    this.connection.hurry();
  }

  /** Says it once, however often it is asked: a slider asks sixty times a second. */
  toast(level: Severity, text: string): void {
    if (this.toasts.value.some((toast) => toast.text === text)) return;
    const id = ++this.lastId;
    this.toasts.value = [...this.toasts.value.slice(1 - MOST_TOASTS), { id, level, text }];
    setTimeout(() => this.dismiss(id), TOAST_MS);
  }

  dismiss(id: number): void {
    this.toasts.value = this.toasts.value.filter((toast) => toast.id !== id);
  }

  opened(): void {
    this.tellWishes();
  }

  lost(attempts: number): void {
    this.connected.value = false;
    this.attempts.value = attempts;
    this.status.value = null;
    this.settings.disconnected();
    for (const [id, resolve] of this.replies)
      resolve({ type: "reply", id, ok: false, message: "The connection was lost." });
    this.replies.clear();
  }

  message(message: ServerMessage): void {
    switch (message.type) {
      case "hello":
        return this.greet(message);
      case "state":
        return this.settings.replace(message);
      case "patch": {
        const mine = message.client !== null && message.client === this.hello.value?.client;
        return this.settings.patch(message, mine);
      }
      case "reply":
        return this.answered(message);
      case "lists":
        this.lists.value = message;
        return;
      case "status":
        this.status.value = message;
        return;
      case "log":
        return this.addLines(message.lines);
      case "banner":
        this.banners.value = [
          ...this.banners.value.filter((banner) => banner.id !== message.id),
          ...(message.text ? [message] : []),
        ];
    }
  }

  binary(data: ArrayBuffer): void {
    this.feed.take(data);
  }

  private sayLost(): false {
    this.toast("warning", "Not connected: nothing was changed.");
    return false;
  }

  private greet(hello: Hello): void {
    if (hello.protocol !== PROTOCOL) {
      this.toast("error", "The program and this page are of different versions: reload the page.");
      return;
    }
    if (this.hello.value?.session !== hello.session) {
      this.log.value = [];
      this.lastLine = -1;
      this.banners.value = [];
    }
    this.banners.value = this.banners.value.filter((banner) => banner.id !== "token");
    this.hello.value = hello;
    this.connected.value = true;
    this.attempts.value = 0;
  }

  private answered(reply: Reply): void {
    if (!reply.ok) {
      this.settings.refused(reply.id);
      this.toast("error", reply.message);
    }
    this.replies.get(reply.id)?.(reply);
    this.replies.delete(reply.id);
  }

  private addLines(lines: LogLine[]): void {
    const fresh = lines.filter((line) => line.n > this.lastLine);
    if (fresh.length === 0) return;
    this.lastLine = fresh[fresh.length - 1]!.n;
    this.log.value = [...this.log.value, ...fresh].slice(-MOST_LOG_LINES);
  }

  private tellWishes(): void {
    this.connection.send({ type: "want", frames: this.frames, before: this.before.value, log: this.wantsLog });
  }
}
