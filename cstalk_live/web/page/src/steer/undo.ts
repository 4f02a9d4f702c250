// Steps back and forward through this page's own changes. One gesture (a drag, a held arrow key) is one step.

import type { Values } from "../wire/contract";

export interface Step {
  label: string;
  before: Values;
  after: Values;
}

const MOST_STEPS = 200;

export class UndoStack {
  private readonly done: (Step & { gesture: string | null })[] = [];
  private undone: Step[] = [];

  record(step: Step, gesture: string | null = null): void {
    this.undone = [];
    const last = this.done[this.done.length - 1];
    if (last && gesture !== null && last.gesture === gesture) {
      last.before = { ...step.before, ...last.before };
      last.after = { ...last.after, ...step.after };
      return;
    }
    this.done.push({ ...step, gesture });
    if (this.done.length > MOST_STEPS) this.done.shift();
  }

  /** The values to set, or null when there is nothing to take back. */
  undo(): Step | null {
    const step = this.done.pop();
    if (!step) return null;
    this.undone.push(step);
    return step;
  }

  redo(): Step | null {
    const step = this.undone.pop();
    if (!step) return null;
    this.done.push({ ...step, gesture: null });
    return step;
  }

  get undoLabel(): string | null {
    return this.done[this.done.length - 1]?.label ?? null;
  }

  get redoLabel(): string | null {
    return this.undone[this.undone.length - 1]?.label ?? null;
  }
}
