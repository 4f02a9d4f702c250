// The files that `python -m cstalk_live.web.build_page` makes for the page.

import { readFileSync } from "node:fs";
import type { RigTable } from "../src/face/arkit";
import { readHead, type HeadData } from "../src/face/headfile";

function generated(name: string): Buffer {
  try {
    return readFileSync(new URL(`../public/${name}`, import.meta.url));
  } catch {
    throw new Error(`public/${name} is missing: run 'python -m cstalk_live.web.build_page' first`);
  }
}

export function rigTable(): RigTable {
  return JSON.parse(generated("rig.json").toString("utf-8")) as RigTable;
}

export function headBytes(): ArrayBuffer {
  const file = generated("head.bin");
  return file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;
}

export function head(): HeadData {
  return readHead(headBytes());
}
