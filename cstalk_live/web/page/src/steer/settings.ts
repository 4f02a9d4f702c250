// All settings as this page sees them: what the program confirmed, under what this page asked for and nobody answered
// yet. The program's answer is the same for every page and in the same order, so all pages end at the same values.

import { signal, type Signal } from "@preact/signals";
import type { Patch, SetMessage, State, Value, Values } from "../wire/contract";
import { UndoStack } from "./undo";

/** A dragged slider sends no more often. */
export const SEND_EVERY_MS = 33;

export interface ChangeOptions {
  label: string;
  /** Changes with the same gesture are one step of undo; null = a step of its own. */
  gesture?: string | null;
  /** Not to be taken back: a held key takes itself back. */
  passing?: boolean;
}

type Send = (message: SetMessage) => boolean;

export class Settings {
  readonly unsaved = signal(false);
  readonly revision = signal(-1);
  /** Rises whenever undo or redo has other things to offer. */
  readonly steps = signal(0);
  readonly undoStack = new UndoStack();
  defaults: Values = {};
  private confirmed: Values = {};
  private readonly pending = new Map<number, Values>();
  private outgoing: Values = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly shown = new Map<string, Signal<Value | undefined>>();
  /** Own commands whose patch is a step of undo: id -> label. */
  private readonly ownCommands = new Map<number, string>();

  constructor(
    private readonly send: Send,
    private readonly nextId: () => number,
    /** Whether anybody would hear a change; says so to whoever steers if not. */
    private readonly heard: () => boolean = () => true,
  ) {}

  /** What to show at `path`; undefined where the program does not offer it. */
  signalOf(path: string): Signal<Value | undefined> {
    let found = this.shown.get(path);
    if (!found) {
      found = signal(this.valueOf(path));
      this.shown.set(path, found);
    }
    return found;
  }

  valueOf(path: string): Value | undefined {
    if (path in this.outgoing) return this.outgoing[path];
    let value = this.confirmed[path];
    for (const values of this.pending.values()) if (path in values) value = values[path];
    return value;
  }

  /** All confirmed values, for the probe of the tests. */
  snapshot(): Values {
    return { ...this.confirmed };
  }

  change(values: Values, options: ChangeOptions): void {
    const after = Object.fromEntries(
      Object.entries(values).filter(([path, value]) => path in this.confirmed && !same(this.valueOf(path), value)),
    );
    if (Object.keys(after).length === 0 || !this.heard()) return;
    if (!options.passing) {
      const before = Object.fromEntries(Object.keys(after).map((path) => [path, this.valueOf(path) as Value]));
      this.undoStack.record({ label: options.label, before, after }, options.gesture ?? null);
      this.steps.value++;
    }
    this.ask(after);
  }

  undo(): string | null {
    return this.heard() ? this.take(this.undoStack.undo(), "before") : null;
  }

  redo(): string | null {
    return this.heard() ? this.take(this.undoStack.redo(), "after") : null;
  }

  replace(state: State): void {
    this.confirmed = { ...state.values };
    this.defaults = { ...state.defaults };
    this.pending.clear();
    this.outgoing = {};
    this.revision.value = state.revision;
    this.unsaved.value = state.unsaved;
    this.refresh();
  }

  /** @param mine whether this page's set or command caused it. */
  patch(patch: Patch, mine: boolean): void {
    const label = mine && patch.id !== null ? this.ownCommands.get(patch.id) : undefined;
    if (label !== undefined) {
      const before = Object.fromEntries(Object.keys(patch.values).map((path) => [path, this.confirmed[path] ?? null]));
      this.undoStack.record({ label, before, after: patch.values });
      this.steps.value++;
      this.ownCommands.delete(patch.id!);
    }
    Object.assign(this.confirmed, patch.values);
    if (mine && patch.id !== null) this.pending.delete(patch.id);
    this.revision.value = patch.revision;
    this.unsaved.value = patch.unsaved;
    this.refresh();
  }

  /** A set was not accepted: show what holds. */
  refused(id: number): void {
    this.ownCommands.delete(id);
    if (this.pending.delete(id)) this.refresh();
  }

  /** The patch with this id, if one comes, is a step of undo. */
  expect(id: number, label: string): void {
    this.ownCommands.set(id, label);
    if (this.ownCommands.size > 50) this.ownCommands.delete(this.ownCommands.keys().next().value!);
  }

  /** Nobody will answer what was asked. */
  disconnected(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pending.clear();
    this.ownCommands.clear();
    this.outgoing = {};
    this.refresh();
  }

  private take(step: { label: string; before: Values; after: Values } | null, side: "before" | "after"): string | null {
    this.steps.value++;
    if (!step) return null;
    this.ask(step[side]);
    return step.label;
  }

  private ask(values: Values): void {
    Object.assign(this.outgoing, values);
    if (this.timer === undefined) this.flush();
    this.refresh();
  }

  /** Send what was asked for; what is asked during the pause that follows goes out at its end, in one message. */
  private flush(): void {
    this.timer = undefined;
    if (Object.keys(this.outgoing).length === 0) return;
    const values = this.outgoing;
    this.outgoing = {};
    const id = this.nextId();
    if (this.send({ type: "set", id, values })) this.pending.set(id, values);
    this.timer = setTimeout(() => {
      this.flush();
      this.refresh();
    }, SEND_EVERY_MS);
  }

  private refresh(): void {
    for (const [path, shown] of this.shown) {
      const value = this.valueOf(path);
      if (!same(shown.peek(), value)) shown.value = value;
    }
  }
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  return JSON.stringify(a) === JSON.stringify(b);
}
