// The head's surface as the graphics card takes it: coarse ("lite") or subdivided once ("full").

import type { HeadData } from "./headfile";
import { catmullClark, refine, type Refinement } from "./subdivide";

export type Detail = "lite" | "full";

export class HeadSurface {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Uint32Array;
  private readonly refinement: Refinement | null;

  constructor(
    private readonly head: HeadData,
    readonly detail: Detail,
  ) {
    const eyes = new Set(["eye_left", "eye_right"].map((name) => head.parts.indexOf(name)));
    const skin: number[] = [];
    const balls: number[] = [];
    head.quadPart.forEach((part, q) => {
      for (let c = 0; c < 4; c++) (eyes.has(part) ? balls : skin).push(head.quads[4 * q + c]!);
    });
    this.refinement = detail === "full" ? catmullClark(skin, head.vertices) : null;
    this.triangles = triangulate([...(this.refinement?.quads ?? skin), ...balls]);
    const count = this.refinement?.vertices ?? head.vertices;
    this.positions = new Float32Array(3 * count);
    this.normals = new Float32Array(3 * count);
  }

  get vertices(): number {
    return this.positions.length / 3;
  }

  /** Anything that the head's vertices carry, `width` numbers each, carried to this surface's. */
  carry(coarse: ArrayLike<number>, width: number): Float32Array {
    if (!this.refinement) return Float32Array.from(coarse);
    const fine = new Float32Array(width * this.vertices);
    refine(this.refinement, coarse, fine, width);
    return fine;
  }

  /** By vertex: its place in `HeadData.parts`. */
  partOfVertex(): Uint8Array {
    const coarse = new Uint8Array(this.head.vertices);
    this.head.quadPart.forEach((part, q) => {
      for (let c = 0; c < 4; c++) coarse[this.head.quads[4 * q + c]!] = part;
    });
    return Uint8Array.from(this.carry(coarse, 1), Math.round);
  }

  /** Take over a pose's vertices and find the normals, weighted by the triangles' areas. */
  set(points: Float32Array): void {
    if (this.refinement) refine(this.refinement, points, this.positions, 3);
    else this.positions.set(points);
    areaNormals(this.positions, this.triangles, this.normals);
  }
}

/** Two triangles a quad; those of no area are left out. */
export function triangulate(quads: ArrayLike<number>): Uint32Array {
  const found: number[] = [];
  for (let q = 0; q < quads.length; q += 4) {
    const [a, b, c, d] = [quads[q]!, quads[q + 1]!, quads[q + 2]!, quads[q + 3]!];
    if (a !== b && b !== c && c !== a) found.push(a, b, c);
    if (a !== c && c !== d && d !== a) found.push(a, c, d);
  }
  return Uint32Array.from(found);
}

function areaNormals(p: Float32Array, triangles: Uint32Array, out: Float32Array): void {
  out.fill(0);
  for (let t = 0; t < triangles.length; t += 3) {
    const a = 3 * triangles[t]!;
    const b = 3 * triangles[t + 1]!;
    const c = 3 * triangles[t + 2]!;
    const ux = p[b]! - p[a]!;
    const uy = p[b + 1]! - p[a + 1]!;
    const uz = p[b + 2]! - p[a + 2]!;
    const vx = p[c]! - p[a]!;
    const vy = p[c + 1]! - p[a + 1]!;
    const vz = p[c + 2]! - p[a + 2]!;
    const x = uy * vz - uz * vy;
    const y = uz * vx - ux * vz;
    const z = ux * vy - uy * vx;
    for (const k of [a, b, c]) {
      out[k] = out[k]! + x;
      out[k + 1] = out[k + 1]! + y;
      out[k + 2] = out[k + 2]! + z;
    }
  }
  for (let k = 0; k < out.length; k += 3) {
    const length = Math.hypot(out[k]!, out[k + 1]!, out[k + 2]!) || 1;
    out[k] = out[k]! / length;
    out[k + 1] = out[k + 1]! / length;
    out[k + 2] = out[k + 2]! / length;
  }
}
