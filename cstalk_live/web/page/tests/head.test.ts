import { expect, test } from "vitest";
import { readHead } from "../src/face/headfile";
import { LashRibbon } from "../src/face/lashes";
import { HeadPose } from "../src/face/pose";
import { catmullClark, refine } from "../src/face/subdivide";
import { HeadSurface, triangulate } from "../src/face/surface";
import { detailFor } from "../src/face/gpu";
import { interpolate } from "../src/face/paint";
import { rigTable, head as readTheHead, headBytes } from "./generated";

const head = readTheHead();
const shapes = rigTable().shapes;
const weights = (given: Record<string, number>) => Float32Array.from(head.units, ({ name }) => given[name] ?? 0);
const posed = (given: Record<string, number>) => {
  const pose = new HeadPose(head);
  pose.set(weights(given));
  return pose;
};

test("the head has all 52 units in the rig's order, and every unit moves something", () => {
  expect(head.units.map(({ name }) => name)).toEqual(shapes);
  for (const unit of head.units)
    expect(Math.max(...unit.moves.map(Math.abs)) * unit.step, unit.name).toBeGreaterThan(0.5);
});

test("units stay within the head and their neighbours' sizes", () => {
  for (const unit of head.units) {
    expect(Math.max(...unit.vertices)).toBeLessThan(head.vertices);
    expect(Math.max(...unit.moves.map(Math.abs)) * unit.step, unit.name).toBeLessThan(60);
  }
});

test("left and right units are mirror images", () => {
  const size = ({ moves, step }: { moves: Int16Array; step: number }) =>
    moves.reduce((sum, value) => sum + Math.abs(value * step), 0);
  const by = new Map(head.units.map((unit) => [unit.name, size(unit)]));
  for (const [name, value] of by) {
    if (!name.endsWith("Left")) continue;
    const other = by.get(name.replace(/Left$/, "Right"))!;
    expect(Math.abs(value - other) / value, name).toBeLessThan(0.02);
  }
});

test("lips touch at rest, in a smile and when MouthClose shuts an open jaw", () => {
  const poses: Record<string, number>[] = [
    {},
    { mouthSmileLeft: 1, mouthSmileRight: 1 },
    { jawOpen: 0.7, mouthClose: 0.7 },
  ];
  for (const given of poses) {
    const gaps = posed(given).lipGaps();
    expect(Math.max(...gaps.map(Math.abs)), JSON.stringify(given)).toBeLessThan(0.15);
  }
});

test("an open jaw parts the lips", () => {
  expect(posed({ jawOpen: 0.7 }).lipGaps()[9]).toBeGreaterThan(15);
});

test("teeth and tongue stay behind the lips at rest", () => {
  const { points } = posed({});
  const lips = Math.max(...Array.from(head.seam.upper, (v) => points[3 * v + 2]!));
  const inside = new Set(["upper_teeth", "lower_teeth", "tongue"].map((name) => head.parts.indexOf(name)));
  let nearest = -Infinity;
  head.quadPart.forEach((part, q) => {
    if (!inside.has(part)) return;
    for (let c = 0; c < 4; c++) nearest = Math.max(nearest, points[3 * head.quads[4 * q + c]! + 2]!);
  });
  expect(nearest).toBeLessThan(lips - 2);
});

test("a damaged file is refused with a sentence", () => {
  expect(() => readHead(new ArrayBuffer(4))).toThrow("build the page again");
  const bytes = new Uint8Array(headBytes());
  bytes[0] = 0;
  expect(() => readHead(bytes.buffer)).toThrow("build the page again");
});

const CUBE = {
  points: [-1, -1, -1, 1, -1, -1, 1, 1, -1, -1, 1, -1, -1, -1, 1, 1, -1, 1, 1, 1, 1, -1, 1, 1],
  quads: [0, 3, 2, 1, 4, 5, 6, 7, 0, 1, 5, 4, 1, 2, 6, 5, 2, 3, 7, 6, 3, 0, 4, 7],
};

