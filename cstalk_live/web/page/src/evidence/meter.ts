// A level meter as OBS Studio's mixer has it: the peak falls 40 dB in 1.7 s, the largest peak of the last 20 s stays as
// a mark, colours break at -20 and -9 dB; a clipped sample lights a lamp that stays on until somebody looks.

export const FLOOR_DB = -60;
export const WARNING_DB = -20;
export const ERROR_DB = -9;
export const FALL_DB_PER_S = 40 / 1.7;
export const HOLD_S = 20;
/** The magnitude bar follows to 99 % in 0.3 s, as a VU meter's needle does (IEC 60268-17). */
const NEEDLE_S = 0.3 / Math.log(100);

export class Meter {
  peakDb = FLOOR_DB;
  holdDb = FLOOR_DB;
  magnitudeDb = FLOOR_DB;
  clipped = false;
  private heldAt = -Infinity;
  private last: number | null = null;

  /** @param seconds any clock that rises. */
  hear(peakDb: number, rmsDb: number, clippedSamples: number, seconds: number): void {
    this.advance(seconds, Math.max(FLOOR_DB, rmsDb));
    const peak = Math.max(FLOOR_DB, peakDb);
    this.peakDb = Math.max(this.peakDb, peak);
    if (peak >= this.holdDb) {
      this.holdDb = peak;
      this.heldAt = seconds;
    }
    if (clippedSamples > 0 || peakDb >= 0) this.clipped = true;
  }

  /** Let time pass without sound. */
  advance(seconds: number, towardsDb = FLOOR_DB): void {
    const passed = this.last === null ? 0 : Math.max(0, seconds - this.last);
    this.last = seconds;
    this.peakDb = Math.max(FLOOR_DB, this.peakDb - FALL_DB_PER_S * passed);
    this.magnitudeDb += (towardsDb - this.magnitudeDb) * (1 - Math.exp(-passed / NEEDLE_S));
    if (seconds - this.heldAt > HOLD_S) {
      this.holdDb = this.peakDb;
      this.heldAt = seconds;
    }
  }

  clearClip(): void {
    this.clipped = false;
  }
}

export type Zone = "quiet" | "good" | "loud" | "clipping";

/** Words for the colours. */
export function zoneOf(db: number, clipped: boolean): Zone {
  if (clipped) return "clipping";
  if (db >= ERROR_DB) return "loud";
  return db >= WARNING_DB ? "good" : "quiet";
}

/** Place on the bar, 0..1. */
export function placeOnBar(db: number): number {
  return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}
