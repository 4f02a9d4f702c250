// The middle: the face, its camera, before-after, pause, and the sound under it.

import { useEffect, useRef, useState } from "preact/hooks";
import { FLAG_GAP, FLAG_NO_SOURCE } from "../wire/contract";
import { SHOTS, type FaceShow } from "../face/show";
import type { Room } from "../room";
import { Button } from "./controls";

const SHOT_NAMES = { front: "Front", "three-quarter": "Three-quarter", profile: "Profile" } as const;

interface Props {
  room: Room;
  show: FaceShow;
}

/** The picture alone; takes dropped avatars. */
export function FaceCanvas({ show }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [over, setOver] = useState(false);
  const dragging = useRef<number | null>(null);
  useEffect(() => {
    const at = canvas.current;
    if (!at) return undefined;
    // A lost context leaves a black picture: start anew when the browser has one again.
    const restart = () => {
      show.stop();
      void show.start(at);
    };
    at.addEventListener("webglcontextrestored", restart);
    void show.start(at);
    return () => {
      at.removeEventListener("webglcontextrestored", restart);
      show.stop();
    };
  }, [show]);
  return (
    <div
      id="face"
      class={over ? "over" : ""}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer?.files[0];
        if (file) void show.load(file);
      }}
      onPointerDown={(event) => (dragging.current = event.clientX)}
      onPointerMove={(event) => {
        if (dragging.current === null || !(event.buttons & 1)) return;
        show.stage?.orbit((dragging.current - event.clientX) * 0.008);
        dragging.current = event.clientX;
      }}
      onPointerUp={() => (dragging.current = null)}
    >
      <canvas ref={canvas} role="img" aria-label="The face as it is sent" />
      {over && <p class="drop">Drop a VRM, or a GLB with ARKit shapes</p>}
    </div>
  );
}

export function FacePanel({ room, show }: Props) {
  const avatar = show.avatar.value;
  return (
    <section class="stage" aria-label="Face">
      <FaceCanvas room={room} show={show} />
      <div class="stage-top">
        <div class="segments" role="group" aria-label="Camera">
          {SHOTS.map((shot) => (
            <button key={shot} type="button" aria-pressed={show.shot.value === shot} onClick={() => show.look(shot)}>
              {SHOT_NAMES[shot]}
            </button>
          ))}
        </div>
        <AvatarPicker room={room} show={show} />
      </div>
      <StageFlags room={room} show={show} />
      <div class="stage-bottom">
        {show.notice.value && (
          <p class="notice" role="status">
            {show.notice.value}{" "}
            <Button quiet icon="close" label="Hide this note" onClick={() => (show.notice.value = "")} />
          </p>
        )}
        <div class="row">
          <HoldBefore room={room} />
          <Button
            icon={show.paused.value ? "play" : "pause"}
            label={show.paused.value ? "Go on" : "Pause picture"}
            pressed={show.paused.value}
            onClick={() => (show.paused.value = !show.paused.value)}
          />
          <span class="faint approx">
            {avatar?.kind === "vrm" ? "VRM expressions" : "52 ARKit shapes"}: an approximation of the MetaHuman
          </span>
        </div>
      </div>
    </section>
  );
}

function AvatarPicker({ show }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const avatar = show.avatar.value;
  return (
    <div class="row">
      {avatar && avatar.kind !== "head" && (
        <Button icon="close" label={avatar.title.slice(0, 28)} onClick={() => show.showHead()} />
      )}
      <Button icon="plus" label="Own face" onClick={() => input.current?.click()} />
      <input
        ref={input}
        class="sr-only"
        type="file"
        tabIndex={-1}
        aria-label="VRM or GLB file"
        accept=".vrm,.glb"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) void show.load(file);
          event.currentTarget.value = "";
        }}
      />
    </div>
  );
}

/** While held: the network's own face, without emotion fades, regions and smoothing. */
function HoldBefore({ room }: { room: Room }) {
  const on = room.before.value;
  return (
    <button
      type="button"
      class="button"
      aria-pressed={on}
      title="Hold (or hold B): the network's own face, without what is steered here"
      onPointerDown={() => room.showBefore(true)}
      onPointerUp={() => room.showBefore(false)}
      onPointerLeave={() => room.showBefore(false)}
      onBlur={() => room.showBefore(false)}
      onKeyDown={(event) => (event.key === " " || event.key === "Enter") && room.showBefore(true)}
      onKeyUp={() => room.showBefore(false)}
    >
      {on ? "Before" : "Hold for before"}
    </button>
  );
}

function StageFlags({ room, show }: Props) {
  room.status.value;
  const flags = room.feed.newest?.flags ?? 0;
  const words: string[] = [];
  if (!room.connected.value) words.push("Connection lost: the last face stands still. It comes back by itself.");
  if (room.feed.foreign) words.push("The program sends other curves than this page was built for: reload the page.");
  if (flags & FLAG_NO_SOURCE) words.push("No sound source: the face rests.");
  else if (flags & FLAG_GAP) words.push("Some sound was lost.");
  if (room.before.value) words.push("Before: the network's own face.");
  if (show.paused.value) words.push("Picture paused; sending goes on.");
  if (words.length === 0) return null;
  return (
    <ul class="flags" role="status">
      {words.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
