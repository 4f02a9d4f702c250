// The left column's first part: where the sound comes from and how loud it is.

import { useState } from "preact/hooks";
import type { Room } from "../room";
import { PATHS } from "../wire/contract";
import { Button, Panel, Slider, Switch } from "./controls";
import { LevelMeter } from "./level";

const CALIBRATION_S = 2;

export function InputPanel({ room }: { room: Room }) {
  const source = room.status.value?.source;
  return (
    <Panel
      title="Microphone"
      aside={
        <Button
          quiet
          icon="refresh"
          label="Look for microphones again"
          command="devices.refresh"
          onClick={() => void room.command({ name: "devices.refresh", args: {} })}
        />
      }
    >
      <DevicePicker room={room} />
      <LevelMeter room={room} />
      {source?.message && <p class={`hint ${source.state === "lost" ? "bad" : ""}`}>{source.message}</p>}
      <Slider room={room} path={PATHS.gain} label="Gain" format={(db) => `${db > 0 ? "+" : ""}${db.toFixed(1)} dB`} />
      <div class="row">
        <Switch room={room} path={PATHS.mute} label="Mute" />
        <Switch room={room} path={PATHS.gate} label="Rest in silence" />
      </div>
      <Lookahead room={room} />
      <div class="row">
        <Calibrate room={room} />
        <Button
          label="Restart audio"
          command="audio.restart"
          onClick={() => void room.command({ name: "audio.restart", args: {} })}
        />
      </div>
    </Panel>
  );
}

function DevicePicker({ room }: { room: Room }) {
  const shown = room.settings.signalOf(PATHS.device).value;
  const { devices } = room.lists.value;
  const known = devices.some((device) => device.value === shown);
  const source = room.status.value?.source;
  return (
    <select
      aria-label="Microphone"
      data-path={PATHS.device}
      disabled={shown === undefined}
      value={JSON.stringify(shown ?? null)}
      onChange={(event) =>
        room.settings.change(
          { [PATHS.device]: JSON.parse(event.currentTarget.value) as string | number | null },
          { label: "Microphone" },
        )
      }
    >
      <option value="null">System default{shown === null && source?.name ? ` – ${source.name}` : ""}</option>
      {devices.map((device) => (
        <option key={device.value} value={JSON.stringify(device.value)}>
          {device.name} ({device.host_api}){device.is_default ? ", default" : ""}
        </option>
      ))}
      {shown !== null && shown !== undefined && !known && (
        <option value={JSON.stringify(shown)}>{String(shown)} – not found now</option>
      )}
    </select>
  );
}

function Lookahead({ room }: { room: Room }) {
  const shown = room.settings.signalOf(PATHS.lookahead).value;
  const choices = room.hello.value?.lookahead_ms ?? [];
  const nearest = choices.reduce(
    (best, ms) => (Math.abs(ms - Number(shown)) < Math.abs(best - Number(shown)) ? ms : best),
    choices[0] ?? 0,
  );
  return (
    <label class="field">
      <span>Look-ahead</span>
      <select
        data-path={PATHS.lookahead}
        disabled={typeof shown !== "number"}
        value={String(nearest)}
        onChange={(event) =>
          room.settings.change({ [PATHS.lookahead]: Number(event.currentTarget.value) }, { label: "Look-ahead" })
        }
      >
        {choices.map((ms) => (
          <option key={ms} value={String(ms)}>
            {Math.round(ms)} ms
            {ms === choices[0] ? " – soonest" : ms === choices[choices.length - 1] ? " – truest" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Holds still with a count-down while the program measures the room. */
function Calibrate({ room }: { room: Room }) {
  const [left, setLeft] = useState<number | null>(null);
  const start = async () => {
    setLeft(CALIBRATION_S);
    const timer = setInterval(() => setLeft((now) => (now === null || now <= 1 ? now : now - 1)), 1000);
    const reply = await room.command({ name: "calibrate", args: { seconds: CALIBRATION_S } });
    clearInterval(timer);
    setLeft(null);
    if (reply.ok) room.toast("info", reply.message || "Calibrated.");
  };
  return (
    <Button
      icon="target"
      label={left === null ? "Calibrate" : `Be silent … ${left}`}
      disabled={left !== null}
      command="calibrate"
      onClick={() => void start()}
    />
  );
}
