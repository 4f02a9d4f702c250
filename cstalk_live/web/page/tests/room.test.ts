import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Room } from "../src/room";
import { PATHS, RANGES, rangeOf, type ServerMessage } from "../src/wire/contract";
import { rigTable } from "./generated";
import { frameBytes } from "./messages";

class Socket {
  binaryType = "";
  readyState = 1;
  sent: { type: string; id: number; [key: string]: unknown }[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as never);
  }
  close(): void {}
}

const table = rigTable();
let socket: Socket;

function room(): Room {
  const made = new Room(table, "ws://x", true, () => (socket = new Socket()) as unknown as WebSocket);
  socket.onopen!();
  return made;
}

const say = (message: ServerMessage) => socket.onmessage!({ data: JSON.stringify(message) });
const hello = (session = 1): ServerMessage => ({
  type: "hello",
  protocol: 1,
  client: "me",
  version: "0",
  session,
  schema_hash: table.schema_hash,
  rate: 60,
  emotions: ["neutral", "happy"],
  lookahead_ms: [67],
  regions: [],
  config_file: null,
});
const state = (values: Record<string, number>): ServerMessage => ({
  type: "state",
  revision: 1,
  unsaved: false,
  values,
  defaults: values,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a page says what it wants, also after it came back", () => {
  const made = room();
  expect(socket.sent).toEqual([{ type: "want", frames: true, before: false, log: true }]);
  made.wantFrames(false);
  made.showBefore(true);
  made.showBefore(true);
  expect(socket.sent.slice(1)).toEqual([
    { type: "want", frames: false, before: false, log: true },
    { type: "want", frames: false, before: true, log: true },
  ]);
  socket.onclose!();
  vi.advanceTimersByTime(1000);
  socket.onopen!();
  expect(socket.sent).toEqual([{ type: "want", frames: false, before: true, log: true }]);
});

test("commands are answered; a failure is a sentence for everyone to see", async () => {
  const made = room();
  say(hello());
  const answer = made.command({ name: "record.start", args: {} });
  const { id } = socket.sent.at(-1)!;
  say({ type: "reply", id, ok: false, message: "The disk is full." });
  expect((await answer).ok).toBe(false);
  expect(made.toasts.value.map((toast) => toast.text)).toEqual(["The disk is full."]);
  vi.advanceTimersByTime(10_000);
  expect(made.toasts.value).toEqual([]);
});

test("a command without a connection fails at once, one under way fails with the connection", async () => {
  const made = room();
  const under = made.command({ name: "report", args: {} });
  socket.onclose!();
  expect((await under).message).toBe("The connection was lost.");
  socket.readyState = 0;
  expect((await made.command({ name: "report", args: {} })).ok).toBe(false);
});

test("without a connection nothing changes, nothing can be undone later, and the page says so once", () => {
  const made = room();
  say(hello());
  say(state({ "audio.gain_db": 0 }));
  socket.onclose!();
  for (const db of [1, 2, 3]) made.settings.change({ "audio.gain_db": db }, { label: "Gain" });
  expect(made.settings.valueOf("audio.gain_db")).toBe(0);
  expect(made.settings.undoStack.undoLabel).toBeNull();
  expect(made.toasts.value.map((toast) => toast.text)).toEqual(["Not connected: nothing was changed."]);
});

test("a refused change is taken back", () => {
  const made = room();
  say(hello());
  say(state({ "audio.gain_db": 0 }));
  made.settings.change({ "audio.gain_db": 6 }, { label: "Gain" });
  const { id } = socket.sent.at(-1)!;
  expect(made.settings.valueOf("audio.gain_db")).toBe(6);
  say({ type: "reply", id, ok: false, message: "No." });
  expect(made.settings.valueOf("audio.gain_db")).toBe(0);
});

test("a preset that this page asked for can be undone", async () => {
  const made = room();
  say(hello());
  say(state({ "audio.gain_db": 0 }));
  void made.command({ name: "preset.load", args: { preset: "x" } }, "Preset x");
  const { id } = socket.sent.at(-1)!;
  say({
    type: "patch",
    revision: 2,
    unsaved: true,
    source: "preset",
    client: "me",
    id,
    values: { "audio.gain_db": 3 },
  });
  expect(made.settings.undo()).toBe("Preset x");
  expect(made.settings.valueOf("audio.gain_db")).toBe(0);
});

test("the log keeps 300 lines, no line twice, and starts anew with another run of the program", () => {
  const made = room();
  const lines = (from: number, to: number): ServerMessage => ({
    type: "log",
    lines: Array.from({ length: to - from }, (_, i) => ({
      n: from + i,
      time_ms: 0,
      level: "info",
      text: `${from + i}`,
    })),
  });
  say(hello());
  say(lines(0, 200));
  say(lines(100, 450));
  expect(made.log.value.length).toBe(300);
  expect(made.log.value.map((line) => line.n)).toEqual(Array.from({ length: 300 }, (_, i) => 150 + i));
  say(hello(2));
  expect(made.log.value).toEqual([]);
  say(lines(0, 2));
  expect(made.log.value.length).toBe(2);
});

test("banners stand until they are taken back", () => {
  const made = room();
  say({ type: "banner", id: "config", level: "error", text: "live.yaml:2 is wrong." });
  say({ type: "banner", id: "config", level: "error", text: "live.yaml:3 is wrong." });
  expect(made.banners.value.map((banner) => banner.text)).toEqual(["live.yaml:3 is wrong."]);
  say({ type: "banner", id: "config", level: "info", text: "" });
  expect(made.banners.value).toEqual([]);
});

test("a page of another version says so instead of guessing", () => {
  const made = room();
  say({ ...hello(), protocol: 2 } as ServerMessage);
  expect(made.connected.value).toBe(false);
  expect(made.toasts.value[0]!.text).toContain("reload the page");
});

test("frames reach the feed", () => {
  const made = room();
  const values = table.names.map(() => 0.5);
  socket.onmessage!({ data: frameBytes({ values, hash: table.schema_hash }) });
  expect(made.feed.newest!.values[3]).toBe(0.5);
});

test("every number of the page has a range, and every range starts at its smallest", () => {
  for (const [path, { min, max, step }] of RANGES) {
    expect(min, path).toBeLessThan(max);
    expect(step).toBeGreaterThan(0);
  }
  for (const path of [PATHS.gain, PATHS.intensity, PATHS.attack, PATHS.release, PATHS.smoothing, PATHS.take]) {
    expect(rangeOf(path), path).toBeDefined();
  }
  expect(rangeOf("emotion.mix.happy")).toMatchObject({ max: 1 });
  expect(rangeOf("motion.gain.brow")).toMatchObject({ max: 2 });
  expect(rangeOf("audio.device")).toBeUndefined();
});
