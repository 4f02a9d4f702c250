import { expect, test } from "vitest";
import { UndoStack } from "../src/steer/undo";

const step = (before: number, after: number) => ({ label: "x", before: { x: before }, after: { x: after } });

test("a gesture over several settings keeps the first of each before and the last of each after", () => {
  const stack = new UndoStack();
  stack.record({ label: "pad", before: { a: 0 }, after: { a: 1 } }, "g");
  stack.record({ label: "pad", before: { a: 1, b: 5 }, after: { a: 2, b: 6 } }, "g");
  expect(stack.undo()).toMatchObject({ before: { a: 0, b: 5 }, after: { a: 2, b: 6 } });
  expect(stack.undo()).toBeNull();
});

test("a new change forgets what could have been done again", () => {
  const stack = new UndoStack();
  stack.record(step(0, 1));
  stack.undo();
  expect(stack.redoLabel).toBe("x");
  stack.record(step(0, 2));
  expect(stack.redo()).toBeNull();
});

test("a gesture ends when it is taken back", () => {
  const stack = new UndoStack();
  stack.record(step(0, 1), "g");
  stack.undo();
  stack.redo();
  stack.record(step(1, 2), "g");
  expect(stack.undo()).toMatchObject({ before: { x: 1 } });
});

test("200 steps are kept and no more", () => {
  const stack = new UndoStack();
  for (let i = 0; i < 1000; i++) stack.record(step(i, i + 1));
  let steps = 0;
  while (stack.undo()) steps++;
  expect(steps).toBe(200);
});
