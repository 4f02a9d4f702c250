// The sound of the last seconds. The face is drawn for the line; the sound to its right has been heard but not shown yet:
// that is the look-ahead.

import { useEffect, useRef } from "preact/hooks";
import { WAVE_SECONDS } from "../evidence/feed";
import type { Room } from "../room";
import { onScreenRefresh } from "./refresh";

const COLUMNS_A_SECOND = 480;

export function Wave({ room }: { room: Room }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let drawn = -1;
    return onScreenRefresh(() => {
      if (room.feed.frames === drawn || !canvas.current) return;
      drawn = room.feed.frames;
      draw(canvas.current, room);
    });
  }, [room]);
  room.status.value; // asks for the look-ahead again five times a second
  const frames = room.feed.newest?.lookahead ?? 0;
  const ms = Math.round((frames * 1000) / 60);
  return (
    <figure class="wave">
      <canvas ref={canvas} role="img" aria-label={`Sound of the last ${WAVE_SECONDS} seconds; look-ahead ${ms} ms`} />
      <figcaption>
        <span>{WAVE_SECONDS} s of sound</span>
        <span class="wave-ahead">look-ahead {ms} ms</span>
      </figcaption>
    </figure>
  );
}

function draw(canvas: HTMLCanvasElement, room: Room): void {
  const ratio = Math.min(2, window.devicePixelRatio);
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const pen = canvas.getContext("2d");
  if (!pen || width === 0) return;
  const { wave, newest } = room.feed;
  const style = getComputedStyle(canvas);
  const columns = WAVE_SECONDS * COLUMNS_A_SECOND;
  const ahead = ((newest?.lookahead ?? 0) * 8 * width) / columns;
  pen.clearRect(0, 0, width, height);
  pen.fillStyle = style.getPropertyValue("--ahead");
  pen.fillRect(width - ahead, 0, ahead, height);
  pen.fillStyle = style.getPropertyValue("--wave");
  const each = columns / width;
  for (let x = 0; x < width; x++) {
    let low = 0;
    let high = 0;
    const from = Math.floor((width - 1 - x) * each);
    for (let age = from; age < from + each && age < wave.length; age++) {
      low = Math.min(low, wave.at(age, 0));
      high = Math.max(high, wave.at(age, 1));
    }
    // Quiet sound is drawn larger than it is: speech at -30 dB is to be seen as well.
    const top = high ** 0.7 * 0.48 * height;
    const bottom = (-low) ** 0.7 * 0.48 * height;
    pen.fillRect(x, height / 2 - top, 1, Math.max(1, top + bottom));
  }
  pen.fillStyle = style.getPropertyValue("--accent");
  pen.fillRect(Math.round(width - ahead) - ratio, 0, ratio, height);
}
