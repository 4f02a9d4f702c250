import { expect, test } from "vitest";
import { mixAt, placeFor, placeOf } from "../src/steer/pad";

const EMOTIONS = ["neutral", "happy", "sad", "angry", "surprised"];

test("the middle is neutral and the rim is one emotion", () => {
  expect(mixAt(EMOTIONS, { x: 0, y: 0 })).toEqual({ neutral: 1, happy: 0, sad: 0, angry: 0, surprised: 0 });
  for (const name of EMOTIONS.slice(1)) {
    const mix = mixAt(EMOTIONS, placeOf(EMOTIONS, name));
    expect(mix[name]).toBeCloseTo(1, 2);
    expect(mix.neutral).toBeCloseTo(0, 2);
  }
});

test("weights always sum to 1, also outside the rim", () => {
  for (let x = -1.5; x <= 1.5; x += 0.07) {
    for (let y = -1.5; y <= 1.5; y += 0.07) {
      const mix = mixAt(EMOTIONS, { x, y });
      const sum = Object.values(mix).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 2);
      expect(Math.min(...Object.values(mix))).toBeGreaterThanOrEqual(0);
    }
  }
});

test("the dot stands where it was put", () => {
  for (let turn = 0; turn < 2 * Math.PI; turn += 0.1) {
    for (const strength of [0.2, 0.6, 1]) {
      const place = { x: strength * Math.sin(turn), y: strength * Math.cos(turn) };
      const back = placeFor(EMOTIONS, mixAt(EMOTIONS, place));
      expect(Math.hypot(back.x - place.x, back.y - place.y)).toBeLessThan(0.02);
    }
  }
});

test("a model with two emotions, or with none to express, has a pad as well", () => {
  expect(mixAt(["neutral", "happy"], { x: 0, y: 0.5 })).toEqual({ neutral: 0.5, happy: 0.5 });
  expect(mixAt(["neutral"], { x: 0.3, y: 0.5 })).toEqual({ neutral: 1 });
  expect(placeFor(["neutral"], { neutral: 1 })).toEqual({ x: 0, y: 0 });
});

test("mixes that the pad cannot make stand inside it", () => {
  const place = placeFor(EMOTIONS, { happy: 1, sad: 1, angry: 1, surprised: 1 });
  expect(Math.hypot(place.x, place.y)).toBeLessThan(1e-9);
});
