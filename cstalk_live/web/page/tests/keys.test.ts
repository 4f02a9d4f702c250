import { expect, test } from "vitest";
import { EmotionKeys, defaultSlot, type KeyMode } from "../src/steer/keys";
import { SHORTCUTS, keyDown, keyUp, slotOf, takesText, type Actions, type KeyLike } from "../src/steer/shortcuts";
import type { Mix } from "../src/wire/contract";

const EMOTIONS = ["neutral", "happy", "sad"];
const [NEUTRAL, HAPPY, SAD] = [1, 2, 3].map((n) => defaultSlot(EMOTIONS, n)!) as [Mix, Mix, Mix];

function keys(mode: KeyMode) {
  const at = { mix: { ...NEUTRAL, sad: 0.3 } as Mix, passing: [] as boolean[], shown: null as number | null };
  const start = at.mix;
  const made = new EmotionKeys(
    { current: () => at.mix, bring: (mix, passing) => ((at.mix = mix), at.passing.push(passing)) },
    (slot) => defaultSlot(EMOTIONS, slot),
    () => mode,
    (slot) => (at.shown = slot),
  );
  return { at, start, keys: made };
}

test("a held key brings its mix and letting go brings back what was there", () => {
  const { at, start, keys: made } = keys("hold");
  made.down(2);
  expect(at.mix).toEqual(HAPPY);
  expect(at.shown).toBe(2);
  made.up(2);
  expect(at.mix).toEqual(start);
  expect(at.shown).toBeNull();
  expect(at.passing).toEqual([true, true]);
});

test("of two held keys the last counts, then the first again, then what was there", () => {
  const { at, start, keys: made } = keys("hold");
  made.down(2);
  made.down(3);
  made.down(3);
  expect(at.mix).toEqual(SAD);
  made.up(3);
  expect(at.mix).toEqual(HAPPY);
  made.up(2);
  expect(at.mix).toEqual(start);
});

test("letting go of the lower of two keys changes nothing yet", () => {
  const { at, start, keys: made } = keys("hold");
  made.down(2);
  made.down(3);
  made.up(2);
  expect(at.mix).toEqual(SAD);
  made.up(3);
  expect(at.mix).toEqual(start);
});

test("a window that loses the keyboard lets go of everything", () => {
  const { at, start, keys: made } = keys("hold");
  made.down(2);
  made.down(3);
  made.releaseAll();
  expect(at.mix).toEqual(start);
  made.up(3);
  expect(at.passing.length).toBe(3);
});

test("switching: on, over to another, off to what was there first", () => {
  const { at, start, keys: made } = keys("toggle");
  made.down(2);
  made.up(2);
  expect(at.mix).toEqual(HAPPY);
  made.down(3);
  expect(at.mix).toEqual(SAD);
  made.down(3);
  expect(at.mix).toEqual(start);
  expect(at.passing).toEqual([false, false, false]);
});

test("a key without a mix does nothing", () => {
  const { at, start, keys: made } = keys("hold");
  expect(made.down(8)).toBe(false);
  expect(at.mix).toBe(start);
});

function pressed(event: Partial<KeyLike>, single = true): string[] {
  const done: string[] = [];
  const name = (what: string) => () => void done.push(what);
  const actions: Actions = {
    emotionDown: (slot) => (done.push(`down ${slot}`), true),
    emotionUp: (slot) => void done.push(`up ${slot}`),
    before: (on) => void done.push(`before ${on}`),
    pause: name("pause"),
    record: name("record"),
    mute: name("mute"),
    camera: name("camera"),
    undo: name("undo"),
    redo: name("redo"),
    save: name("save"),
  };
  const whole: KeyLike = {
    key: "",
    code: "",
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    shiftKey: false,
    repeat: false,
    target: null,
    preventDefault: name("taken"),
    ...event,
  };
  keyDown(whole, actions, single);
  keyUp(whole, actions);
  return done;
}

test("digits count by their place, on every layout and on the number pad", () => {
  expect(slotOf("Digit3")).toBe(3);
  expect(slotOf("Numpad8")).toBe(8);
  expect(slotOf("Digit9")).toBeNull();
  expect(pressed({ key: "&", code: "Digit1" })).toEqual(["down 1", "taken", "up 1"]);
});

test.each([
  ["b", ["taken", "before true", "before false"]],
  ["p", ["taken", "pause"]],
  ["c", ["taken", "camera"]],
  ["r", ["taken", "record"]],
  ["m", ["taken", "mute"]],
])("%s", (key, done) => {
  expect(pressed({ key, code: `Key${key.toUpperCase()}` })).toEqual(done);
});

test("held letters act once", () => {
  expect(pressed({ key: "r", repeat: true })).toEqual([]);
});

test("single keys can be switched off; undo and save cannot", () => {
  expect(pressed({ key: "r" }, false)).toEqual([]);
  expect(pressed({ key: "1", code: "Digit1" }, false)).toEqual(["up 1"]);
  expect(pressed({ key: "z", ctrlKey: true }, false)).toEqual(["taken", "undo"]);
  expect(pressed({ key: "Z", metaKey: true, shiftKey: true }, false)).toEqual(["taken", "redo"]);
  expect(pressed({ key: "y", ctrlKey: true })).toEqual(["taken", "redo"]);
  expect(pressed({ key: "s", ctrlKey: true })).toEqual(["taken", "save"]);
});

test("what somebody types is text; a focused slider still takes shortcuts", () => {
  const field = { tagName: "INPUT", type: "text" };
  expect(takesText(field)).toBe(true);
  expect(takesText({ tagName: "INPUT", type: "range" })).toBe(false);
  expect(pressed({ key: "r", target: field })).toEqual([]);
  expect(pressed({ key: "z", ctrlKey: true, target: field })).toEqual([]);
  expect(pressed({ key: "s", ctrlKey: true, target: field })).toEqual(["taken", "save"]);
});

test("with Ctrl or Alt a letter belongs to the browser", () => {
  expect(pressed({ key: "r", ctrlKey: true })).toEqual([]);
  expect(pressed({ key: "p", altKey: true })).toEqual([]);
});

test("the help names every key once", () => {
  expect(new Set(SHORTCUTS.map(([key]) => key)).size).toBe(SHORTCUTS.length);
});
