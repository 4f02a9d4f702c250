// `window.cstalk`: what end-to-end tests look at and hold still.

import type { FaceShow } from "./face/show";
import type { Shot } from "./face/stage";
import type { Room } from "./room";
import type { Values } from "./wire/contract";

export interface Probe {
  readonly ready: boolean;
  readonly connected: boolean;
  readonly view: string;
  readonly level: "lite" | "full" | "none";
  readonly renderer: string;
  readonly frames: number;
  readonly drawn: number;
  readonly missed: number;
  readonly revision: number;
  readonly weights: Record<string, number>;
  readonly state: Values;
  /** Stand still in this pose; null goes on with the program's. */
  freeze(weights: Record<string, number> | null): void;
  look(shot: Shot, closeUp?: { x: number; y: number; zoom: number }): void;
}

declare global {
  interface Window {
    cstalk?: Probe;
  }
}

export function installProbe(room: Room, show: FaceShow, view: string): void {
  window.cstalk = {
    get ready() {
      return (show.stage?.stats.drawn ?? 0) > 0 || view === "panel" || show.failed;
    },
    get connected() {
      return room.connected.value;
    },
    view,
    get level() {
      return show.stage?.stats.detail ?? "none";
    },
    get renderer() {
      return show.stage?.stats.renderer ?? "";
    },
    get frames() {
      return room.feed.frames;
    },
    get drawn() {
      return show.stage?.stats.drawn ?? 0;
    },
    get missed() {
      return room.feed.missed;
    },
    get revision() {
      return room.settings.revision.value;
    },
    get weights() {
      return Object.fromEntries(room.map.shapes.map((name, i) => [name, show.shapes[i]!]));
    },
    get state() {
      return room.settings.snapshot();
    },
    freeze(weights) {
      if (weights === null) show.paused.value = false;
      else show.frozen = Float32Array.from(room.map.shapes, (name) => weights[name] ?? 0);
    },
    look(shot, closeUp) {
      show.look(shot);
      if (closeUp) show.stage?.closeUp(closeUp.x, closeUp.y, closeUp.zoom);
    },
  };
}
