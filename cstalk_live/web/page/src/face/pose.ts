// Weights of the 52 units -> vertices, on the processor: 1-2 ms, exact for the lips' seam, the same in every browser.

import type { HeadData } from "./headfile";

/** Below this JawOpen the ratio MouthClose / JawOpen tells nothing. */
const SHUT_JAW = 1e-3;

export class HeadPose {
  /** mm, [n, 3], after `set`. */
  readonly points: Float32Array;
  private readonly parting: Float32Array[];
  private readonly change: Float32Array;

  constructor(private readonly head: HeadData) {
    this.points = new Float32Array(head.rest);
    const { upper, lower } = head.seam;
    this.change = new Float32Array(upper.length);
    // What each unit adds to the gap between facing vertices of the lips.
    this.parting = head.units.map((unit) => {
      const row = new Map<number, number>();
      unit.vertices.forEach((vertex, i) => row.set(vertex, unit.moves[3 * i + 1]! * unit.step));
      return Float32Array.from(upper, (vertex, i) => (row.get(vertex) ?? 0) - (row.get(lower[i]!) ?? 0));
    });
  }

  /** @param weights 0..1, in the order of the head's units. */
  set(weights: ArrayLike<number>): void {
    const { points, head } = this;
    points.set(head.rest);
    head.units.forEach((unit, k) => {
      const weight = (weights[k] ?? 0) * unit.step;
      if (Math.abs(weight) < 1e-7) return;
      const { vertices, moves } = unit;
      for (let i = 0, j = 0; i < vertices.length; i++, j += 3) {
        const at = 3 * vertices[i]!;
        points[at] = points[at]! + weight * moves[j]!;
        points[at + 1] = points[at + 1]! + weight * moves[j + 1]!;
        points[at + 2] = points[at + 2]! + weight * moves[j + 2]!;
      }
    });
    this.correctSeam(weights);
  }

  /** Heights between the facing vertices of the lips, mm. */
  lipGaps(): Float32Array {
    const { upper, lower } = this.head.seam;
    return Float32Array.from(upper, (vertex, i) => this.points[3 * vertex + 1]! - this.points[3 * lower[i]! + 1]!);
  }

  private correctSeam(weights: ArrayLike<number>): void {
    const { head, change, points } = this;
    const { seam, units } = head;
    let jaw = 0;
    let close = 0;
    units.forEach(({ name }, k) => {
      if (name === "jawOpen") jaw = weights[k] ?? 0;
      if (name === "mouthClose") close = weights[k] ?? 0;
    });
    const together = jaw > SHUT_JAW ? Math.min(1, Math.max(0, close / jaw)) : 0;
    for (let column = 0; column < change.length; column++) {
      let gap = 0;
      let sealable = 0;
      for (let k = 0; k < units.length; k++) {
        const part = (weights[k] ?? 0) * this.parting[k]![column]!;
        gap += part;
        if (!seam.sealsNothing[k]) sealable += part;
      }
      const wanted = gap - together * Math.max(sealable, 0);
      change[column] = Math.max(wanted, 0) - gap;
    }
    for (let i = 0; i < seam.vertices.length; i++) {
      const at = 3 * seam.vertices[i]! + 1;
      points[at] = points[at]! + change[seam.columns[i]!]! * seam.heights[i]!;
    }
  }
}
