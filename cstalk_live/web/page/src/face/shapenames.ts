// Which of somebody else's morph targets are the 52 ARKit shapes, and whether a dropped file can be a face at all.

export const MOST_BYTES = 50 * 1024 * 1024;
/** A face with fewer of the 52 does not speak. */
export const FEWEST_SHAPES = 10;

/** `jawOpen`, `JawOpen`, `blendShape1.jawOpen`, `eyeBlink_L`, `Eye Blink Left` -> one spelling. */
export function plainName(name: string): string {
  const last = name.slice(name.lastIndexOf(".") + 1);
  return last
    .replace(/[_ -]l$/i, "left")
    .replace(/[_ -]r$/i, "right")
    .replace(/[^a-z0-9]/gi, "")
    .toLowerCase();
}

/** By shape: its place among the targets, or -1. */
export function matchShapes(shapes: readonly string[], targets: Readonly<Record<string, number>>): Int32Array {
  const places = new Map(Object.entries(targets).map(([name, place]) => [plainName(name), place]));
  return Int32Array.from(shapes, (shape) => places.get(plainName(shape)) ?? -1);
}

/** @returns a sentence that says why this file cannot be the face, or null. */
export function refusal(name: string, bytes: number): string | null {
  if (!/\.(vrm|glb)$/i.test(name)) return `${name} is not a face: drop a .vrm or a .glb file.`;
  if (bytes > MOST_BYTES) {
    const size = Math.ceil(bytes / 1024 / 1024);
    return `${name} has ${size} MB; the page takes 50 MB at most. Make its textures smaller and export it again.`;
  }
  return null;
}

export function tooFewShapes(name: string, found: number): string {
  const some = found === 0 ? "no ARKit face shapes" : `only ${found} of the 52 ARKit face shapes`;
  return `${name} has ${some}: export it with morph targets named jawOpen, eyeBlinkLeft, mouthSmileLeft and so on. The built-in head stays.`;
}
