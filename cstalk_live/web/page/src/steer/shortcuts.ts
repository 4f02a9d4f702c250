// The keyboard. Single keys can be switched off (WCAG 2.1.4) and never act while somebody types.

export interface Actions {
  emotionDown(slot: number): boolean;
  emotionUp(slot: number): void;
  before(on: boolean): void;
  pause(): void;
  record(): void;
  mute(): void;
  camera(): void;
  undo(): void;
  redo(): void;
  save(): void;
}

export const SHORTCUTS: ReadonlyArray<readonly [string, string]> = [
  ["1 – 8", "emotion, held or switched"],
  ["B", "hold: the network's own face"],
  ["P", "pause the picture"],
  ["C", "next camera"],
  ["R", "record, stop"],
  ["M", "mute"],
  ["Ctrl Z", "undo"],
  ["Ctrl Shift Z", "redo"],
  ["Ctrl S", "save the settings"],
];

export interface KeyLike {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  repeat: boolean;
  target: unknown;
  preventDefault(): void;
}

interface ElementLike {
  tagName?: string;
  type?: string;
  isContentEditable?: boolean;
}

/** Digits by place on the keyboard, so that they work on layouts that need Shift for them. */
export function slotOf(code: string): number | null {
  const match = /^(?:Digit|Numpad)([1-8])$/.exec(code);
  return match ? Number(match[1]) : null;
}

/** Letters and digits typed here are text. Sliders, buttons and check boxes take none. */
export function takesText(target: unknown): boolean {
  const { tagName, type, isContentEditable } = (target ?? {}) as ElementLike;
  if (isContentEditable || tagName === "TEXTAREA" || tagName === "SELECT") return true;
  return tagName === "INPUT" && type !== "range" && type !== "checkbox" && type !== "radio" && type !== "button";
}

export function keyDown(event: KeyLike, actions: Actions, singleKeys: boolean): void {
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    const key = event.key.toLowerCase();
    const wanted =
      key === "z" ? (event.shiftKey ? "redo" : "undo") : key === "y" ? "redo" : key === "s" ? "save" : null;
    // In a text field Ctrl Z belongs to the text.
    if (!wanted || (wanted !== "save" && takesText(event.target))) return;
    event.preventDefault();
    actions[wanted]();
    return;
  }
  if (!singleKeys || event.altKey || event.ctrlKey || event.metaKey || takesText(event.target)) return;
  const slot = slotOf(event.code);
  if (slot !== null) {
    if (event.repeat || actions.emotionDown(slot)) event.preventDefault();
    return;
  }
  if (event.repeat) return;
  const single: Record<string, () => void> = {
    b: () => actions.before(true),
    p: () => actions.pause(),
    c: () => actions.camera(),
    r: () => actions.record(),
    m: () => actions.mute(),
  };
  const action = single[event.key.toLowerCase()];
  if (action) {
    event.preventDefault();
    action();
  }
}

export function keyUp(event: Pick<KeyLike, "key" | "code">, actions: Actions): void {
  const slot = slotOf(event.code);
  if (slot !== null) actions.emotionUp(slot);
  if (event.key.toLowerCase() === "b") actions.before(false);
}
