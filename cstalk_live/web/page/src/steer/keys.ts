// Keys 1..8 bring an emotion mix: held down (and gone when let go) or switched on and off. Of several held keys the one
// pressed last counts; letting it go returns to the one below it, and at last to the mix that was there before.

import type { Mix } from "../wire/contract";

export type KeyMode = "hold" | "toggle";

export interface MixTarget {
  /** The mix that holds now. */
  current(): Mix;
  /** @param passing true while a key is held: it takes itself back. */
  bring(mix: Mix, passing: boolean): void;
}

export class EmotionKeys {
  private held: number[] = [];
  private toggled: number | null = null;
  private base: Mix | null = null;

  constructor(
    private readonly target: MixTarget,
    private readonly slot: (number: number) => Mix | null,
    private readonly mode: () => KeyMode,
    private readonly shown: (slot: number | null) => void = () => undefined,
  ) {}

  /** @returns whether the key brings something. */
  down(number: number): boolean {
    const mix = this.slot(number);
    if (!mix) return false;
    if (this.mode() === "toggle") this.toggle(number, mix);
    else if (!this.held.includes(number)) {
      this.base ??= this.target.current();
      this.held.push(number);
      this.target.bring(mix, true);
      this.shown(number);
    }
    return true;
  }

  up(number: number): void {
    if (!this.held.includes(number)) return;
    const wasTop = this.held[this.held.length - 1] === number;
    this.held = this.held.filter((other) => other !== number);
    if (wasTop) this.returnTo(this.held[this.held.length - 1] ?? null);
  }

  /** The window lost the keyboard: no key-up will come. */
  releaseAll(): void {
    if (this.held.length === 0) return;
    this.held = [];
    this.returnTo(null);
  }

  private returnTo(number: number | null): void {
    const mix = number === null ? this.base : this.slot(number);
    if (number === null) this.base = null;
    if (mix) this.target.bring(mix, true);
    this.shown(number);
  }

  private toggle(number: number, mix: Mix): void {
    if (this.toggled === number) {
      if (this.base) this.target.bring(this.base, false);
      this.toggled = this.base = null;
    } else {
      if (this.toggled === null) this.base = this.target.current();
      this.toggled = number;
      this.target.bring(mix, false);
    }
    this.shown(this.toggled);
  }
}

/** What keys bring where the settings say nothing: one emotion each, in the model's order. */
export function defaultSlot(emotions: readonly string[], number: number): Mix | null {
  const name = emotions[number - 1];
  return name === undefined ? null : Object.fromEntries(emotions.map((other) => [other, other === name ? 1 : 0]));
}
