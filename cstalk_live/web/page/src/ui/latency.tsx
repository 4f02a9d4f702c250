// How long a sound takes to become a packet: over the last two minutes, and by stage.

import { useEffect, useRef } from "preact/hooks";
import { RowRing } from "../evidence/ring";
import type { Room } from "../room";
import { Panel } from "./controls";
import { makePlot } from "./plot";

const A_SECOND = 5;
const SECONDS = 120;

export function LatencyPanel({ room }: { room: Room }) {
  const box = useRef<HTMLDivElement>(null);
  const status = room.status.value;
  useEffect(() => {
    if (!box.current) return undefined;
    const ring = new RowRing(SECONDS * A_SECOND, 2);
    const ink = getComputedStyle(box.current);
    const { plot, dispose } = makePlot(
      box.current,
      [
        { label: "half", stroke: ink.getPropertyValue("--accent").trim() },
        { label: "19 of 20", stroke: ink.getPropertyValue("--warn").trim(), dash: [4, 3] },
      ],
      { range: (_, __, high) => [0, Math.max(50, Math.ceil((high || 50) / 50) * 50)], unit: "" },
    );
    const x = Float64Array.from({ length: SECONDS * A_SECOND }, (_, i) => (i + 1) / A_SECOND - SECONDS);
    const columns = [new Float64Array(x.length), new Float64Array(x.length)] as const;
    const stop = room.status.subscribe((now) => {
      const total = now?.latency[now.latency.length - 1];
      if (!total) return;
      ring.push([total.p50_ms, total.p95_ms]);
      columns.forEach((column, i) => ring.column(i, column));
      plot.setData([x, ...columns.map((column) => nulls(column))] as never);
    });
    return () => {
      stop();
      dispose();
    };
  }, [room]);
  const most = Math.max(1, ...(status?.latency.map((stage) => stage.p95_ms) ?? []));
  return (
    <Panel title="Latency">
      <div
        ref={box}
        class="plot"
        role="img"
        aria-label="Latency over the last two minutes, median and 95th percentile, in milliseconds"
      />
      <p class="legend">
        <span class="key solid">p50</span> <span class="key dashed">p95</span> <span>ms, sound to packet</span>
      </p>
      <table class="stages">
        <thead class="sr-only">
          <tr>
            <th>stage</th>
            <th>share</th>
            <th>p50 ms</th>
            <th>p95 ms</th>
          </tr>
        </thead>
        <tbody>
          {(status?.latency ?? []).map(({ stage, p50_ms, p95_ms }) => (
            <tr key={stage} class={stage === "total" ? "total" : ""}>
              <th scope="row">{stage}</th>
              <td class="bar-cell" aria-hidden="true">
                <span class="bar" style={{ width: `${(100 * p50_ms) / most}%` }} />
                <span class="tick" style={{ left: `${(100 * p95_ms) / most}%` }} />
              </td>
              <td>{p50_ms.toFixed(1)}</td>
              <td class="faint">{p95_ms.toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** uPlot leaves gaps at null, not at NaN. */
export function nulls(column: Float64Array): (number | null)[] {
  return Array.from(column, (value) => (Number.isNaN(value) ? null : value));
}
