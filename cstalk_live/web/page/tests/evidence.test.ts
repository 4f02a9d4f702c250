import { expect, test } from "vitest";
import { Feed } from "../src/evidence/feed";
import { FLOOR_DB, Meter, placeOnBar, zoneOf } from "../src/evidence/meter";
import { RowRing } from "../src/evidence/ring";
import { findCurves } from "../src/evidence/search";
import { ago, clock, outputWords, shortName, worstOf } from "../src/evidence/words";
import type { OutputStatus } from "../src/wire/contract";
import { frameBytes } from "./messages";

test("the peak falls 40 dB in 1.7 s and no faster", () => {
  const meter = new Meter();
  meter.hear(-5, -20, 0, 10);
  meter.advance(10 + 0.85);
  expect(meter.peakDb).toBeCloseTo(-25, 6);
  meter.advance(10 + 1.7);
  expect(meter.peakDb).toBeCloseTo(-45, 6);
  meter.advance(100);
  expect(meter.peakDb).toBe(FLOOR_DB);
});

test("the fall does not depend on how often the meter is drawn", () => {
  const [once, often] = [new Meter(), new Meter()];
  for (const meter of [once, often]) meter.hear(0, -10, 0, 0);
  once.advance(1);
  for (let i = 1; i <= 60; i++) often.advance(i / 60);
  expect(often.peakDb).toBeCloseTo(once.peakDb, 9);
  expect(often.magnitudeDb).toBeCloseTo(once.magnitudeDb, 9);
});

test("the largest peak stays for 20 s", () => {
  const meter = new Meter();
  meter.hear(-12, -30, 0, 0);
  for (let t = 0.1; t <= 19.9; t += 0.1) meter.hear(-40, -50, 0, t);
  expect(meter.holdDb).toBe(-12);
  meter.hear(-40, -50, 0, 20.1);
  expect(meter.holdDb).toBe(-40);
});

test("the needle is at 99 % after 0.3 s", () => {
  const meter = new Meter();
  meter.hear(-10, FLOOR_DB, 0, 0);
  for (let i = 1; i <= 30; i++) meter.hear(-10, -20, 0, i / 100);
  expect(meter.magnitudeDb).toBeCloseTo(FLOOR_DB + 0.99 * 40, 1);
});

test("a clipped sample lights the lamp until somebody looks", () => {
  const meter = new Meter();
  meter.hear(-0.1, -20, 0, 0);
  expect(meter.clipped).toBe(false);
  meter.hear(-3, -20, 1, 0.1);
  meter.advance(60);
  expect(meter.clipped).toBe(true);
  meter.clearClip();
  expect(meter.clipped).toBe(false);
});

test("colours break at -20 and -9 dB", () => {
  expect([-20.1, -20, -9.1, -9, 0].map((db) => zoneOf(db, false))).toEqual(["quiet", "good", "good", "loud", "loud"]);
  expect(zoneOf(-50, true)).toBe("clipping");
  expect([FLOOR_DB, -30, 0, 6, -90].map(placeOnBar)).toEqual([0, 0.5, 1, 1, 0]);
});

test("a ring keeps the newest rows and never grows", () => {
  const ring = new RowRing(3, 2);
  expect(ring.at(0, 0)).toBeNaN();
  for (let i = 0; i < 1000; i++) ring.push([i, -i]);
  expect(ring.length).toBe(3);
  expect([0, 1, 2, 3].map((age) => ring.at(age, 1))).toEqual([-999, -998, -997, Number.NaN]);
  const out = new Float64Array(4);
  ring.column(0, out);
  expect([...out]).toEqual([Number.NaN, 997, 998, 999]);
});

const HASH = 0xabcd;

test("the newest frame wins and those that never came are counted", () => {
  const feed = new Feed(3, HASH, () => 0);
  for (const sequence of [10, 11, 15]) feed.take(frameBytes({ sequence, index: sequence }));
  expect(feed.newest!.sequence).toBe(15);
  expect(feed.frames).toBe(3);
  expect(feed.missed).toBe(3);
});

test("frames of another rig are not shown, and the page says so until the right ones come", () => {
  const feed = new Feed(3, HASH, () => 0);
  feed.take(frameBytes({ hash: 1 }));
  expect(feed.foreign).toBe(true);
  expect(feed.newest).toBeNull();
  feed.take(frameBytes({ values: [1, 2] }));
  expect(feed.foreign).toBe(true);
  feed.take(frameBytes());
  expect(feed.foreign).toBe(false);
});

test("lost frames leave silence in the waveform, so that it keeps its time", () => {
  const feed = new Feed(3, HASH, () => 0);
  feed.take(frameBytes({ sequence: 1, index: 1, wave: [-127, 127, -127, 127] }));
  feed.take(frameBytes({ sequence: 3, index: 3, wave: [-127, 127, -127, 127] }));
  expect([0, 1, 2, 3, 4, 5].map((age) => feed.wave.at(age, 1))).toEqual([1, 1, 0, 0, 1, 1]);
});

test("a day of frames takes no more room than a minute", () => {
  const feed = new Feed(3, HASH, () => 0);
  for (let i = 0; i < 100_000; i++) feed.take(frameBytes({ sequence: i, index: i }));
  expect(feed.curves.length).toBe(600);
  expect(feed.wave.length).toBe(4 * 60 * 8);
});

const output = (state: OutputStatus["state"], heard_ms: number | null = null): OutputStatus => ({
  path: "output.osc.0.on",
  kind: "osc",
  name: "OSC",
  target: "h:1",
  state,
  heard_ms,
  sent: 0,
  errors: 0,
  message: "",
});

test("no output is ever called connected", () => {
  for (const state of ["off", "sending", "heard", "stale", "error"] as const) {
    expect(outputWords(output(state, 1000))).not.toMatch(/connected/i);
  }
  expect(outputWords(output("sending"))).toBe("sending, receiver unknown");
  expect(outputWords(output("heard", 400))).toBe("receiver answered just now");
  expect(outputWords(output("stale", 12_300))).toBe("sending, last answer 12 s ago");
});

test("of several outputs the worst speaks", () => {
  expect(worstOf([output("heard"), output("error"), output("off")])?.state).toBe("error");
  expect(worstOf([output("off"), output("heard")])?.state).toBe("heard");
  expect(worstOf([])).toBeNull();
});

test("times and names in short", () => {
  expect([clock(0), clock(59.9), clock(61), clock(3600)]).toEqual(["0:00", "0:59", "1:01", "60:00"]);
  expect([ago(null), ago(200), ago(5000), ago(600_000)]).toEqual([
    "at an unknown time",
    "just now",
    "5 s ago",
    "10 min ago",
  ]);
  expect(shortName("CTRL_expressions_jawOpen")).toBe("jawOpen");
});

test("curves are found by parts of names, side and region", () => {
  const names = [
    "CTRL_expressions_jawOpen",
    "CTRL_expressions_mouthCornerPullL",
    "CTRL_expressions_mouthCornerPullR",
    "HeadYaw",
  ];
  const regions = ["jaw", "mouth", "mouth"];
  expect(findCurves(names, regions, "", 10)).toEqual([0, 1, 2, 3]);
  expect(findCurves(names, regions, "pull left", 10)).toEqual([1]);
  expect(findCurves(names, regions, "MOUTH right", 10)).toEqual([2]);
  expect(findCurves(names, regions, "head", 10)).toEqual([3]);
  expect(findCurves(names, regions, "xyz", 10)).toEqual([]);
  expect(findCurves(names, regions, "mouth", 1)).toEqual([1]);
});
