// Binary frames for tests, written independently of wire/frame.ts.

export interface FrameParts {
  sequence?: number;
  index?: number;
  lookahead?: number;
  peakDb?: number;
  clipped?: number;
  hash?: number;
  wave?: number[];
  values?: number[];
  before?: number[];
}

export function frameBytes(parts: FrameParts = {}): ArrayBuffer {
  const wave = parts.wave ?? [-10, 20, -30, 40];
  const sets = [parts.values ?? [0.25, 0.5, 1], ...(parts.before ? [parts.before] : [])];
  const count = sets[0]!.length;
  const buffer = new ArrayBuffer(48 + wave.length + 4 * count * sets.length);
  const view = new DataView(buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, 1 | 16, true);
  view.setUint32(4, parts.sequence ?? 7, true);
  view.setFloat64(8, 123456789012, true);
  view.setFloat64(16, 123456889012, true);
  view.setFloat32(24, -23.5, true);
  view.setFloat32(28, parts.peakDb ?? -12.25, true);
  view.setUint32(32, parts.index ?? 100, true);
  view.setUint8(36, parts.lookahead ?? 4);
  view.setUint8(37, sets.length);
  view.setUint16(38, count, true);
  view.setUint8(40, wave.length / 2);
  view.setUint8(41, parts.clipped ?? 0);
  view.setUint32(44, parts.hash ?? 0xabcd, true);
  wave.forEach((value, i) => view.setInt8(48 + i, value));
  sets.flat().forEach((value, i) => view.setFloat32(48 + wave.length + 4 * i, value, true));
  return buffer;
}
