// What the program and its page say to each other. This file is the one place where the wire is typed; the server's
// side is cstalk_live/web. One WebSocket (/ws): binary messages are frames of the face, text messages are JSON objects
// with a "type". Times ending in _us are the program's monotonic clock, times ending in _ms at the log are Unix time.

export const PROTOCOL = 1;

// --- binary, program -> page: one frame -------------------------------------------------------------------------
//
// Little-endian.
//  offset type   field
//   0     u8     kind, 1 = frame; other kinds are ignored
//   1     u8     layout version, 1
//   2     u16    flags: 1 voice, 2 gap, 4 reset, 8 no source, 16 held (cstalk_live.records.FrameFlag)
//   4     u32    sequence: +1 for every frame of the program, skipped for this page or not; wraps to 0
//   8     f64    capture time of the middle of the frame's sound, us
//  16     f64    send time of this message, us, same clock
//  24     f32    RMS of the newest sound, dBFS (-120 = silence)
//  28     f32    largest sample of the newest sound since the last frame sent to this page, dBFS
//  32     u32    frame index modulo 2^32
//  36     u8     look-ahead in frames: the newest sound is this much later than the pose
//  37     u8     sets of values: 1, or 2 while the page asked for "before"
//  38     u16    values in a set (260: rig.raw.PROPERTY_NAMES)
//  40     u8     wave columns W, even, 0..64 (8: 50 samples each)
//  41     u8     samples at full scale in the newest sound, 255 = that many or more
//  42     u16    0
//  44     u32    hash of the values' names (rig.RAW_SCHEMA_HASH); another hash than the page was built with = no face
//  48     i8     wave: W pairs of smallest and largest sample x 127 of the newest sound (frame index + look-ahead)
//  48+2W  f32    values; with two sets: the steered face first, then the network's own ("before")
export const FRAME_KIND = 1;
export const FRAME_VERSION = 1;
export const FRAME_HEAD_BYTES = 48;

export const FLAG_VOICE = 1;
export const FLAG_GAP = 2;
export const FLAG_RESET = 4;
export const FLAG_NO_SOURCE = 8;
export const FLAG_HELD = 16;

// --- text, program -> page --------------------------------------------------------------------------------------

export type Scalar = string | number | boolean | null;
export type Mix = Record<string, number>;
/** A setting's value: plain, or an emotion mix (`emotion.slots.N` only). */
export type Value = Scalar | Mix;
/** Settings by dotted path, as in the YAML file: `audio.gain_db`, `emotion.mix.happy`, `motion.gain.brow`. */
export type Values = Record<string, Value>;

export interface Region {
  name: string;
  label: string;
}

/** First message after connecting. */
export interface Hello {
  type: "hello";
  protocol: number;
  /** Name of this connection; comes back in patches that this page caused. */
  client: string;
  version: string;
  /** Changes with every start of the program. */
  session: number;
  schema_hash: number;
  rate: number;
  emotions: string[];
  lookahead_ms: number[];
  regions: Region[];
  /** The settings file, or null when there is none yet (Save then asks for nothing and writes the default place). */
  config_file: string | null;
}

/** All settings; replaces everything the page knew. Controls whose path is missing are shown as not available. */
export interface State {
  type: "state";
  revision: number;
  unsaved: boolean;
  values: Values;
  defaults: Values;
}

export type ChangeSource = "page" | "osc" | "file" | "preset" | "program";

/**
 * Settings that changed, sent to every page, the one that asked included, in one order for all. `values` are what
 * holds now (limited, rounded), not what was asked for: pages that fight over a slider end at the same value.
 */
export interface Patch {
  type: "patch";
  revision: number;
  unsaved: boolean;
  source: ChangeSource;
  /** Who asked: a Hello.client, with the id of its set or command. */
  client: string | null;
  id: number | null;
  values: Values;
}

/** Answer to a set or a command that failed, or to a command that has something to say. */
export interface Reply {
  type: "reply";
  id: number;
  ok: boolean;
  /** A plain sentence: what, where, what to do. */
  message: string;
  /** `report`: { url }, to be downloaded; `record.stop`: { take }. */
  data?: Record<string, Scalar>;
}

export interface Device {
  /** Value for `audio.device`. */
  value: string | number;
  name: string;
  host_api: string;
  is_default: boolean;
}

export interface Take {
  name: string;
  seconds: number;
  complete: boolean;
}

/** Sent after hello and whenever one of the lists changes. */
export interface Lists {
  type: "lists";
  devices: Device[];
  presets: string[];
  /** Newest first, 20 at most. */
  takes: Take[];
}

/**
 * UDP tells nobody who listens: "sending" is shown as "sending, receiver unknown". "heard": the receiver sent a sign of
 * life `heard_ms` ago. "stale": it did once and has stopped.
 */
export type OutputState = "off" | "sending" | "heard" | "stale" | "error";

