import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    // three.js alone is above the limit that Vite warns about.
    chunkSizeWarningLimit: 900,
  },
});
