// Lashes: one ribbon of two rows per upper lid, rooted in the lid's edge, drawn with soft strands (see headshader). They
// stand out from the eyeball, so they turn with the lid when it shuts.

/** Columns of a ribbon between two neighbouring roots. */
const BETWEEN = 4;
const ROWS = 3;
const LENGTH_MM = 6.4;

export class LashRibbon {
  readonly positions: Float32Array;
  /** Along the lid in mm, and 0 at the root, 1 at the tip. */
  readonly uv: Float32Array;
  readonly triangles: Uint16Array;
  private readonly columns: number;
  private readonly line: Float32Array;

  constructor(
    private readonly roots: Uint16Array,
    private readonly centre: readonly number[],
    rest: Float32Array,
  ) {
    this.columns = (roots.length - 1) * BETWEEN + 1;
    this.line = new Float32Array(3 * this.columns);
    this.positions = new Float32Array(3 * this.columns * ROWS);
    this.uv = new Float32Array(2 * this.columns * ROWS);
    this.triangles = strips(this.columns);
    this.followLid(rest);
    let along = 0;
    for (let c = 0; c < this.columns; c++) {
      if (c > 0) along += distance(this.line, c - 1, c);
      for (let r = 0; r < ROWS; r++) this.uv.set([along, r / (ROWS - 1)], 2 * (c * ROWS + r));
    }
  }

  /** @param points mm, [n, 3]; the roots are places in it. */
  set(points: Float32Array): void {
    this.followLid(points);
    const { line, centre, positions, columns } = this;
    for (let c = 0; c < columns; c++) {
      const share = c / (columns - 1);
      // Longest at two thirds of the way outwards, short at the corner by the nose.
      const length = LENGTH_MM * (0.45 + 0.55 * Math.sin(Math.PI * Math.min(1, 0.12 + 0.72 * share)));
      const [x, y, z] = [line[3 * c]! - centre[0]!, line[3 * c + 1]! - centre[1]!, line[3 * c + 2]! - centre[2]!];
      const radius = Math.hypot(x, y, z);
      const out = [x / radius, y / radius, z / radius];
      // Up along the lid: what of (0, 1, 0) is not outwards. Lashes fan out to the sides.
      const up = [-out[1]! * out[0]!, 1 - out[1]! * out[1]!, -out[1]! * out[2]!];
      const fan = Math.sign(centre[0]!) * (share - 0.35) * 0.9;
      for (let r = 0; r < ROWS; r++) {
        const t = r / (ROWS - 1);
        const rise = length * (0.05 * t + 0.5 * t * t);
        const reach = length * (0.9 * t - 0.12 * t * t);
        const at = 3 * (c * ROWS + r);
        positions[at] = line[3 * c]! + reach * out[0]! + rise * up[0]! + length * t * fan;
        positions[at + 1] = line[3 * c + 1]! + reach * out[1]! + rise * up[1]! - 0.15;
        positions[at + 2] = line[3 * c + 2]! + reach * out[2]! + rise * up[2]!;
      }
    }
  }

  /** A smooth line through the roots (Catmull-Rom). */
  private followLid(points: Float32Array): void {
    const last = this.roots.length - 1;
    for (let c = 0; c < this.columns; c++) {
      const k = Math.min(Math.floor(c / BETWEEN), last - 1);
      const t = c / BETWEEN - k;
      const four = [Math.max(k - 1, 0), k, k + 1, Math.min(k + 2, last)].map((i) => 3 * this.roots[i]!);
      for (let axis = 0; axis < 3; axis++) {
        const [a, b, d, e] = four.map((at) => points[at + axis]!) as [number, number, number, number];
        this.line[3 * c + axis] =
          0.5 * (2 * b + (d - a) * t + (2 * a - 5 * b + 4 * d - e) * t * t + (3 * b - a - 3 * d + e) * t ** 3);
      }
    }
  }
}

function distance(line: Float32Array, a: number, b: number): number {
  return Math.hypot(
    line[3 * b]! - line[3 * a]!,
    line[3 * b + 1]! - line[3 * a + 1]!,
    line[3 * b + 2]! - line[3 * a + 2]!,
  );
}

function strips(columns: number): Uint16Array {
  const found: number[] = [];
  for (let c = 0; c + 1 < columns; c++) {
    for (let r = 0; r + 1 < ROWS; r++) {
      const [a, b] = [c * ROWS + r, (c + 1) * ROWS + r];
      found.push(a, b, b + 1, a, b + 1, a + 1);
    }
  }
  return Uint16Array.from(found);
}
