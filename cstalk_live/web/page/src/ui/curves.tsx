// Curves of the last seconds, chosen by search; the list shows what each value is now.

import { useEffect, useRef, useState } from "preact/hooks";
import { CURVE_SECONDS } from "../evidence/feed";
import { findCurves } from "../evidence/search";
import { shortName } from "../evidence/words";
import type { Room } from "../room";
import { chosenCurves } from "../steer/preferences";
import { Panel } from "./controls";
import { nulls } from "./latency";
import { makePlot } from "./plot";
import { plotPause } from "./refresh";

const MOST_CHOSEN = 6;
const MOST_FOUND = 24;
const COLOURS = ["--c1", "--c2", "--c3", "--c4", "--c5", "--c6"] as const;
const DASHES = [undefined, [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3]];

export function CurvesPanel({ room }: { room: Room }) {
  const [text, setText] = useState("");
  const { names, regions } = room.table;
  const chosen = chosenCurves.value.filter((name) => names.includes(name)).slice(0, MOST_CHOSEN);
  const found = findCurves(names, regions, text, MOST_FOUND);
  const toggle = (name: string) => {
    const without = chosen.filter((other) => other !== name);
    if (without.length < chosen.length) chosenCurves.value = without;
    else if (chosen.length < MOST_CHOSEN) chosenCurves.value = [...chosen, name];
    else room.toast("info", `Six curves at once are the most: take one away first.`);
  };
  return (
    <Panel title="Curves">
      <CurvePlot room={room} chosen={chosen} key={chosen.join()} />
      <ul class="chosen">
        {chosen.map((name, i) => (
          <li key={name}>
            <button
              type="button"
              class="tag"
              style={{ "--tag": `var(${COLOURS[i]})` }}
              onClick={() => toggle(name)}
              title="Take away"
            >
              {shortName(name)} ×
            </button>
          </li>
        ))}
      </ul>
      <input
        type="search"
        aria-label="Search curves"
        placeholder={`Search ${names.length} curves: jaw, lip left, brow …`}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <CurveList room={room} found={found} chosen={chosen} toggle={toggle} />
    </Panel>
  );
}

function CurvePlot({ room, chosen }: { room: Room; chosen: string[] }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!box.current) return undefined;
    const ink = getComputedStyle(box.current);
    const series = chosen.map((name, i) => ({
      label: name,
      stroke: ink.getPropertyValue(COLOURS[i]!).trim(),
      ...(DASHES[i] ? { dash: DASHES[i] } : {}),
    }));
    const { plot, dispose } = makePlot(box.current, series, {
      range: (_, low, high) => [Math.min(0, low ?? 0), Math.max(1, high ?? 1)],
      unit: "",
    });
    const size = CURVE_SECONDS * 60;
    const x = Float64Array.from({ length: size }, (_, i) => (i + 1 - size) / 60);
    const places = chosen.map((name) => room.table.names.indexOf(name));
    const column = new Float64Array(size);
    let drawn = -1;
    const timer = setInterval(() => {
      if (room.feed.frames === drawn || document.hidden) return;
      drawn = room.feed.frames;
      const data = places.map((place) => {
        room.feed.curves.column(place, column);
        return nulls(column);
      });
      plot.setData([x, ...data] as never);
    }, plotPause());
    return () => {
      clearInterval(timer);
      dispose();
    };
  }, [room]);
  return (
    <div
      ref={box}
      class="plot"
      role="img"
      aria-label={`Curves of the last ${CURVE_SECONDS} seconds: ${chosen.map(shortName).join(", ")}`}
    />
  );
}

interface ListProps {
  room: Room;
  found: number[];
  chosen: string[];
  toggle(name: string): void;
}

function CurveList({ room, found, chosen, toggle }: ListProps) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const values = room.feed.newest?.values;
      if (!values || document.hidden) return;
      list.current?.querySelectorAll<HTMLElement>("li").forEach((row, i) => {
        const value = values[found[i]!] ?? 0;
        row.style.setProperty("--value", String(Math.min(1, Math.abs(value))));
        const number = row.querySelector("output");
        if (number) number.textContent = value.toFixed(2);
      });
    }, plotPause());
    return () => clearInterval(timer);
  });
  return (
    <ul class="curve-list" ref={list} tabIndex={0} aria-label="Curves found">
      {found.length === 0 && <li class="hint">No curve has all of these words in its name.</li>}
      {found.map((place) => {
        const name = room.table.names[place]!;
        return (
          <li key={name}>
            <button type="button" aria-pressed={chosen.includes(name)} onClick={() => toggle(name)}>
              <span>{shortName(name)}</span>
              <output aria-live="off" />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
