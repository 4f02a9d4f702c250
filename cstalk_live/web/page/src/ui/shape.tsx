// The left column's second part: how much and how smoothly each region of the face moves, and presets of all of it.

import { useState } from "preact/hooks";
import type { Room } from "../room";
import { PATHS, gainPath, smoothPath } from "../wire/contract";
import { Button, Panel, Slider, Switch } from "./controls";

export function RegionPanel({ room }: { room: Room }) {
  const regions = room.hello.value?.regions ?? [];
  const reset = () => {
    const paths = regions.flatMap(({ name }) => [gainPath(name), smoothPath(name)]);
    const { defaults } = room.settings;
    const values = Object.fromEntries(paths.filter((path) => path in defaults).map((path) => [path, defaults[path]!]));
    room.settings.change(values, { label: "Reset all regions" });
  };
  return (
    <Panel title="Face" aside={<Button quiet icon="reset" label="Reset all regions" onClick={reset} />}>
      <div class="regions">
        <span class="regions-head" aria-hidden="true" />
        <span class="regions-head">gain</span>
        <span class="regions-head">smoothing</span>
        {regions.map(({ name, label }) => (
          <div class="region" key={name}>
            <span>{label}</span>
            <Slider room={room} path={gainPath(name)} label={`${label}: gain`} short="" />
            <Slider room={room} path={smoothPath(name)} label={`${label}: smoothing`} short="" />
          </div>
        ))}
      </div>
      <Slider room={room} path={PATHS.smoothing} label="Smoothing" />
      <div class="row">
        <Switch room={room} path={PATHS.blinks} label="Blinks" />
        <Switch room={room} path={PATHS.gaze} label="Gaze" />
        <Switch room={room} path={PATHS.head} label="Head" />
      </div>
    </Panel>
  );
}

export function PresetPanel({ room }: { room: Room }) {
  const [name, setName] = useState("");
  const { presets } = room.lists.value;
  const wanted = name.trim();
  const save = async () => {
    const reply = await room.command({ name: "preset.save", args: { preset: wanted } });
    if (reply.ok) setName("");
  };
  return (
    <Panel title="Presets">
      {presets.length === 0 && <p class="hint">None yet. A preset keeps emotion, regions and motion.</p>}
      <ul class="list">
        {presets.map((preset) => (
          <li key={preset}>
            <button
              type="button"
              class="list-main"
              data-command="preset.load"
              onClick={() => void room.command({ name: "preset.load", args: { preset } }, `Preset ${preset}`)}
            >
              {preset}
            </button>
            <Button
              quiet
              icon="trash"
              label={`Delete the preset ${preset}`}
              command="preset.delete"
              onClick={() => void room.command({ name: "preset.delete", args: { preset } })}
            />
          </li>
        ))}
      </ul>
      <form
        class="row"
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted) void save();
        }}
      >
        <input
          type="text"
          aria-label="Name of a new preset"
          placeholder="Name"
          maxLength={64}
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" class="button" data-command="preset.save" disabled={!wanted}>
          {presets.includes(wanted) ? "Replace" : "Keep"}
        </button>
      </form>
    </Panel>
  );
}
