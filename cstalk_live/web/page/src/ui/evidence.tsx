// The right column: outputs, counts, latency, curves, takes, log, report.

import { useEffect, useRef } from "preact/hooks";
import { MARKS, clock, outputTone, outputWords } from "../evidence/words";
import type { Room } from "../room";
import { Button, Panel, Switch } from "./controls";
import { CurvesPanel } from "./curves";
import { LatencyPanel } from "./latency";

export function Evidence({ room }: { room: Room }) {
  return (
    <>
      <OutputsPanel room={room} />
      <LatencyPanel room={room} />
      <CurvesPanel room={room} />
      <TakesPanel room={room} />
      <LogPanel room={room} />
    </>
  );
}

function OutputsPanel({ room }: { room: Room }) {
  const status = room.status.value;
  return (
    <Panel title="Outputs">
      {status && status.outputs.length === 0 && (
        <p class="hint">None. Start with --osc HOST:PORT or --livelink HOST:PORT, or name them in the settings file.</p>
      )}
      <ul class="outputs">
        {(status?.outputs ?? []).map((output) => (
          <li key={output.path}>
            <Switch room={room} path={output.path} label={output.name} />
            <span class="faint">{output.target}</span>
            <span class={`tone ${outputTone(output.state)}`}>
              <span aria-hidden="true">{MARKS[outputTone(output.state)]} </span>
              {outputWords(output)}
            </span>
          </li>
        ))}
      </ul>
      <Counts room={room} />
    </Panel>
  );
}

function Counts({ room }: { room: Room }) {
  const status = room.status.value;
  const cells: [string, number | undefined, string][] = [
    ["frames", status?.frames, "sent since the start"],
    ["dropped", status?.drops, "frames skipped because newer ones were due"],
    ["gaps", status?.gaps, "times that sound was lost"],
    ["reopened", status?.reconnects, "times that the microphone was opened again"],
    ["page missed", room.feed.missed, "frames that did not reach this page"],
  ];
  return (
    <dl class="counts">
      {cells.map(([name, value, tip]) => (
        <div key={name} title={tip}>
          <dt>{name}</dt>
          <dd>{value?.toLocaleString("en") ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}

function TakesPanel({ room }: { room: Room }) {
  const { takes } = room.lists.value;
  return (
    <Panel title="Takes" open={takes.length > 0}>
      {takes.length === 0 && <p class="hint">None yet.</p>}
      <ul class="list takes">
        {takes.map((take) => (
          <li key={take.name}>
            <span>{take.name}</span>
            <span class="faint">
              {clock(take.seconds)}
              {take.complete ? "" : ", not complete"}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function LogPanel({ room }: { room: Room }) {
  const box = useRef<HTMLDivElement>(null);
  const lines = room.log.value;
  useEffect(() => {
    const now = box.current;
    // Stay at the end unless somebody reads further up.
    if (now && now.scrollHeight - now.scrollTop - now.clientHeight < 60) now.scrollTop = now.scrollHeight;
  }, [lines]);
  return (
    <Panel
      title="Log"
      aside={<Button icon="report" label="Report" command="report" onClick={() => void report(room)} />}
    >
      <div class="log" ref={box} tabIndex={0} role="log" aria-label="Log">
        {lines.map((line) => (
          <p key={line.n} class={line.level}>
            <time>{new Date(line.time_ms).toLocaleTimeString("en-GB")}</time>
            {line.level !== "info" && <b>{line.level} </b>}
            {line.text}
          </p>
        ))}
      </div>
    </Panel>
  );
}

/** The program gathers versions, settings, log and figures in one file; the browser keeps it. */
async function report(room: Room): Promise<void> {
  const reply = await room.command({ name: "report", args: {} });
  const url = reply.data?.url;
  if (!reply.ok || typeof url !== "string") return;
  const link = document.createElement("a");
  link.href = url;
  link.download = "";
  link.click();
}