export interface OutputStatus {
  /** Path of its switch: `output.osc.0.on`, `output.livelink.0.on`. */
  path: string;
  kind: "osc" | "livelink";
  name: string;
  target: string;
  state: OutputState;
  heard_ms: number | null;
  sent: number;
  errors: number;
  message: string;
}

/** In the order of the pipeline; the last one is "total". */
export interface StageLatency {
  stage: string;
  p50_ms: number;
  p95_ms: number;
}

export type SourceState = "live" | "muted" | "silent" | "lost" | "none";

/** Five times a second; also the sign of life: no message for 5 s means a lost connection. */
export interface Status {
  type: "status";
  time_us: number;
  /** Frames a second sent to the outputs over the last second. */
  fps: number;
  frames: number;
  drops: number;
  gaps: number;
  reconnects: number;
  source: { state: SourceState; name: string; message: string };
  latency: StageLatency[];
  outputs: OutputStatus[];
  record: { on: boolean; name: string; seconds: number };
  clients: number;
}

export type Severity = "info" | "warning" | "error";

export interface LogLine {
  /** Rises by 1; lines already seen are dropped. */
  n: number;
  time_ms: number;
  level: Severity;
  text: string;
}

/** The newest 200 after connecting, then as they come (ten times a second at most). */
export interface LogLines {
  type: "log";
  lines: LogLine[];
}

/** Something that holds until it is taken back by the same id with text "". */
export interface Banner {
  type: "banner";
  id: string;
  level: Severity;
  text: string;
}

export type ServerMessage = Hello | State | Patch | Reply | Lists | Status | LogLines | Banner;

// --- text, page -> program --------------------------------------------------------------------------------------

/** Change settings, all of them or none. Answered by a patch to everyone, or by a failed reply to this page. */
export interface SetMessage {
  type: "set";
  id: number;
  values: Values;
}

export type Command =
  | { name: "devices.refresh"; args: Record<string, never> }
  | { name: "audio.restart"; args: Record<string, never> }
  | { name: "calibrate"; args: { seconds: number } }
  | { name: "record.start"; args: Record<string, never> }
  | { name: "record.stop"; args: Record<string, never> }
  | { name: "preset.save"; args: { preset: string } }
  | { name: "preset.load"; args: { preset: string } }
  | { name: "preset.delete"; args: { preset: string } }
  | { name: "config.save"; args: Record<string, never> }
  | { name: "config.revert"; args: Record<string, never> }
  | { name: "report"; args: Record<string, never> };

export type CommandMessage = { type: "command"; id: number } & Command;

/** What this page wants to be sent; everything until it says otherwise. A hidden tab wants no frames. */
export interface WantMessage {
  type: "want";
  frames: boolean;
  before: boolean;
  log: boolean;
}

export type ClientMessage = SetMessage | CommandMessage | WantMessage;

// --- settings: range, step and default place of every number ------------------------------------------------------

export interface NumberRange {
  min: number;
  max: number;
  step: number;
}

const SHARE: NumberRange = { min: 0, max: 1, step: 0.01 };
const FADE: NumberRange = { min: 0, max: 5, step: 0.05 };

/** Ranges by path; a trailing `*` stands for any name. */
export const RANGES: ReadonlyArray<readonly [string, NumberRange]> = [
  ["audio.gain_db", { min: -60, max: 60, step: 0.5 }],
  ["emotion.mix.*", SHARE],
  ["emotion.intensity", SHARE],
  ["emotion.attack_s", FADE],
  ["emotion.release_s", FADE],
  ["motion.smoothing", SHARE],
  ["motion.gain.*", { min: 0, max: 2, step: 0.01 }],
  ["motion.smooth.*", SHARE],
  ["output.record.take", { min: 1, max: 999, step: 1 }],
];

export function rangeOf(path: string): NumberRange | undefined {
  return RANGES.find(([key]) => (key.endsWith("*") ? path.startsWith(key.slice(0, -1)) : key === path))?.[1];
}

/** Every other setting that the page shows, with its type. */
export const PATHS = {
  device: "audio.device", // string | number | null
  mute: "audio.mute", // boolean
  gain: "audio.gain_db",
  gate: "motion.gate", // boolean
  blinks: "motion.blinks", // boolean
  gaze: "motion.gaze", // boolean
  head: "motion.head", // boolean
  smoothing: "motion.smoothing",
  lookahead: "model.lookahead_ms", // one of Hello.lookahead_ms
  intensity: "emotion.intensity",
  attack: "emotion.attack_s",
  release: "emotion.release_s",
  keyMode: "emotion.key_mode", // "hold" | "toggle"
  slate: "output.record.slate", // ^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$
  take: "output.record.take", // number of the next take; rises by itself
} as const;

export const mixPath = (emotion: string): string => `emotion.mix.${emotion}`;
export const gainPath = (region: string): string => `motion.gain.${region}`;
export const smoothPath = (region: string): string => `motion.smooth.${region}`;
/** What key 1..8 brings: a mix, or null for nothing. */
export const slotPath = (slot: number): string => `emotion.slots.${slot}`;
