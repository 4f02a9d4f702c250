import { expect, test } from "vitest";
import { missedBetween, readFrame } from "../src/wire/frame";
import { frameBytes } from "./messages";

test("every field of a frame is where the contract says", () => {
  const frame = readFrame(frameBytes({ before: [0, 0, 0.5] }))!;
  expect(frame).toMatchObject({
    flags: 17,
    sequence: 7,
    captureUs: 123456789012,
    sentUs: 123456889012,
    rmsDb: -23.5,
    peakDb: -12.25,
    index: 100,
    lookahead: 4,
    clipped: 0,
    schemaHash: 0xabcd,
  });
  expect([...frame.wave]).toEqual([-10, 20, -30, 40]);
  expect([...frame.values]).toEqual([0.25, 0.5, 1]);
  expect([...frame.before!]).toEqual([0, 0, 0.5]);
});

test("a frame without a second set has no before", () => {
  expect(readFrame(frameBytes())!.before).toBeNull();
});

test("every cut of a frame is refused and none throws", () => {
  const whole = frameBytes();
  for (let length = 0; length < whole.byteLength; length++) expect(readFrame(whole.slice(0, length))).toBeNull();
  expect(readFrame(new Uint8Array([...new Uint8Array(whole), 0, 0, 0, 0]).buffer)).toBeNull();
});

test.each([
  ["another kind", 0, 2],
  ["another layout", 1, 2],
  ["no set", 37, 0],
  ["three sets", 37, 3],
  ["an odd number of wave columns", 40, 1],
])("%s is refused", (_, at, value) => {
  const buffer = frameBytes();
  new DataView(buffer).setUint8(at, value);
  expect(readFrame(buffer)).toBeNull();
});

test("values that are no numbers never reach the face", () => {
  expect(readFrame(frameBytes({ values: [0, Number.NaN, 1] }))).toBeNull();
  expect(readFrame(frameBytes({ before: [0, Infinity, 1] }))).toBeNull();
});

test("missed frames are counted over the wrap, and a restart counts none", () => {
  expect(missedBetween(7, 8)).toBe(0);
  expect(missedBetween(7, 11)).toBe(3);
  expect(missedBetween(0xffffffff, 1)).toBe(1);
  expect(missedBetween(50_000, 0)).toBe(0);
  expect(missedBetween(7, 7)).toBe(0);
});
