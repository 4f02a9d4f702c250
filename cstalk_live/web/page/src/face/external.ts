// Somebody's own face: a VRM, or a GLB with ARKit shapes. Loaded only when one is dropped.

import { VRMLoaderPlugin, VRMUtils, type VRM } from "@pixiv/three-vrm";
import { Box3, Group, Mesh, Vector3, type Object3D, type PerspectiveCamera } from "three";
import { GLTFLoader } from "three/examples/jsm/loaders/GLTFLoader.js";
import type { Avatar } from "./avatar";
import { FEWEST_SHAPES, matchShapes, plainName, tooFewShapes } from "./shapenames";
import { VRM_EXPRESSIONS } from "./vrmshapes";

/** mm from chin to crown of the face on the stage. */
const FACE_MM = 235;

/** @throws Error with a plain sentence. */
export async function loadAvatar(name: string, data: ArrayBuffer, shapes: readonly string[]): Promise<Avatar> {
  const loader = new GLTFLoader();
  loader.register((parser) => new VRMLoaderPlugin(parser));
  let loaded;
  try {
    loaded = await loader.parseAsync(data, "");
  } catch {
    throw new Error(`${name} cannot be read: it is damaged, or packed in a way that this page does not unpack.`);
  }
  const vrm = loaded.userData.vrm as VRM | undefined;
  return vrm ? new VrmAvatar(name, vrm, shapes) : new GlbAvatar(name, loaded.scene, shapes);
}

class GlbAvatar implements Avatar {
  readonly object = new Group();
  readonly kind = "glb";
  private readonly faces: { mesh: Mesh; places: Int32Array }[] = [];

  constructor(
    readonly title: string,
    scene: Object3D,
    shapes: readonly string[],
  ) {
    let most = 0;
    scene.traverse((part) => {
      if (!(part instanceof Mesh) || !part.morphTargetDictionary) return;
      const places = matchShapes(shapes, part.morphTargetDictionary as Record<string, number>);
      const found = places.filter((place) => place >= 0).length;
      if (found > 0) this.faces.push({ mesh: part, places });
      most = Math.max(most, found);
    });
    if (most < FEWEST_SHAPES) {
      free(scene);
      throw new Error(tooFewShapes(title, most));
    }
    this.object.add(scene);
    const box = new Box3();
    for (const { mesh } of this.faces) box.expandByObject(mesh);
    const size = box.getSize(new Vector3());
    const middle = box.getCenter(new Vector3());
    const scale = FACE_MM / Math.max(size.y, 1e-6);
    scene.scale.multiplyScalar(scale);
    scene.position.sub(middle.multiplyScalar(scale)).add(new Vector3(0, -19, -20));
  }

  show(weights: ArrayLike<number>): void {
    for (const { mesh, places } of this.faces) {
      const influences = mesh.morphTargetInfluences;
      if (influences) places.forEach((place, shape) => place >= 0 && (influences[place] = weights[shape]!));
    }
  }

  dispose(): void {
    free(this.object);
  }
}

class VrmAvatar implements Avatar {
  readonly object = new Group();
  readonly kind = "vrm";
  private readonly own: [expression: string, shape: number][] = [];
  private readonly place: Map<string, number>;

  constructor(
    readonly title: string,
    private readonly vrm: VRM,
    shapes: readonly string[],
  ) {
    VRMUtils.rotateVRM0(vrm);
    this.place = new Map(shapes.map((shape, i) => [shape, i]));
    const names = new Map(shapes.map((shape, i) => [plainName(shape), i]));
    for (const name of Object.keys(vrm.expressionManager?.customExpressionMap ?? {})) {
      const shape = names.get(plainName(name));
      if (shape !== undefined) this.own.push([name, shape]);
    }
    if (this.own.length < FEWEST_SHAPES) this.own.length = 0;
    if (!vrm.expressionManager || (this.own.length === 0 && !vrm.expressionManager.getExpression("aa"))) {
      VRMUtils.deepDispose(vrm.scene);
      throw new Error(`${title} has no expressions: give the avatar the VRM mouth shapes or the 52 ARKit shapes.`);
    }
    this.object.add(vrm.scene);
    vrm.scene.updateMatrixWorld(true);
    const head = vrm.humanoid.getRawBoneNode("head")?.getWorldPosition(new Vector3()) ?? new Vector3(0, 1.4, 0);
    // Metres; the head's bone ends at the neck, the face is a hand above and in front of it.
    const middle = head.add(new Vector3(0, 0.075, 0));
    vrm.scene.scale.multiplyScalar(1000);
    vrm.scene.position.sub(middle.multiplyScalar(1000)).add(new Vector3(0, -19, -20));
  }

  show(weights: ArrayLike<number>): void {
    const manager = this.vrm.expressionManager;
    if (!manager) return;
    if (this.own.length > 0) {
      for (const [name, shape] of this.own) manager.setValue(name, weights[shape]!);
      return;
    }
    const of = (name: string): number => weights[this.place.get(name) ?? -1] ?? 0;
    for (const [name, weight] of Object.entries(VRM_EXPRESSIONS))
      manager.setValue(name, Math.min(1, Math.max(0, weight(of))));
  }

  beforeDraw(_camera: PerspectiveCamera, seconds: number): void {
    this.vrm.update(seconds);
  }

  dispose(): void {
    VRMUtils.deepDispose(this.vrm.scene);
  }
}

function free(root: Object3D): void {
  VRMUtils.deepDispose(root);
}
