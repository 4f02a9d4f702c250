// The controls that everything else is made of. Each is bound to one settings path, shows what holds there, and greys
// out where the program does not offer that path.

import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import type { Room } from "../room";
import { rangeOf } from "../wire/contract";
import { Icon, type IconName } from "./icons";

interface Bound {
  room: Room;
  path: string;
  label: string;
}

const NOT_OFFERED = "Not available in this program";

let gestures = 0;

export interface SliderProps extends Bound {
  /** Shorter text in front of the slider; the label stays its accessible name. */
  short?: string;
  format?: (value: number) => string;
}

/** A number. Double click or Delete: back to the default. One drag is one step of undo. */
export function Slider({ room, path, label, short, format = (value) => value.toFixed(2) }: SliderProps) {
  const shown = room.settings.signalOf(path).value;
  const range = rangeOf(path) ?? { min: 0, max: 1, step: 0.01 };
  const gesture = useRef("");
  const value = typeof shown === "number" ? shown : range.min;
  const off = typeof shown !== "number";
  const share = (value - range.min) / (range.max - range.min);
  const begin = () => (gesture.current = `${path}#${++gestures}`);
  const set = (next: number) => room.settings.change({ [path]: next }, { label, gesture: gesture.current || begin() });
  const reset = () => {
    const first = room.settings.defaults[path];
    if (typeof first === "number") {
      begin();
      set(first);
      begin();
    }
  };
  return (
    <label class="slider" title={off ? NOT_OFFERED : "Double click: default"}>
      <span class="slider-name">{short ?? label}</span>
      <input
        type="range"
        data-path={path}
        aria-label={label}
        aria-valuetext={format(value)}
        min={range.min}
        max={range.max}
        step={range.step}
        value={value}
        disabled={off}
        style={{ "--share": String(share) }}
        onPointerDown={begin}
        onKeyDown={(event) => {
          if (!event.repeat) begin();
          if (event.key === "Delete" || event.key === "Backspace") reset();
        }}
        onInput={(event) => set(Number(event.currentTarget.value))}
        onDblClick={reset}
      />
      <output>{off ? "–" : format(value)}</output>
    </label>
  );
}

/** On or off. */
export function Switch({ room, path, label }: Bound) {
  const shown = room.settings.signalOf(path).value;
  const off = typeof shown !== "boolean";
  return (
    <label class="switch" title={off ? NOT_OFFERED : undefined}>
      <input
        type="checkbox"
        role="switch"
        data-path={path}
        checked={shown === true}
        disabled={off}
        onChange={(event) => room.settings.change({ [path]: event.currentTarget.checked }, { label })}
      />
      <span class="track" aria-hidden="true" />
      <span>{label}</span>
    </label>
  );
}

interface ButtonProps {
  label: string;
  icon?: IconName;
  onClick(): void;
  /** Only the icon is shown; the label is its name and its tip. */
  quiet?: boolean;
  disabled?: boolean;
  pressed?: boolean;
  command?: string;
  class?: string;
  children?: ComponentChildren;
}

export function Button({
  label,
  icon,
  onClick,
  quiet,
  disabled,
  pressed,
  command,
  class: extra,
  children,
}: ButtonProps) {
  return (
    <button
      type="button"
      class={`button ${quiet ? "quiet" : ""} ${extra ?? ""}`}
      aria-label={quiet ? label : undefined}
      title={quiet ? label : undefined}
      aria-pressed={pressed}
      disabled={disabled}
      data-command={command}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {!quiet && <span>{label}</span>}
      {children}
    </button>
  );
}

interface PanelProps {
  title: string;
  /** On the right of the title. */
  aside?: ComponentChildren;
  children: ComponentChildren;
  open?: boolean;
}

/** A titled group that folds. */
export function Panel({ title, aside, children, open = true }: PanelProps) {
  return (
    <details class="panel" open={open}>
      <summary>
        <h2>{title}</h2>
      </summary>
      {aside && <div class="panel-aside">{aside}</div>}
      <div class="panel-body">{children}</div>
    </details>
  );
}
