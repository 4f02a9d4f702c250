import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SEND_EVERY_MS, Settings } from "../src/steer/settings";
import type { Patch, SetMessage, Values } from "../src/wire/contract";

/** A program that accepts and limits gains to 2, and tells every page in one order. */
class Program {
  values: Values = { "motion.gain.brow": 1, "emotion.intensity": 1 };
  revision = 0;
  readonly pages: { name: string; settings: Settings; inbox: [SetMessage, string][] }[] = [];
  readonly waiting: [SetMessage, string][] = [];

  page(name: string): Settings {
    let id = 0;
    const settings = new Settings(
      (message) => this.waiting.push([structuredClone(message), name]) > 0,
      () => ++id,
    );
    settings.replace({
      type: "state",
      revision: this.revision,
      unsaved: false,
      values: { ...this.values },
      defaults: { ...this.values },
    });
    this.pages.push({ name, settings, inbox: [] });
    return settings;
  }

  answer(): void {
    for (const [message, name] of this.waiting.splice(0)) {
      const values = Object.fromEntries(Object.entries(message.values).map(([k, v]) => [k, Math.min(2, Number(v))]));
      Object.assign(this.values, values);
      const patch: Patch = {
        type: "patch",
        revision: ++this.revision,
        unsaved: true,
        source: "page",
        client: name,
        id: message.id,
        values,
      };
      for (const page of this.pages) page.settings.patch(patch, page.name === name);
    }
  }
}

const BROW = "motion.gain.brow";
const change = (settings: Settings, value: number, gesture: string | null = null) =>
  settings.change({ [BROW]: value }, { label: "Brows: gain", gesture });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a change shows at once and stays when the program confirms it", () => {
  const program = new Program();
  const page = program.page("a");
  const shown = page.signalOf(BROW);
  change(page, 1.5);
  expect(shown.value).toBe(1.5);
  program.answer();
  expect(shown.value).toBe(1.5);
  expect(page.revision.value).toBe(1);
  expect(page.unsaved.value).toBe(true);
});

test("what the program limited is what shows in the end", () => {
  const program = new Program();
  const page = program.page("a");
  change(page, 3);
  expect(page.valueOf(BROW)).toBe(3);
  program.answer();
  expect(page.valueOf(BROW)).toBe(2);
});

test("a drag sends at most one message every 33 ms, and its last value always", () => {
  const program = new Program();
  const page = program.page("a");
  for (let i = 1; i <= 100; i++) {
    change(page, 1 + i / 100, "drag");
    vi.advanceTimersByTime(5);
  }
  vi.advanceTimersByTime(SEND_EVERY_MS);
  expect(program.waiting.length).toBeLessThanOrEqual(500 / SEND_EVERY_MS + 2);
  expect(program.waiting.at(-1)![0].values[BROW]).toBe(2);
});

test("two pages that fight over a slider end at the same value, whatever the order", () => {
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = () => (state = (state * 16807) % 2147483647) / 2147483647;
    const program = new Program();
    const pages = [program.page("a"), program.page("b"), program.page("c")];
    for (let i = 0; i < 60; i++) {
      change(pages[Math.floor(3 * random())]!, Math.round(200 * random()) / 100, "drag");
      if (random() < 0.3) program.answer();
      vi.advanceTimersByTime(40 * random());
    }
    vi.advanceTimersByTime(100);
    program.answer();
    const seen = new Set(pages.map((page) => page.valueOf(BROW)));
    expect([...seen]).toEqual([program.values[BROW]]);
  }
});

test("a slider under the finger is not pulled away by another page", () => {
  const program = new Program();
  const [a, b] = [program.page("a"), program.page("b")];
  change(b, 0.2);
  change(a, 1.8);
  expect(a.valueOf(BROW)).toBe(1.8);
  program.answer();
  expect(a.valueOf(BROW)).toBe(1.8);
  expect(b.valueOf(BROW)).toBe(1.8);
});

test("a refused change goes back to what holds", () => {
  const program = new Program();
  const page = program.page("a");
  change(page, 1.5);
  page.refused(program.waiting[0]![0].id);
  expect(page.valueOf(BROW)).toBe(1);
});

test("a lost connection forgets what nobody answered", () => {
  const program = new Program();
  const page = program.page("a");
  change(page, 1.5);
  page.disconnected();
  expect(page.valueOf(BROW)).toBe(1);
  vi.advanceTimersByTime(1000);
  expect(program.waiting.length).toBe(1);
});

test("a path that the program does not offer is neither shown nor sent", () => {
  const program = new Program();
  const page = program.page("a");
  page.change({ "audio.mute": true }, { label: "Mute" });
  expect(page.signalOf("audio.mute").value).toBeUndefined();
  expect(program.waiting).toEqual([]);
});

test("one drag is one step of undo, and redo brings it back", () => {
  const program = new Program();
  const page = program.page("a");
  for (const value of [1.1, 1.2, 1.3]) change(page, value, "drag 1");
  change(page, 0.5, "drag 2");
  vi.advanceTimersByTime(100);
  program.answer();
  expect(page.undo()).toBe("Brows: gain");
  expect(page.valueOf(BROW)).toBe(1.3);
  page.undo();
  expect(page.valueOf(BROW)).toBe(1);
  expect(page.undo()).toBeNull();
  page.redo();
  expect(page.valueOf(BROW)).toBe(1.3);
  vi.advanceTimersByTime(100);
  program.answer();
  expect(program.values[BROW]).toBe(1.3);
});

test("a held key leaves no step of undo", () => {
  const program = new Program();
  const page = program.page("a");
  page.change({ [BROW]: 2 }, { label: "Key", passing: true });
  expect(page.undo()).toBeNull();
});

test("a preset that this page loaded can be taken back, another page's cannot", () => {
  const program = new Program();
  const page = program.page("a");
  const patch = (client: string, id: number, value: number): Patch => ({
    type: "patch",
    revision: ++program.revision,
    unsaved: true,
    source: "preset",
    client,
    id,
    values: { [BROW]: value },
  });
  page.expect(77, "Preset Calm");
  page.patch(patch("a", 77, 0.3), true);
  page.patch(patch("b", 78, 0.4), false);
  expect(page.undo()).toBe("Preset Calm");
  expect(page.valueOf(BROW)).toBe(1);
  expect(page.undo()).toBeNull();
});
