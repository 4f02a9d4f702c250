// Canvas, camera and the drawing loop. Draws only when something changed, at most once per screen refresh, and 15 times
// a second at most where the processor draws.

import { DirectionalLight, Group, HemisphereLight, PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import type { Avatar } from "./avatar";
import { LITE_FPS, LITE_PIXELS, detailFor, probeRenderer } from "./gpu";
import type { Detail } from "./surface";
import { limitRefresh, onScreenRefresh } from "../ui/refresh";

export type Shot = "front" | "three-quarter" | "profile";

const YAW: Record<Shot, number> = { front: 0, "three-quarter": -0.62, profile: -Math.PI / 2 };
/** mm around the head that fit into the picture's height. */
const HEIGHT_MM = 284;
/** ... and into its width, whatever the camera's side. */
const WIDTH_MM = 250;
const DISTANCE_MM = 950;
const CENTRE = new Vector3(0, -19, -20);
/** The head reaches further back than forward: from the side the camera looks at a place this much deeper. */
const DEEPER_MM = 46;

export interface StageStats {
  drawn: number;
  renderer: string;
  detail: Detail;
}

export class Stage {
  readonly stats: StageStats;
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly pivot = new Group();
  private readonly camera = new PerspectiveCamera(16, 1, 10, 4000);
  private avatar: Avatar | null = null;
  private yaw = 0;
  private wantedYaw = 0;
  private zoom = 1;
  private readonly centre = CENTRE.clone();
  private readonly target = new Vector3();
  private dirty = true;
  private lastDraw = 0;
  private lastTick = 0;
  private readonly stop: () => void;
  private readonly observer: ResizeObserver;

  /** @throws Error where there is no WebGL. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly calm: () => boolean,
    private readonly beforeDraw: () => boolean,
    detail: Detail | null,
  ) {
    const name = probeRenderer();
    this.stats = { drawn: 0, renderer: name, detail: detail ?? detailFor(name) };
    this.renderer = new WebGLRenderer({ canvas, alpha: true, premultipliedAlpha: true, antialias: true });
    this.renderer.setClearColor(0x000000, 0);
    this.scene.add(this.pivot);
    // For avatars of others; the built-in head brings its own light.
    const key = new DirectionalLight(0xfff4e6, 2.2);
    key.position.set(-0.5, 0.55, 0.72);
    this.scene.add(new HemisphereLight(0xbfc8d8, 0x4a4038, 1.6), key);
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas.parentElement ?? canvas);
    this.resize();
    limitRefresh(this.stats.detail === "lite" ? 1000 / LITE_FPS : 0);
    this.stop = onScreenRefresh(this.tick);
  }

  show(avatar: Avatar): void {
    if (this.avatar) {
      this.pivot.remove(this.avatar.object);
      this.avatar.dispose();
    }
    this.avatar = avatar;
    this.pivot.add(avatar.object);
    this.changed();
  }

  changed(): void {
    this.dirty = true;
  }

  /** Head turned by the performance, radians: to its left, up, to its left shoulder. */
  turn(yaw: number, pitch: number, roll: number): void {
    this.pivot.rotation.set(-pitch, yaw, -roll, "YXZ");
  }

  look(shot: Shot): void {
    this.wantedYaw = YAW[shot];
    if (this.calm()) this.yaw = this.wantedYaw;
    this.changed();
  }

  /** Turn the camera by hand, radians. */
  orbit(by: number): void {
    this.wantedYaw = this.yaw = Math.max(-Math.PI, Math.min(Math.PI, this.yaw + by));
    this.changed();
  }

  /** For close-ups: a place on the head in mm, and how much larger. */
  closeUp(x: number, y: number, zoom: number): void {
    this.centre.set(x, y, CENTRE.z);
    this.zoom = zoom;
    this.resize();
  }

  dispose(): void {
    this.stop();
    this.observer.disconnect();
    this.avatar?.dispose();
    this.renderer.dispose();
  }

  private resize(): void {
    const box = (this.canvas.parentElement ?? this.canvas).getBoundingClientRect();
    const width = Math.max(1, Math.round(box.width));
    const height = Math.max(1, Math.round(box.height));
    const most = this.stats.detail === "lite" ? Math.min(1, Math.sqrt(LITE_PIXELS / (width * height))) : 2;
    this.renderer.setPixelRatio(Math.min(most, window.devicePixelRatio));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    // The whole head must fit into a narrow picture as well.
    const wanted = Math.max(HEIGHT_MM, WIDTH_MM / this.camera.aspect) / this.zoom;
    this.camera.fov = (2 * Math.atan(wanted / 2 / DISTANCE_MM) * 180) / Math.PI;
    this.camera.updateProjectionMatrix();
    this.changed();
  }

  private readonly tick = (now: number): void => {
    const seconds = Math.min(0.1, (now - this.lastTick) / 1000);
    this.lastTick = now;
    if (Math.abs(this.wantedYaw - this.yaw) > 1e-3) {
      this.yaw += (this.wantedYaw - this.yaw) * Math.min(1, ((now - this.lastDraw) / 1000) * 8);
      this.dirty = true;
    }
    if (this.beforeDraw()) this.dirty = true;
    if (!this.dirty || !this.avatar) return;
    this.dirty = false;
    const at = this.target.copy(this.centre);
    at.z -= DEEPER_MM * Math.abs(Math.sin(this.yaw));
    this.camera.position.set(Math.sin(this.yaw), 0, Math.cos(this.yaw)).multiplyScalar(DISTANCE_MM).add(at);
    this.camera.lookAt(at);
    this.avatar.beforeDraw?.(this.camera, seconds);
    this.renderer.render(this.scene, this.camera);
    this.lastDraw = now;
    this.stats.drawn++;
  };
}
