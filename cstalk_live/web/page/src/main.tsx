// Where the page begins: reads its address, connects, draws.

import { effect, signal } from "@preact/signals";
import { render } from "preact";
import "uplot/dist/uPlot.min.css";
import "./style/all.css";
import type { RigTable } from "./face/arkit";
import { FaceShow } from "./face/show";
import { installProbe } from "./probe";
import { Room } from "./room";
import { EmotionKeys } from "./steer/keys";
import { singleKeys } from "./steer/preferences";
import { keyDown, keyUp, type Actions } from "./steer/shortcuts";
import { App } from "./ui/app";
import { currentMix, mixValues, slotMix } from "./ui/emotion";
import { redo, saveSettings, toggleRecord, undo } from "./ui/header";
import { readView, socketAddress, withoutToken } from "./wire/address";
import { PATHS } from "./wire/contract";

const OTHER_RUN =
  "This page belongs to an earlier run of the program. Open the address that the program prints when it starts.";

async function begin(root: HTMLElement): Promise<void> {
  const view = readView(location.search);
  const token = new URLSearchParams(location.search).get("token");
  if (token) history.replaceState(null, "", withoutToken(location.href));
  document.documentElement.dataset.view = view.name;
  if (view.background) document.documentElement.style.setProperty("--page", view.background);

  const answer = await fetch("./rig.json");
  if (!answer.ok) {
    root.textContent =
      answer.status === 401 ? OTHER_RUN : `The program does not hand out its page (${answer.status}). Start it again.`;
    return;
  }
  const room = new Room((await answer.json()) as RigTable, socketAddress(location, token), view.name !== "face");
  const show = new FaceShow(room, view.detail);
  const active = signal<number | null>(null);
  const keys = new EmotionKeys(
    {
      current: () => currentMix(room),
      bring: (mix, passing) => room.settings.change(mixValues(room, mix), { label: "Emotion", passing }),
    },
    (slot) => slotMix(room, slot),
    () => (room.settings.valueOf(PATHS.keyMode) === "toggle" ? "toggle" : "hold"),
    (slot) => (active.value = slot),
  );
  listenToKeys(room, show, keys);
  document.addEventListener("visibilitychange", () => {
    room.wantFrames(!document.hidden);
    if (!document.hidden) room.hurry();
  });
  addEventListener("online", () => room.hurry());
  // A file dropped beside the face must not replace the page.
  for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
  tellOfNewToken(room);
  installProbe(room, show, view.name);
  effect(() => {
    const recording = room.status.value?.record.on ? "● " : "";
    document.title = `${recording}CSTalk Live${room.connected.value ? "" : " – not connected"}`;
  });
  render(<App room={room} show={show} keys={keys} active={active} view={view} />, root);
}

/** A program that was started again has another token: no trying helps, and only the program's own words do. */
function tellOfNewToken(room: Room): void {
  effect(() => {
    if (room.attempts.value !== 3) return;
    fetch("./rig.json", { cache: "no-store" })
      .then((answer) => {
        if (answer.status === 401) room.message({ type: "banner", id: "token", level: "error", text: OTHER_RUN });
      })
      .catch(() => undefined); // Nobody answers: the program is not there, which the page says already.
  });
}

function listenToKeys(room: Room, show: FaceShow, keys: EmotionKeys): void {
  const actions: Actions = {
    emotionDown: (slot) => keys.down(slot),
    emotionUp: (slot) => keys.up(slot),
    before: (on) => room.showBefore(on),
    pause: () => (show.paused.value = !show.paused.value),
    record: () => toggleRecord(room),
    mute: () => room.settings.change({ [PATHS.mute]: room.settings.valueOf(PATHS.mute) !== true }, { label: "Mute" }),
    camera: () => show.nextShot(),
    undo: () => undo(room),
    redo: () => redo(room),
    save: () => saveSettings(room),
  };
  addEventListener("keydown", (event) => keyDown(event, actions, singleKeys.value));
  addEventListener("keyup", (event) => keyUp(event, actions));
  addEventListener("blur", () => {
    keys.releaseAll();
    room.showBefore(false);
  });
}

const root = document.getElementById("app");
if (root) {
  begin(root).catch((error: unknown) => {
    root.textContent = `The page could not start: ${error instanceof Error ? error.message : String(error)}. Reload it.`;
  });
}
