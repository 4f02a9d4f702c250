// One drawing loop for everything that moves: face, meter and waveform change in the same refresh, so that the browser
// composes the page once for all of them. Where the processor draws, that happens 15 times a second at most.

type Draw = (now: number) => void;

const drawers = new Set<Draw>();
let pauseMs = 0;
let last = 0;

/** No more refreshes than one every `ms`. */
export function limitRefresh(ms: number): void {
  pauseMs = ms;
}

/** How often plots and lists of numbers change, ms. */
export function plotPause(): number {
  return pauseMs > 0 ? 400 : 100;
}

function tick(now: number): void {
  if (drawers.size > 0) requestAnimationFrame(tick);
  // Refreshes come a little early or late: half of one at 60 Hz is forgiven.
  if (now - last < pauseMs - 8) return;
  last = now;
  for (const draw of drawers) draw(now);
}

/** Call `draw` at screen refreshes until the returned function is called. A hidden tab is not refreshed. */
export function onScreenRefresh(draw: Draw): () => void {
  drawers.add(draw);
  if (drawers.size === 1) requestAnimationFrame(tick);
  return () => drawers.delete(draw);
}
