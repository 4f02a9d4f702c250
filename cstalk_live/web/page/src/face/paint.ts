// What a place on the head at rest looks like, where vertices are dense enough to tell it: hair and redness. Brows, iris
// and teeth are finer and are painted in the shader.

/** Height of the hairline (mm above the eyes) by how far back a place lies: nape, over the ear, temple, forehead. */
const HAIRLINE: ReadonlyArray<readonly [number, number]> = [
  [-185, -62],
  [-120, -55],
  [-106, -25],
  [-96, 6],
  [-86, 19],
  [-74, 17],
  [-64, 8],
  [-57, 18],
  [-46, 40],
  [-20, 60],
  [0, 71],
  [20, 76],
];

export function interpolate(table: ReadonlyArray<readonly [number, number]>, x: number): number {
  if (x <= table[0]![0]) return table[0]![1];
  for (let i = 1; i < table.length; i++) {
    const [x1, y1] = table[i]!;
    if (x <= x1) {
      const [x0, y0] = table[i - 1]!;
      return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
    }
  }
  return table[table.length - 1]![1];
}

/** mm above the hairline, -20..20, by vertex of rest [n, 3]. */
export function hairHeights(rest: ArrayLike<number>): Float32Array {
  const out = new Float32Array(rest.length / 3);
  for (let v = 0; v < out.length; v++) {
    out[v] = Math.max(-20, Math.min(20, rest[3 * v + 1]! - interpolate(HAIRLINE, rest[3 * v + 2]!)));
  }
  return out;
}

function smoothstep(low: number, high: number, x: number): number {
  const t = Math.max(0, Math.min(1, (x - low) / (high - low)));
  return t * t * (3 - 2 * t);
}

/** How much blood shows, 0..1: cheeks, tip of the nose, ears. */
export function flushes(rest: ArrayLike<number>): Float32Array {
  const out = new Float32Array(rest.length / 3);
  for (let v = 0; v < out.length; v++) {
    const [x, y, z] = [rest[3 * v]!, rest[3 * v + 1]!, rest[3 * v + 2]!];
    const cheek = Math.exp(-((Math.abs(x) - 38) ** 2 + (y + 32) ** 2) / 420);
    const nose = 0.8 * Math.exp(-(x * x + (y + 35) ** 2) / 160) * smoothstep(15, 30, z);
    const ear = 0.5 * smoothstep(78, 90, Math.abs(x)) * (1 - smoothstep(10, 24, y));
    out[v] = Math.min(1, cheek + nose + ear);
  }
  return out;
}
