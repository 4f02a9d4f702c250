import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { BackOff } from "../src/wire/backoff";
import { Connection, SILENCE_MS, type Listener } from "../src/wire/connection";
import { readView, socketAddress, withoutToken } from "../src/wire/address";

class Socket {
  static made: Socket[] = [];
  binaryType = "";
  readyState = 0;
  sent: string[] = [];
  closed = false;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(readonly url: string) {
    Socket.made.push(this);
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(data: unknown): void {
    this.onmessage?.({ data });
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.closed = true;
    this.readyState = 3;
  }
}

const listener = (): Listener & { said: unknown[]; lostWith: number[]; data: number } => ({
  said: [],
  lostWith: [],
  data: 0,
  opened() {},
  lost(attempts) {
    this.lostWith.push(attempts);
  },
  message(message) {
    this.said.push(message);
  },
  binary() {
    this.data++;
  },
});

const connect = (to: Listener) =>
  new Connection("ws://x/ws", to, (url) => new Socket(url) as unknown as WebSocket, new BackOff(() => 0.5));

beforeEach(() => {
  Socket.made = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("pauses double up to four seconds, with a quarter of jitter, and start anew", () => {
  const middle = new BackOff(() => 0.5);
  expect([1, 2, 3, 4, 5, 6].map(() => middle.next())).toEqual([250, 500, 1000, 2000, 4000, 4000]);
  middle.reset();
  expect(middle.next()).toBe(250);
  expect(new BackOff(() => 0).next()).toBe(187.5);
  expect(new BackOff(() => 1).next()).toBe(312.5);
});

test("a lost connection is tried again until it holds; hello ends the counting", () => {
  const to = listener();
  connect(to);
  for (const pause of [250, 500, 1000]) {
    Socket.made.at(-1)!.onclose!();
    vi.advanceTimersByTime(pause - 1);
    const before = Socket.made.length;
    vi.advanceTimersByTime(1);
    expect(Socket.made.length).toBe(before + 1);
  }
  expect(to.lostWith).toEqual([1, 2, 3]);
  Socket.made.at(-1)!.open();
  Socket.made.at(-1)!.say('{"type":"hello"}');
  Socket.made.at(-1)!.onclose!();
  expect(to.lostWith.at(-1)).toBe(1);
});

test("five seconds of silence are a lost connection; any message counts as a sign of life", () => {
  const to = listener();
  connect(to);
  const socket = Socket.made[0]!;
  socket.open();
  vi.advanceTimersByTime(SILENCE_MS - 1);
  socket.say(new ArrayBuffer(8));
  vi.advanceTimersByTime(SILENCE_MS - 1);
  expect(to.lostWith).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(to.lostWith).toEqual([1]);
  expect(socket.closed).toBe(true);
});

test("what an old socket still says is not heard", () => {
  const to = listener();
  connect(to);
  const old = Socket.made[0]!;
  const hear = old.onmessage!;
  old.onclose!();
  hear({ data: new ArrayBuffer(8) });
  expect(to.data).toBe(0);
});

test("nothing is sent, and nothing queued, while there is no connection", () => {
  const connection = connect(listener());
  expect(connection.send({ type: "want", frames: true, before: false, log: true })).toBe(false);
  Socket.made[0]!.open();
  expect(Socket.made[0]!.sent).toEqual([]);
  expect(connection.send({ type: "want", frames: true, before: false, log: true })).toBe(true);
});

test("text that is no JSON is passed over", () => {
  const to = listener();
  connect(to);
  Socket.made[0]!.say("{oops");
  expect(to.said).toEqual([]);
});

test("waking up tries at once, and only when a pause runs", () => {
  const connection = connect(listener());
  connection.hurry();
  expect(Socket.made.length).toBe(1);
  Socket.made[0]!.onclose!();
  connection.hurry();
  expect(Socket.made.length).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(Socket.made.length).toBe(2);
});

test("the address tells view, background and level of detail, and nothing else gets through", () => {
  expect(readView("?view=face&bg=transparent")).toEqual({ name: "face", background: "transparent", detail: null });
  expect(readView("?view=panel&bg=0a0B0c&detail=lite")).toEqual({
    name: "panel",
    background: "#0a0B0c",
    detail: "lite",
  });
  expect(readView("?view=x&bg=red;}&detail=9")).toEqual({ name: "room", background: null, detail: null });
});

test("the token goes to the socket and leaves the address bar", () => {
  expect(socketAddress({ protocol: "http:", host: "127.0.0.1:8765" }, "a b")).toBe(
    "ws://127.0.0.1:8765/ws?token=a%20b",
  );
  expect(socketAddress({ protocol: "https:", host: "h" }, null)).toBe("wss://h/ws");
  expect(withoutToken("http://127.0.0.1:1/?token=x&view=face#a")).toBe("/?view=face#a");
});
