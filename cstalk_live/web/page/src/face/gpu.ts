// What draws WebGL here: a graphics card, or the processor.

import type { Detail } from "./surface";

/** Renderer strings of Chromium's, Mesa's and Windows' software rendering. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|lavapipe|basic render|software rasterizer/i;

export const LITE_FPS = 15;
/** Pixels of the picture at most where the processor draws; the browser enlarges it. */
export const LITE_PIXELS = 200_000;

export function detailFor(renderer: string): Detail {
  return SOFTWARE.test(renderer) ? "lite" : "full";
}

/**
 * The renderer's name, "" where the browser keeps it to itself; found with a canvas of its own, because what the face's
 * canvas may ask for depends on it.
 *
 * @throws Error where there is no WebGL.
 */
export function probeRenderer(): string {
  const gl = document.createElement("canvas").getContext("webgl2");
  if (!gl) throw new Error("no WebGL");
  const extension = gl.getExtension("WEBGL_debug_renderer_info");
  const name: unknown = gl.getParameter(extension ? extension.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
  gl.getExtension("WEBGL_lose_context")?.loseContext();
  return typeof name === "string" ? name : "";
}
