import { Box3, Mesh, PerspectiveCamera } from "three";
import { expect, test, vi } from "vitest";
import type { Avatar } from "../src/face/avatar";
import { loadAvatar } from "../src/face/external";
import { FEWEST_SHAPES, matchShapes, plainName, refusal, tooFewShapes } from "../src/face/shapenames";
import { VRM_EXPRESSIONS } from "../src/face/vrmshapes";
import { rigTable } from "./generated";
import { glb, vrm } from "./glb";

// three.js looks for the browser under this name.
vi.stubGlobal("self", globalThis);

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
  expect([...matchShapes(["jawOpen", "eyeBlinkLeft", "tongueOut"], { "m.eyeBlink_L": 4, JawOpen: 2 })]).toEqual([
    2, 4, -1,
  ]);
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

const ARKIT = rigTable().shapes;

test("a GLB with ARKit shapes becomes the face, as high as the built-in one", async () => {
  const names = ARKIT.map((name) => `Face.${name}`);
  const avatar = await loadAvatar("mine.glb", glb(names), ARKIT);
  expect(avatar.kind).toBe("glb");
  const box = new Box3().setFromObject(avatar.object);
  expect(box.max.y - box.min.y).toBeCloseTo(235, 0);
  const weights = ARKIT.map((_, i) => i / 100);
  avatar.show(weights);
  let mesh: Mesh | undefined;
  avatar.object.traverse((part) => part instanceof Mesh && (mesh = part));
  expect(mesh!.morphTargetInfluences).toEqual(weights);
});

test.each([
  ["no morph targets", glb([]), "no ARKit face shapes"],
  ["other morph targets", glb(["Basis", "Key 1"]), "no ARKit face shapes"],
  ["a few of the shapes", glb(ARKIT.slice(0, 3)), "only 3 of the 52"],
  ["half of the file", glb(ARKIT).slice(0, 400), "cannot be read"],
  ["no GLB at all", new TextEncoder().encode("hello").buffer as ArrayBuffer, "cannot be read"],
])("a file with %s is refused with a sentence", async (_, data, sentence) => {
  await expect(loadAvatar("x.glb", data, ARKIT)).rejects.toThrow(sentence);
});

function influences(avatar: Avatar): number[] {
  let found: number[] = [];
  avatar.object.traverse((part) => {
    if (part instanceof Mesh && part.morphTargetInfluences) found = part.morphTargetInfluences;
  });
  return found;
}

test("a VRM made for perfect sync gets the 52 shapes as they are", async () => {
  const avatar = await loadAvatar("a.vrm", vrm({ custom: [...ARKIT] }), ARKIT);
  expect(avatar.kind).toBe("vrm");
  avatar.show(ARKIT.map((_, i) => i / 100));
  avatar.beforeDraw!(new PerspectiveCamera(), 0.016);
  influences(avatar).forEach((value, i) => expect(value).toBeCloseTo(i / 100, 5));
});

test("another VRM gets its own vowels and blinks", async () => {
  const avatar = await loadAvatar("b.vrm", vrm({ preset: ["aa", "blinkLeft", "happy"] }), ARKIT);
  const weights = new Float32Array(52);
  weights[ARKIT.indexOf("jawOpen")] = 0.5;
  weights[ARKIT.indexOf("eyeBlinkLeft")] = 1;
  avatar.show(weights);
  avatar.beforeDraw!(new PerspectiveCamera(), 0.016);
  expect(influences(avatar)[0]).toBeCloseTo(0.7, 5);
  expect(influences(avatar)[1]).toBeCloseTo(1, 5);
  expect(influences(avatar)[2]).toBeCloseTo(0, 5);
});

test("a VRM without a mouth is refused", async () => {
  await expect(loadAvatar("c.vrm", vrm({ preset: ["happy"] }), ARKIT)).rejects.toThrow("has no expressions");
});
