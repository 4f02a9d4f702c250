// The emotion pad: expressive emotions stand around a circle, neutral is its middle. A place between two neighbours is a
// mix of them; the distance from the middle is how much of it shows.

import type { Mix } from "../wire/contract";

export const NEUTRAL = "neutral";

export interface PadPlace {
  /** -1..1, to the right. */
  x: number;
  /** -1..1, up. */
  y: number;
}

/** Expressive emotions in the order in which they stand around the circle, from the top clockwise. */
export function around(emotions: readonly string[]): string[] {
  return emotions.filter((name) => name !== NEUTRAL);
}

export function placeOf(emotions: readonly string[], name: string): PadPlace {
  const names = around(emotions);
  const turn = (2 * Math.PI * names.indexOf(name)) / names.length;
  return { x: Math.sin(turn), y: Math.cos(turn) };
}

/** Weights that sum to 1, neutral included where the model knows it. */
export function mixAt(emotions: readonly string[], place: PadPlace): Mix {
  const names = around(emotions);
  const mix: Mix = Object.fromEntries(emotions.map((name) => [name, 0]));
  const strength = Math.min(1, Math.hypot(place.x, place.y));
  if (names.length > 0 && strength > 0) {
    const turn = (Math.atan2(place.x, place.y) / (2 * Math.PI) + 1) % 1;
    const at = turn * names.length;
    const first = Math.floor(at) % names.length;
    const share = at - Math.floor(at);
    mix[names[first]!] = round(strength * (1 - share));
    const second = names[(first + 1) % names.length]!;
    mix[second] = round((mix[second] ?? 0) + strength * share);
  }
  if (emotions.includes(NEUTRAL))
    mix[NEUTRAL] = round(
      1 -
        Math.min(
          1,
          names.reduce((sum, name) => sum + mix[name]!, 0),
        ),
    );
  return mix;
}

/** Where a mix stands: exact for mixes of two neighbours, the centre of weights for others. */
export function placeFor(emotions: readonly string[], mix: Mix): PadPlace {
  const names = around(emotions).filter((name) => (mix[name] ?? 0) > 0);
  const sum = names.reduce((total, name) => total + mix[name]!, 0);
  if (sum === 0) return { x: 0, y: 0 };
  const strength = Math.min(1, sum);
  const all = around(emotions);
  const [a, b] = names;
  if (names.length === 1) return scaled(placeOf(emotions, a!), strength);
  const gap = (all.indexOf(b!) - all.indexOf(a!) + all.length) % all.length;
  if (names.length === 2 && (gap === 1 || gap === all.length - 1)) {
    const [first, second] = gap === 1 ? [a!, b!] : [b!, a!];
    const turn = (2 * Math.PI * (all.indexOf(first) + mix[second]! / sum)) / all.length;
    return { x: strength * Math.sin(turn), y: strength * Math.cos(turn) };
  }
  return names.reduce(
    (place, name) => {
      const at = scaled(placeOf(emotions, name), mix[name]! / Math.max(1, sum));
      return { x: place.x + at.x, y: place.y + at.y };
    },
    { x: 0, y: 0 },
  );
}

function scaled(place: PadPlace, by: number): PadPlace {
  return { x: place.x * by, y: place.y * by };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
