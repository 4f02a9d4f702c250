// Drives the stage with the newest frame.

import { signal } from "@preact/signals";
import type { Room } from "../room";
import type { Avatar } from "./avatar";
import { MakeHumanHead } from "./head";
import { readHead } from "./headfile";
import { refusal } from "./shapenames";
import { Stage, type Shot } from "./stage";
import type { Detail } from "./surface";

export const SHOTS: readonly Shot[] = ["front", "three-quarter", "profile"];
const RADIANS = Math.PI / 180;

export class FaceShow {
  readonly paused = signal(false);
  readonly shot = signal<Shot>("front");
  readonly avatar = signal<{ title: string; kind: Avatar["kind"] } | null>(null);
  /** Why there is no face, or what is to be known about it; "" = nothing. */
  readonly notice = signal("");
  readonly shapes: Float32Array;
  stage: Stage | null = null;
  /** There is no WebGL. */
  failed = false;
  /** Set by tests: this pose instead of the program's. */
  frozen: Float32Array | null = null;
  private shownSequence = -1;
  private shownBefore = false;
  private current: Avatar | null = null;
  private headData: ArrayBuffer | null = null;
  private readonly head: { places: number[]; on: number };

  /** @param detail as the page's address wants it; null = by what draws. */
  constructor(
    private readonly room: Room,
    private readonly detail: Detail | null = null,
  ) {
    this.shapes = new Float32Array(room.map.shapes.length);
    const place = (name: string) => room.table.names.indexOf(name);
    this.head = { places: ["HeadYaw", "HeadPitch", "HeadRoll"].map(place), on: place("HeadControlSwitch") };
  }

  /** Begin to draw on `canvas`; says in `notice` why it cannot. */
  async start(canvas: HTMLCanvasElement): Promise<void> {
    const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
    try {
      this.stage = new Stage(canvas, calm, () => this.update(), this.detail);
    } catch {
      this.failed = true;
      this.notice.value =
        "This browser has no WebGL, so the face cannot be drawn here. Microphone, steering, outputs and recording work all the same.";
      return;
    }
    if (this.stage.stats.detail === "lite" && !this.detail) {
      this.notice.value = "No graphics card: a simpler face, 15 pictures a second. What is sent is not affected.";
    }
    try {
      const answer = await fetch("./head.bin");
      if (!answer.ok) throw new Error(`the program answered ${answer.status}`);
      this.headData = await answer.arrayBuffer();
      this.showHead();
    } catch (error) {
      this.notice.value = `The head could not be loaded (${error instanceof Error ? error.message : String(error)}). Drop a VRM or GLB here instead.`;
    }
  }

  stop(): void {
    this.stage?.dispose();
    this.stage = null;
  }

  /** Back to the built-in head. */
  showHead(): void {
    if (!this.stage || !this.headData) return;
    this.present(new MakeHumanHead(readHead(this.headData), this.stage.stats.detail, this.room.map.shapes));
  }

  /** Take a dropped file as the face; says in a toast why not. */
  async load(file: File): Promise<void> {
    if (!this.stage) return;
    const no = refusal(file.name, file.size);
    if (no) return this.room.toast("error", no);
    try {
      const { loadAvatar } = await import("./external");
      this.present(await loadAvatar(file.name, await file.arrayBuffer(), this.room.map.shapes));
    } catch (error) {
      this.room.toast("error", error instanceof Error ? error.message : `${file.name} cannot be read.`);
    }
  }

  look(shot: Shot): void {
    this.shot.value = shot;
    this.stage?.look(shot);
  }

  nextShot(): void {
    this.look(SHOTS[(SHOTS.indexOf(this.shot.value) + 1) % SHOTS.length]!);
  }

  private present(avatar: Avatar): void {
    this.current = avatar;
    this.avatar.value = { title: avatar.title, kind: avatar.kind };
    avatar.show(this.shapes);
    this.stage?.show(avatar);
  }

  /** @returns whether there is something new to draw. */
  private update(): boolean {
    const avatar = this.current;
    if (!avatar) return false;
    if (this.frozen) {
      this.shapes.set(this.frozen);
      this.frozen = null;
      this.paused.value = true;
      avatar.show(this.shapes);
      return true;
    }
    const frame = this.room.feed.newest;
    const before = this.room.before.value;
    if (!frame || this.paused.value || (frame.sequence === this.shownSequence && before === this.shownBefore)) {
      return avatar.kind === "vrm" && !this.paused.value;
    }
    this.shownSequence = frame.sequence;
    this.shownBefore = before;
    const values = before && frame.before ? frame.before : frame.values;
    this.room.map.apply(values, this.shapes);
    avatar.show(this.shapes);
    const on = (values[this.head.on] ?? 0) * RADIANS;
    const [yaw, pitch, roll] = this.head.places.map((place) => (values[place] ?? 0) * on);
    this.stage?.turn(yaw!, pitch!, roll!);
    return true;
  }
}
