// The top line: is it live, who is sent to, recording, undo, save.

import type { ComponentChildren } from "preact";
import { MARKS, clock, outputTone, outputWords, worstOf, type Tone } from "../evidence/words";
import type { Room } from "../room";
import { singleKeys } from "../steer/preferences";
import { SHORTCUTS } from "../steer/shortcuts";
import { PATHS, type OutputStatus } from "../wire/contract";
import { Button } from "./controls";
import { Icon } from "./icons";

export function Chip({ tone, name, text }: { tone: Tone; name: string; text: string }) {
  return (
    <div class={`chip ${tone}`} title={`${name}: ${text}`}>
      <span class="mark" aria-hidden="true">
        {MARKS[tone]}
      </span>
      <b>{name}</b>
      <span class="chip-text">{text}</span>
    </div>
  );
}

function liveChip(room: Room): { tone: Tone; text: string } {
  if (!room.connected.value) {
    const tries = room.attempts.value;
    return { tone: "bad", text: tries > 1 ? `connection lost, trying again (${tries})` : "connecting" };
  }
  const source = room.status.value?.source;
  switch (source?.state) {
    case "live":
      return { tone: "good", text: source.name || "listening" };
    case "muted":
      return { tone: "unsure", text: "muted" };
    case "silent":
      return { tone: "unsure", text: "no sound" };
    case "lost":
      return { tone: "bad", text: "microphone lost" };
    case "none":
      return { tone: "off", text: "no source" };
    default:
      return { tone: "unsure", text: "waiting" };
  }
}

function outputChip(outputs: OutputStatus[] | undefined, kind: OutputStatus["kind"]): { tone: Tone; text: string } {
  if (!outputs) return { tone: "off", text: "not known now" };
  const worst = worstOf(outputs.filter((output) => output.kind === kind));
  if (!worst) return { tone: "off", text: "none set up" };
  return { tone: outputTone(worst.state), text: outputWords(worst) };
}

export function Header({ room }: { room: Room }) {
  const status = room.status.value;
  const total = status?.latency[status.latency.length - 1];
  const live = liveChip(room);
  const outputs = status?.outputs;
  return (
    <header class="header">
      <h1>
        <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
          <path
            d="M3 13c2.5-6 4-6 6 0s3.5 6 6 0 4-6 6 0"
            fill="none"
            stroke="currentColor"
            stroke-width="2.2"
            stroke-linecap="round"
          />
        </svg>
        CSTalk Live
      </h1>
      <Chip name="Live" {...live} />
      <Chip name="OSC" {...outputChip(outputs, "osc")} />
      <Chip name="Live Link" {...outputChip(outputs, "livelink")} />
      <p class="figures">
        <span title="From the middle of a frame's sound to its packet">
          {total ? `${Math.round(total.p50_ms)} ms` : "– ms"}
        </span>
        <span title="Frames a second to the outputs">{status ? `${status.fps.toFixed(1)} fps` : "– fps"}</span>
      </p>
      <RecordBar room={room} />
      <Steps room={room} />
      <KeyHelp />
    </header>
  );
}

function RecordBar({ room }: { room: Room }) {
  const slate = room.settings.signalOf(PATHS.slate).value;
  const take = room.settings.signalOf(PATHS.take).value;
  const record = room.status.value?.record;
  const on = record?.on ?? false;
  return (
    <div class={`record ${on ? "on" : ""}`} role="group" aria-label="Recording">
      <input
        type="text"
        class="slate"
        aria-label="Slate"
        title="Slate: first part of the take's name"
        data-path={PATHS.slate}
        pattern="[A-Za-z0-9][A-Za-z0-9._\-]{0,63}"
        maxLength={64}
        disabled={typeof slate !== "string" || on}
        value={typeof slate === "string" ? slate : ""}
        onChange={(event) => {
          const box = event.currentTarget;
          if (box.checkValidity() && box.value) room.settings.change({ [PATHS.slate]: box.value }, { label: "Slate" });
          else {
            room.toast(
              "warning",
              "A slate begins with a letter or digit; then letters, digits, dots, dashes and underscores.",
            );
            box.value = String(slate ?? "");
          }
        }}
      />
      <input
        type="number"
        class="take"
        aria-label="Number of the next take"
        title="Number of the next take"
        data-path={PATHS.take}
        min={1}
        max={999}
        disabled={typeof take !== "number" || on}
        value={typeof take === "number" ? take : ""}
        onChange={(event) => {
          const next = event.currentTarget.valueAsNumber;
          if (Number.isInteger(next)) room.settings.change({ [PATHS.take]: next }, { label: "Take" });
        }}
      />
      <button
        type="button"
        class="button rec"
        aria-pressed={on}
        data-command={on ? "record.stop" : "record.start"}
        disabled={!room.connected.value}
        onClick={() => toggleRecord(room)}
      >
        <span class="rec-dot" aria-hidden="true" />
        <span>{on ? `Stop ${clock(record?.seconds ?? 0)}` : "Record"}</span>
      </button>
      {on && <span class="sr-only" role="status">{`Recording ${record?.name ?? ""}`}</span>}
    </div>
  );
}

export function toggleRecord(room: Room): void {
  const on = room.status.value?.record.on ?? false;
  void room.command({ name: on ? "record.stop" : "record.start", args: {} }).then((reply) => {
    if (reply.ok && on) room.toast("info", reply.message || `Recorded ${String(reply.data?.take ?? "the take")}.`);
  });
}

export function saveSettings(room: Room): void {
  void room.command({ name: "config.save", args: {} }).then((reply) => {
    if (reply.ok) room.toast("info", reply.message || "Saved.");
  });
}

export function undo(room: Room): void {
  const label = room.settings.undo();
  if (label) room.toast("info", `Taken back: ${label}.`);
}

export function redo(room: Room): void {
  const label = room.settings.redo();
  if (label) room.toast("info", `Done again: ${label}.`);
}

function Steps({ room }: { room: Room }) {
  room.settings.steps.value;
  const { undoLabel, redoLabel } = room.settings.undoStack;
  const unsaved = room.settings.unsaved.value;
  const file = room.hello.value?.config_file;
  return (
    <div class="steps" role="group" aria-label="Changes">
      <Button
        quiet
        icon="undo"
        label={undoLabel ? `Undo: ${undoLabel}` : "Undo"}
        disabled={!undoLabel}
        onClick={() => undo(room)}
      />
      <Button
        quiet
        icon="redo"
        label={redoLabel ? `Redo: ${redoLabel}` : "Redo"}
        disabled={!redoLabel}
        onClick={() => redo(room)}
      />
      <Button
        icon="save"
        label="Save"
        command="config.save"
        class={unsaved ? "unsaved" : ""}
        disabled={!room.connected.value}
        onClick={() => saveSettings(room)}
      >
        {unsaved && (
          <span class="dot" title={`Not saved yet${file ? ` in ${file}` : ""}`}>
            <span class="sr-only">unsaved changes</span>
          </span>
        )}
      </Button>
    </div>
  );
}

function KeyHelp(): ComponentChildren {
  return (
    <details class="keyhelp">
      <summary class="button quiet" aria-label="Keyboard" title="Keyboard">
        <Icon name="keyboard" />
      </summary>
      <div class="keyhelp-body">
        <label class="switch">
          <input
            type="checkbox"
            role="switch"
            checked={singleKeys.value}
            onChange={(event) => (singleKeys.value = event.currentTarget.checked)}
          />
          <span class="track" aria-hidden="true" />
          <span>Single keys act</span>
        </label>
        <dl>
          {SHORTCUTS.map(([key, what]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
      </div>
    </details>
  );
}
