// Reads binary frames (layout in contract.ts).

import { FRAME_HEAD_BYTES, FRAME_KIND, FRAME_VERSION } from "./contract";

export interface Frame {
  flags: number;
  sequence: number;
  captureUs: number;
  sentUs: number;
  rmsDb: number;
  peakDb: number;
  index: number;
  lookahead: number;
  clipped: number;
  schemaHash: number;
  /** Pairs of smallest and largest sample x 127 of the newest sound. */
  wave: Int8Array;
  values: Float32Array;
  /** The network's own values, where asked for. */
  before: Float32Array | null;
}

/** @returns the frame, or null when the message is another kind or is damaged; never throws. */
export function readFrame(buffer: ArrayBuffer): Frame | null {
  if (buffer.byteLength < FRAME_HEAD_BYTES) return null;
  const view = new DataView(buffer);
  if (view.getUint8(0) !== FRAME_KIND || view.getUint8(1) !== FRAME_VERSION) return null;
  const sets = view.getUint8(37);
  const count = view.getUint16(38, true);
  const columns = view.getUint8(40);
  const start = FRAME_HEAD_BYTES + 2 * columns;
  if ((sets !== 1 && sets !== 2) || count === 0 || columns % 2 || columns > 64) return null;
  if (buffer.byteLength !== start + 4 * sets * count) return null;
  const values = new Float32Array(buffer, start, count);
  const before = sets === 2 ? new Float32Array(buffer, start + 4 * count, count) : null;
  if (!values.every(Number.isFinite) || !(before?.every(Number.isFinite) ?? true)) return null;
  return {
    flags: view.getUint16(2, true),
    sequence: view.getUint32(4, true),
    captureUs: view.getFloat64(8, true),
    sentUs: view.getFloat64(16, true),
    rmsDb: view.getFloat32(24, true),
    peakDb: view.getFloat32(28, true),
    index: view.getUint32(32, true),
    lookahead: view.getUint8(36),
    clipped: view.getUint8(41),
    schemaHash: view.getUint32(44, true),
    wave: new Int8Array(buffer, FRAME_HEAD_BYTES, 2 * columns),
    values,
    before,
  };
}

/** Frames between two sequence numbers that never arrived; 0 after a restart, which counts from anywhere. */
export function missedBetween(last: number, next: number): number {
  const step = (next - last) >>> 0;
  return step === 0 || step > 0x7fffffff ? 0 : step - 1;
}
