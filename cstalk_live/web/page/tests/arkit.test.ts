import { expect, test } from "vitest";
import { ArkitMap } from "../src/face/arkit";
import { rigTable } from "./generated";
import golden from "./golden/arkit.json";

const table = rigTable();
const mirror = (name: string) =>
  name.endsWith("L") ? `${name.slice(0, -1)}R` : name.endsWith("R") ? `${name.slice(0, -1)}L` : name;
const mirrorShape = (name: string) =>
  name.includes("Left") ? name.replace("Left", "Right") : name.replace("Right", "Left");

test("the page's shapes are the program's, to 1e-5", () => {
  const map = new ArkitMap(table);
  const out = new Float32Array(52);
  for (const { raw, shapes } of golden) {
    map.apply(raw, out);
    out.forEach((value, i) => expect(value, table.shapes[i]).toBeCloseTo(shapes[i]!, 5));
  }
});

test("every shape is reached, and shares lie in 0..1", () => {
  const reached = new Set([...table.exact, ...table.heuristic].map(([, shape]) => shape));
  reached.add(table.shapes.indexOf("mouthClose"));
  expect(reached.size).toBe(52);
  for (const [raw, shape, weight] of [...table.exact, ...table.heuristic]) {
    expect(Math.abs(weight)).toBeGreaterThan(0);
    expect(raw).toBeLessThan(table.raw_count);
    expect(shape).toBeLessThan(52);
  }
  // The exact rows are an inverse and may take away; a share in what looks alike never does.
  for (const [, , weight] of table.heuristic) expect(weight > 0 && weight <= 1).toBe(true);
});

test("left and right are mirror images", () => {
  const rows = new Set(
    [...table.exact, ...table.heuristic].map(
      ([raw, shape, weight]) => `${table.names[raw]} ${table.shapes[shape]} ${weight}`,
    ),
  );
  for (const row of rows) {
    const [raw, shape, weight] = row.split(" ") as [string, string, string];
    // The eyes' sideways looks go in on one side and out on the other; jaw and mouth sideways name the direction.
    if (/Look(In|Out|Left|Right)|jaw(Left|Right)|mouth(Left|Right)|tongue/.test(row)) continue;
    expect(rows, `mirror of ${row}`).toContain(`${mirror(raw)} ${mirrorShape(shape)} ${weight}`);
  }
});
