// Finding curves by what people type: parts of names in any order, `jaw open`, `left`, a region.

import { shortName } from "./words";

/** @returns places in `names` of those that hold every word, at most `most`; all words are parts of name or region. */
export function findCurves(names: readonly string[], regions: readonly string[], text: string, most: number): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found: number[] = [];
  for (let i = 0; i < names.length && found.length < most; i++) {
    const hay = `${shortName(names[i]!)} ${regions[i] ?? ""} ${sideOf(names[i]!)}`.toLowerCase();
    if (words.every((word) => hay.includes(word))) found.push(i);
  }
  return found;
}

function sideOf(name: string): string {
  if (/L\d*$/.test(name)) return "left";
  return /R\d*$/.test(name) ? "right" : "";
}
