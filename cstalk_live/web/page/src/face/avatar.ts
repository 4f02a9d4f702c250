// What the stage shows: the built-in head, or a VRM or GLB that somebody dropped on the page.

import type { Object3D, PerspectiveCamera } from "three";

export interface Avatar {
  readonly object: Object3D;
  readonly kind: "head" | "vrm" | "glb";
  readonly title: string;
  /** @param shapes ARKit weights 0..1 in the rig table's order. */
  show(shapes: ArrayLike<number>): void;
  beforeDraw?(camera: PerspectiveCamera, seconds: number): void;
  dispose(): void;
}
