// The MakeHuman head as a three.js object, driven by the 52 shapes.

import {
  BufferAttribute,
  BufferGeometry,
  DoubleSide,
  Group,
  Mesh,
  ShaderMaterial,
  Vector2,
  Vector3,
  type PerspectiveCamera,
} from "three";
import type { HeadData } from "./headfile";
import { HEAD_FRAGMENT, HEAD_VERTEX, LASH_FRAGMENT, LASH_VERTEX } from "./headshader";
import { LashRibbon } from "./lashes";
import { flushes, hairHeights } from "./paint";
import { HeadPose } from "./pose";
import { HeadSurface, type Detail } from "./surface";
import type { Avatar } from "./avatar";

export class MakeHumanHead implements Avatar {
  readonly object = new Group();
  readonly kind = "head";
  readonly title = "MakeHuman head";
  private readonly pose: HeadPose;
  private readonly surface: HeadSurface;
  private readonly geometry = new BufferGeometry();
  private readonly material: ShaderMaterial;
  private readonly lashMaterial: ShaderMaterial;
  private readonly lashes: { ribbon: LashRibbon; geometry: BufferGeometry }[] = [];
  private readonly units: Float32Array;
  private readonly places: number[];
  private readonly jaw: number;
  private readonly lids: [number, number];
  private readonly blink = new Vector2();
  private readonly cameraAt = new Vector3();

  /** @param shapes names of the values that `show` gets, Apple's spelling. */
  constructor(
    head: HeadData,
    readonly detail: Detail,
    shapes: readonly string[],
  ) {
    this.pose = new HeadPose(head);
    this.surface = new HeadSurface(head, detail);
    this.places = head.units.map((unit) => shapes.indexOf(unit.name));
    this.jaw = shapes.indexOf("jawOpen");
    this.lids = [shapes.indexOf("eyeBlinkLeft"), shapes.indexOf("eyeBlinkRight")];
    this.units = new Float32Array(head.units.length);
    this.material = new ShaderMaterial({
      vertexShader: HEAD_VERTEX,
      fragmentShader: HEAD_FRAGMENT,
      defines: detail === "lite" ? { LITE: "" } : {},
      uniforms: {
        jaw: { value: 0 },
        blink: { value: this.blink },
        cameraAt: { value: this.cameraAt },
        eyeCentre: { value: head.eyeCentres.map((centre) => new Vector3(...centre)) },
      },
      transparent: true,
      premultipliedAlpha: true,
    });
    this.lashMaterial = new ShaderMaterial({
      vertexShader: LASH_VERTEX,
      fragmentShader: LASH_FRAGMENT,
      transparent: true,
      premultipliedAlpha: true,
      depthWrite: false,
      side: DoubleSide,
    });
    this.fillGeometry(head);
    const skin = new Mesh(this.geometry, this.material);
    skin.frustumCulled = false;
    this.object.add(skin);
    head.lashRoots.forEach((roots, side) => this.addLashes(new LashRibbon(roots, head.eyeCentres[side]!, head.rest)));
    this.show(new Float32Array(shapes.length));
  }

  show(shapes: ArrayLike<number>): void {
    this.places.forEach((place, unit) => (this.units[unit] = place < 0 ? 0 : shapes[place]!));
    this.pose.set(this.units);
    this.surface.set(this.pose.points);
    this.material.uniforms.jaw!.value = Math.min(1, (shapes[this.jaw] ?? 0) / 0.75);
    this.blink.set(shapes[this.lids[0]] ?? 0, shapes[this.lids[1]] ?? 0);
    this.geometry.attributes.position!.needsUpdate = true;
    this.geometry.attributes.normal!.needsUpdate = true;
    for (const { ribbon, geometry } of this.lashes) {
      ribbon.set(this.surface.positions);
      geometry.attributes.position!.needsUpdate = true;
    }
  }

  beforeDraw(camera: PerspectiveCamera): void {
    this.object.updateMatrixWorld();
    this.object.worldToLocal(this.cameraAt.copy(camera.position));
  }

  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
    this.lashMaterial.dispose();
    for (const { geometry } of this.lashes) geometry.dispose();
  }

  private fillGeometry(head: HeadData): void {
    const { surface, geometry } = this;
    const hair = hairHeights(head.rest);
    const blood = flushes(head.rest);
    const coat = new Float32Array(4 * head.vertices);
    for (let v = 0; v < head.vertices; v++) {
      coat.set([head.lipPaint[v]! / 255, head.mouthPaint[v]! / 255, blood[v]!, hair[v]!], 4 * v);
    }
    const light = Float32Array.from(head.light, (value) => value / 255);
    geometry.setAttribute("position", new BufferAttribute(surface.positions, 3));
    geometry.setAttribute("normal", new BufferAttribute(surface.normals, 3));
    geometry.setAttribute("rest", new BufferAttribute(surface.carry(head.rest, 3), 3));
    geometry.setAttribute("daylight", new BufferAttribute(surface.carry(light, 4), 4));
    geometry.setAttribute("coat", new BufferAttribute(surface.carry(coat, 4), 4));
    geometry.setAttribute("part", new BufferAttribute(Float32Array.from(surface.partOfVertex()), 1));
    geometry.setIndex(new BufferAttribute(surface.triangles, 1));
  }

  private addLashes(ribbon: LashRibbon): void {
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", new BufferAttribute(ribbon.positions, 3));
    geometry.setAttribute("uv", new BufferAttribute(ribbon.uv, 2));
    geometry.setIndex(new BufferAttribute(ribbon.triangles, 1));
    const mesh = new Mesh(geometry, this.lashMaterial);
    mesh.frustumCulled = false;
    mesh.renderOrder = 1;
    this.lashes.push({ ribbon, geometry });
    this.object.add(mesh);
  }
}
