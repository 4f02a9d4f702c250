// The emotion: a pad, a slider for each, keys 1-8, fades.

import { useRef } from "preact/hooks";
import type { Room } from "../room";
import type { EmotionKeys } from "../steer/keys";
import { defaultSlot } from "../steer/keys";
import { around, mixAt, placeFor, placeOf } from "../steer/pad";
import { PATHS, mixPath, slotPath, type Mix } from "../wire/contract";
import { Button, Panel, Slider } from "./controls";
import type { Signal } from "@preact/signals";

export const SLOTS = [1, 2, 3, 4, 5, 6, 7, 8] as const;

export function currentMix(room: Room): Mix {
  const emotions = room.hello.value?.emotions ?? [];
  return Object.fromEntries(emotions.map((name) => [name, Number(room.settings.valueOf(mixPath(name)) ?? 0)]));
}

/** Every emotion of the model gets a weight: what a mix leaves out is 0. */
export function mixValues(room: Room, mix: Mix): Record<string, number> {
  const emotions = room.hello.value?.emotions ?? [];
  return Object.fromEntries(emotions.map((name) => [mixPath(name), mix[name] ?? 0]));
}

/** What a key brings: what the settings say, else one emotion each. */
export function slotMix(room: Room, slot: number): Mix | null {
  const set = room.settings.valueOf(slotPath(slot));
  if (set !== null && typeof set === "object") return set;
  return defaultSlot(room.hello.value?.emotions ?? [], slot);
}

interface Props {
  room: Room;
  keys: EmotionKeys;
  active: Signal<number | null>;
}

export function EmotionPanel({ room, keys, active }: Props) {
  const emotions = room.hello.value?.emotions ?? [];
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  return (
    <Panel title="Emotion">
      <div class="emotion">
        <Pad room={room} emotions={emotions} />
        <div class="emotion-sliders">
          {emotions.map((name) => (
            <Slider key={name} room={room} path={mixPath(name)} label={name} format={percent} />
          ))}
        </div>
      </div>
      <Slider room={room} path={PATHS.intensity} label="Intensity" format={percent} />
      <SlotKeys room={room} keys={keys} active={active} />
      <Slider room={room} path={PATHS.attack} label="Fade in" format={(s) => `${s.toFixed(2)} s`} />
      <Slider room={room} path={PATHS.release} label="Fade out" format={(s) => `${s.toFixed(2)} s`} />
    </Panel>
  );
}

function SlotKeys({ room, keys, active }: Props) {
  const mode = room.settings.signalOf(PATHS.keyMode).value;
  const describe = (slot: number): string => {
    const mix = slotMix(room, slot);
    if (!mix) return "–";
    const parts = Object.entries(mix).filter(([, weight]) => weight > 0);
    return (
      parts.map(([name, weight]) => (weight === 1 ? name : `${name} ${Math.round(100 * weight)} %`)).join(", ") ||
      "nothing"
    );
  };
  for (const slot of SLOTS) room.settings.signalOf(slotPath(slot)).value;
  return (
    <div class="slots">
      <div class="slots-keys" role="group" aria-label="Emotion keys">
        {SLOTS.map((slot) => (
          <button
            key={slot}
            type="button"
            class="slot"
            title={`${slot}: ${describe(slot)}. Shift click: keep the present mix here`}
            aria-pressed={active.value === slot}
            disabled={!slotMix(room, slot) && room.settings.valueOf(slotPath(slot)) === undefined}
            onPointerDown={(event) => {
              if (event.button !== 0) return;
              if (event.shiftKey)
                room.settings.change({ [slotPath(slot)]: currentMix(room) }, { label: `Key ${slot}` });
              else keys.down(slot);
            }}
            onPointerUp={() => keys.up(slot)}
            onPointerLeave={() => keys.up(slot)}
            onKeyDown={(event) => (event.key === " " || event.key === "Enter") && !event.repeat && keys.down(slot)}
            onKeyUp={(event) => (event.key === " " || event.key === "Enter") && keys.up(slot)}
            onBlur={() => keys.up(slot)}
          >
            <b>{slot}</b> <span>{describe(slot)}</span>
          </button>
        ))}
      </div>
      <Button
        label={mode === "hold" ? "Keys: hold" : "Keys: switch"}
        disabled={typeof mode !== "string"}
        onClick={() =>
          room.settings.change({ [PATHS.keyMode]: mode === "hold" ? "toggle" : "hold" }, { label: "Key mode" })
        }
      />
    </div>
  );
}

let drags = 0;

/** Two directions at once; with the keyboard: arrow keys, Home for neutral. */
function Pad({ room, emotions }: { room: Room; emotions: string[] }) {
  const gesture = useRef("");
  const area = useRef<HTMLDivElement>(null);
  for (const name of emotions) room.settings.signalOf(mixPath(name)).value;
  const mix = currentMix(room);
  const place = placeFor(emotions, mix);
  const words = emotions
    .filter((name) => (mix[name] ?? 0) > 0.005)
    .map((name) => `${name} ${Math.round(100 * mix[name]!)} %`);
  const go = (x: number, y: number) => {
    const far = Math.max(1, Math.hypot(x, y));
    const next = mixAt(emotions, { x: x / far, y: y / far });
    room.settings.change(mixValues(room, next), { label: "Emotion", gesture: gesture.current });
  };
  const drag = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect();
    if (!box || !(event.buttons & 1)) return;
    go((2 * (event.clientX - box.left)) / box.width - 1, 1 - (2 * (event.clientY - box.top)) / box.height);
  };
  const steps: Record<string, [number, number]> = {
    ArrowLeft: [-0.05, 0],
    ArrowRight: [0.05, 0],
    ArrowUp: [0, 0.05],
    ArrowDown: [0, -0.05],
  };
  return (
    <div
      ref={area}
      class="pad"
      role="slider"
      tabIndex={0}
      aria-label="Emotion pad: arrow keys move, Home is neutral"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 * Math.min(1, Math.hypot(place.x, place.y)))}
      aria-valuetext={words.join(", ") || "neutral"}
      onPointerDown={(event) => {
        gesture.current = `pad#${++drags}`;
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={drag}
      onDblClick={() => go(0, 0)}
      onKeyDown={(event) => {
        const step = steps[event.key];
        if (!step && event.key !== "Home") return;
        event.preventDefault();
        if (!event.repeat) gesture.current = `pad#${++drags}`;
        if (step) go(place.x + step[0], place.y + step[1]);
        else go(0, 0);
      }}
    >
      {around(emotions).map((name) => {
        const at = placeOf(emotions, name);
        return (
          <span
            key={name}
            class="pad-name"
            style={{
              left: `${50 + 47 * at.x}%`,
              top: `${50 - 42 * at.y}%`,
              transform: `translate(${-50 - 50 * at.x}%, -50%)`,
            }}
          >
            {name}
          </span>
        );
      })}
      <span class="pad-dot" style={{ left: `${50 + 50 * place.x}%`, top: `${50 - 50 * place.y}%` }} />
    </div>
  );
}
