// What belongs to this browser alone and not to the performance: kept in localStorage where the browser allows it.

import { effect, signal, type Signal } from "@preact/signals";

function kept<T>(key: string, first: T, valid: (value: unknown) => value is T): Signal<T> {
  const name = `cstalk.${key}`;
  let start = first;
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    if (valid(stored)) start = stored;
  } catch {
    // Storage is switched off, or holds something of another version: the default stands.
  }
  const value = signal(start);
  effect(() => {
    const text = JSON.stringify(value.value);
    try {
      localStorage.setItem(name, text);
    } catch {
      // The choice then lasts until the page is closed.
    }
  });
  return value;
}

const isBoolean = (value: unknown): value is boolean => typeof value === "boolean";
const isNames = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((v) => typeof v === "string");

export const singleKeys = kept("singleKeys", true, isBoolean);
export const chosenCurves = kept("curves", ["CTRL_expressions_jawOpen"], isNames);
