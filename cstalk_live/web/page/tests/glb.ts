// A small GLB (binary glTF 2.0): one triangle with named morph targets, each of which lifts its first corner.

/** Bones that every VRM 1.0 has. */
const BONES = (
  "hips spine head leftUpperLeg leftLowerLeg leftFoot rightUpperLeg rightLowerLeg rightFoot " +
  "leftUpperArm leftLowerArm leftHand rightUpperArm rightLowerArm rightHand"
).split(" ");

interface Expressions {
  preset?: string[];
  custom?: string[];
}

/** A VRM 1.0 whose expressions, in order, move its targets. */
export function vrm({ preset = [], custom = [] }: Expressions): ArrayBuffer {
  const names = [...preset, ...custom];
  const bind = (list: string[]) =>
    Object.fromEntries(
      list.map((name) => [name, { morphTargetBinds: [{ node: 0, index: names.indexOf(name), weight: 1 }] }]),
    );
  return glb(names, 0.2, {
    nodes: BONES.map((name, i) => ({ name, translation: [0, i === 2 ? 1.4 : 0, 0] })),
    extension: {
      specVersion: "1.0",
      meta: { name: "test", authors: ["test"], licenseUrl: "https://vrm.dev/licenses/1.0/", version: "1" },
      humanoid: { humanBones: Object.fromEntries(BONES.map((name, i) => [name, { node: i + 1 }])) },
      expressions: { preset: bind(preset), custom: bind(custom) },
    },
  });
}

interface Extra {
  nodes: object[];
  extension: object;
}

export function glb(targets: string[], metresHigh = 0.2, extra?: Extra): ArrayBuffer {
  const triangle = [0, 0, 0, metresHigh, 0, 0, 0, metresHigh, 0];
  const lift = [0, metresHigh / 10, 0, 0, 0, 0, 0, 0, 0];
  const numbers = Float32Array.from([triangle, ...targets.map(() => lift)].flat());
  const accessor = (k: number) => ({
    bufferView: k,
    componentType: 5126,
    count: 3,
    type: "VEC3",
    min: [0, 0, 0],
    max: k === 0 ? [metresHigh, metresHigh, 0] : [0, metresHigh / 10, 0],
  });
  const parts = [0, ...targets.map((_, i) => i + 1)];
  const mesh = {
    primitives: [{ attributes: { POSITION: 0 }, targets: targets.map((_, i) => ({ POSITION: i + 1 })) }],
    extras: { targetNames: targets },
  };
  const json = {
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0, ...(extra?.nodes ?? []).map((_, i) => i + 1)] }],
    nodes: [{ mesh: 0 }, ...(extra?.nodes ?? [])],
    ...(extra ? { extensionsUsed: ["VRMC_vrm"], extensions: { VRMC_vrm: extra.extension } } : {}),
    meshes: [targets.length > 0 ? mesh : { primitives: [{ attributes: { POSITION: 0 } }] }],
    accessors: parts.map(accessor),
    bufferViews: parts.map((k) => ({ buffer: 0, byteOffset: 36 * k, byteLength: 36 })),
    buffers: [{ byteLength: numbers.byteLength }],
  };
  const text = new TextEncoder().encode(JSON.stringify(json));
  const padded = new Uint8Array(Math.ceil(text.length / 4) * 4).fill(0x20);
  padded.set(text);
  const whole = new ArrayBuffer(12 + 8 + padded.length + 8 + numbers.byteLength);
  const view = new DataView(whole);
  const words = [0x46546c67, 2, whole.byteLength, padded.length, 0x4e4f534a];
  words.forEach((word, i) => view.setUint32(4 * i, word, true));
  new Uint8Array(whole).set(padded, 20);
  view.setUint32(20 + padded.length, numbers.byteLength, true);
  view.setUint32(24 + padded.length, 0x004e4942, true);
  new Uint8Array(whole).set(new Uint8Array(numbers.buffer), 28 + padded.length);
  return whole;
}
