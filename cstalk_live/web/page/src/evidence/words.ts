// Sentences and short forms for what the program measures.

import type { OutputStatus } from "../wire/contract";

/** UDP tells nobody who listens, so no output is ever called connected. */
export function outputWords(output: OutputStatus): string {
  switch (output.state) {
    case "off":
      return "off";
    case "sending":
      return "sending, receiver unknown";
    case "heard":
      return `receiver answered ${ago(output.heard_ms)}`;
    case "stale":
      return `sending, last answer ${ago(output.heard_ms)}`;
    case "error":
      return output.message || "cannot send";
  }
}

export function ago(ms: number | null): string {
  if (ms === null) return "at an unknown time";
  if (ms < 1500) return "just now";
  return ms < 90_000 ? `${Math.round(ms / 1000)} s ago` : `${Math.round(ms / 60_000)} min ago`;
}

export type Tone = "good" | "unsure" | "bad" | "off";

/** A mark besides the colour, for those who do not tell the colours apart. */
export const MARKS: Record<Tone, string> = { good: "●", unsure: "◐", bad: "▲", off: "○" };

export function outputTone(state: OutputStatus["state"]): Tone {
  return ({ off: "off", sending: "unsure", heard: "good", stale: "unsure", error: "bad" } as const)[state];
}

/** The least good of several outputs speaks for all of them; those that are off count only when all are. */
export function worstOf(outputs: readonly OutputStatus[]): OutputStatus | null {
  const order: OutputStatus["state"][] = ["error", "stale", "sending", "heard", "off"];
  return [...outputs].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state))[0] ?? null;
}

export function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** `CTRL_expressions_jawOpen` -> `jawOpen`. */
export function shortName(name: string): string {
  return name.replace(/^CTRL_expressions_/, "");
}
