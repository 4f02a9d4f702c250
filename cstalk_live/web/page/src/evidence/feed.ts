// The newest frame, and what is kept of the ones before it. Frames are taken as they come and drawn when the screen is
// ready: whatever came between two drawings is kept for plots and never queued.

import { readFrame, missedBetween, type Frame } from "../wire/frame";
import { Meter } from "./meter";
import { RowRing } from "./ring";

export const CURVE_SECONDS = 10;
export const WAVE_SECONDS = 4;
const RATE = 60;
const MOST_WAVE_COLUMNS = 64;

export class Feed {
  newest: Frame | null = null;
  frames = 0;
  missed = 0;
  /** The page was built with other names of values than the program sends. */
  foreign = false;
  readonly meter = new Meter();
  readonly curves: RowRing;
  /** Smallest and largest sample, -1..1; one row a wave column. */
  readonly wave = new RowRing(WAVE_SECONDS * RATE * 8, 2);
  private lastHeard: number | null = null;
  private readonly pair = new Float32Array(2);

  constructor(
    values: number,
    private readonly schemaHash: number,
    private readonly seconds: () => number,
  ) {
    this.curves = new RowRing(CURVE_SECONDS * RATE, values);
  }

  take(data: ArrayBuffer): void {
    const frame = readFrame(data);
    if (!frame) return;
    this.foreign = frame.schemaHash !== this.schemaHash || frame.values.length !== this.curves.width;
    if (this.foreign) return;
    if (this.newest) this.missed += missedBetween(this.newest.sequence, frame.sequence);
    this.frames++;
    this.newest = frame;
    this.meter.hear(frame.peakDb, frame.rmsDb, frame.clipped, this.seconds());
    this.curves.push(frame.values);
    this.drawWave(frame);
  }

  /** Gaps of sound are drawn as silence, so that the picture keeps its time. */
  private drawWave(frame: Frame): void {
    const columns = Math.min(frame.wave.length / 2, MOST_WAVE_COLUMNS);
    const heard = frame.index + frame.lookahead;
    const skipped = this.lastHeard === null ? 0 : heard - this.lastHeard - 1;
    this.lastHeard = heard;
    if (skipped < 0 || skipped > RATE * WAVE_SECONDS) this.wave.clear();
    else for (let i = 0; i < skipped * columns; i++) this.push(0, 0);
    for (let i = 0; i < columns; i++) this.push(frame.wave[2 * i]! / 127, frame.wave[2 * i + 1]! / 127);
  }

  private push(low: number, high: number): void {
    this.pair[0] = low;
    this.pair[1] = high;
    this.wave.push(this.pair);
  }
}