test("Catmull-Clark of a cube: corners at 5/9, edges at 3/4, faces at 1", () => {
  const by = catmullClark(CUBE.quads, 8);
  expect([by.vertices, by.quads.length / 4]).toEqual([8 + 12 + 6, 24]);
  const fine = new Float32Array(3 * by.vertices);
  refine(by, CUBE.points, fine, 3);
  const sizes = Array.from({ length: by.vertices }, (_, v) =>
    Math.max(...[0, 1, 2].map((axis) => Math.abs(fine[3 * v + axis]!))),
  );
  for (const size of sizes.slice(0, 8)) expect(size).toBeCloseTo(5 / 9, 5);
  for (const size of sizes.slice(8, 20)) expect(size).toBeCloseTo(3 / 4, 5);
  for (const size of sizes.slice(20)) expect(size).toBeCloseTo(1, 5);
});

test("every row of a refinement sums to 1, borders and loose vertices included", () => {
  const by = catmullClark([0, 1, 2, 3], 5);
  for (let r = 0; r < by.vertices; r++) {
    let sum = 0;
    for (let i = by.starts[r]!; i < by.starts[r + 1]!; i++) sum += by.weights[i]!;
    expect(sum).toBeCloseTo(1, 6);
  }
  const fine = new Float32Array(by.vertices);
  refine(by, [0, 0, 0, 0, 7], fine, 1);
  expect(fine[4]).toBe(7);
});

test("the full surface lies on the coarse one, four times as fine, with unit normals outwards", () => {
  const [lite, full] = [new HeadSurface(head, "lite"), new HeadSurface(head, "full")];
  const { points } = posed({ jawOpen: 0.5 });
  lite.set(points);
  full.set(points);
  expect(full.triangles.length / lite.triangles.length).toBeGreaterThan(3);
  let furthest = 0;
  for (let i = 0; i < 3 * head.vertices; i++) furthest = Math.max(furthest, Math.abs(full.positions[i]! - points[i]!));
  expect(furthest).toBeLessThan(6);
  for (let v = 0; v < full.vertices; v += 97) {
    expect(Math.hypot(...full.normals.subarray(3 * v, 3 * v + 3))).toBeCloseTo(1, 4);
  }
  const nose = points.reduce((best, z, i) => (i % 3 === 2 && z > points[3 * best + 2]! ? (i - 2) / 3 : best), 0);
  expect(full.normals[3 * nose + 2]).toBeGreaterThan(0.5);
});

test("parts survive the refinement", () => {
  const full = new HeadSurface(head, "full");
  expect([...new Set(full.partOfVertex())].sort()).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a quad with two equal corners is one triangle", () => {
  expect([...triangulate([0, 1, 2, 0, 0, 1, 2, 3])]).toEqual([0, 1, 2, 0, 1, 2, 0, 2, 3]);
});

test("lashes stand out from the lid and come down with it", () => {
  const ribbon = new LashRibbon(head.lashRoots[0], head.eyeCentres[0], head.rest);
  const tip = () => {
    const middle = Math.floor(ribbon.positions.length / 9 / 2);
    return Array.from(ribbon.positions.subarray(9 * middle, 9 * middle + 9));
  };
  ribbon.set(posed({}).points);
  const open = tip();
  ribbon.set(posed({ eyeBlinkLeft: 1 }).points);
  const shut = tip();
  expect(open[8]! - open[2]!).toBeGreaterThan(2);
  expect(shut[7]!).toBeLessThan(open[7]! - 4);
  expect(ribbon.positions.every(Number.isFinite)).toBe(true);
});

test.each([
  ["ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero) (0x0000C0DE)), SwiftShader driver)", "lite"],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", "lite"],
  ["Microsoft Basic Render Driver", "lite"],
  ["ANGLE (NVIDIA, NVIDIA GeForce RTX 3060 Direct3D11 vs_5_0 ps_5_0, D3D11)", "full"],
  ["Apple GPU", "full"],
  ["", "full"],
])("%s is drawn %s", (renderer, detail) => {
  expect(detailFor(renderer)).toBe(detail);
});

test("tables are linear between their places and flat outside", () => {
  const table = [
    [0, 0],
    [2, 4],
    [3, 0],
  ] as const;
  expect([-1, 0, 1, 2, 2.5, 9].map((x) => interpolate(table, x))).toEqual([0, 0, 2, 4, 2, 0]);
});
