import { expect, test } from "vitest";
import { FEWEST_SHAPES, matchShapes, plainName, refusal, tooFewShapes } from "../src/face/shapenames";
import { VRM_EXPRESSIONS } from "../src/face/vrmshapes";

test.each([
  ["jawOpen", "jawopen"],
  ["JawOpen", "jawopen"],
  ["blendShape1.jawOpen", "jawopen"],
  ["eyeBlink_L", "eyeblinkleft"],
  ["Eye Blink Right", "eyeblinkright"],
  ["mouthSmile_R", "mouthsmileright"],
  ["mouthLeft", "mouthleft"],
])("%s", (name, plain) => {
  expect(plainName(name)).toBe(plain);
});

test("shapes find their targets and say where there is none", () => {
  expect([...matchShapes(["jawOpen", "eyeBlinkLeft", "tongueOut"], { "m.eyeBlink_L": 4, JawOpen: 2 })]).toEqual([2, 4, -1]);
});

test("a file that cannot be a face is refused with a sentence before it is read", () => {
  expect(refusal("a.png", 10)).toContain("drop a .vrm or a .glb file");
  expect(refusal("big.glb", 50 * 1024 * 1024 + 1)).toBe(
    "big.glb has 51 MB; the page takes 50 MB at most. Make its textures smaller and export it again.",
  );
  expect(refusal("A.VRM", 50 * 1024 * 1024)).toBeNull();
  expect(tooFewShapes("x.glb", 0)).toContain("no ARKit face shapes");
  expect(tooFewShapes("x.glb", FEWEST_SHAPES - 1)).toContain("only 9 of the 52");
});

test("VRM expressions: a shut mouth says nothing, an open jaw says aa, and both eyes blink", () => {
  const of = (given: Record<string, number>) => (name: string) => given[name] ?? 0;
  const rest = of({});
  for (const weight of Object.values(VRM_EXPRESSIONS)) expect(weight(rest)).toBe(0);
  expect(VRM_EXPRESSIONS.aa!(of({ jawOpen: 0.5 }))).toBeCloseTo(0.7);
  expect(VRM_EXPRESSIONS.aa!(of({ jawOpen: 0.5, mouthClose: 0.5 }))).toBe(0);
  expect(VRM_EXPRESSIONS.blinkLeft!(of({ eyeBlinkLeft: 1 }))).toBe(1);
  expect(VRM_EXPRESSIONS.lookLeft!(of({ eyeLookOutLeft: 1, eyeLookInRight: 1 }))).toBe(1);
});
