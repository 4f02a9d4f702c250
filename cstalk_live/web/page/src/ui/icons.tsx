// Inline icons, 16 x 16, drawn in the text's colour.

const PATHS = {
  undo: "M6 3 2.5 6.5 6 10M3 6.5h6a4 4 0 0 1 0 8H7",
  redo: "M10 3l3.5 3.5L10 10M13 6.5H7a4 4 0 0 0 0 8h2",
  save: "M3 2.5h8L13.5 5v8.5h-11v-11ZM5 2.5v4h5v-4M5 13.5v-4h6v4",
  refresh: "M13.5 8A5.5 5.5 0 1 1 11.7 4M13.5 2v3.5H10",
  mic: "M8 1.5a2 2 0 0 1 2 2V8a2 2 0 0 1-4 0V3.5a2 2 0 0 1 2-2ZM3.5 7.5a4.5 4.5 0 0 0 9 0M8 12v2.5",
  muted: "M8 1.5a2 2 0 0 1 2 2V8M6 6v2a2 2 0 0 0 3 1.7M3.5 7.5A4.5 4.5 0 0 0 11 11M8 12v2.5M2 2l12 12",
  pause: "M5 3v10M11 3v10",
  play: "M4.5 2.5v11l8.5-5.5Z",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  search: "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.3 10.3l3.7 3.7",
  report: "M3.5 1.5h6l3 3v10h-9v-13ZM9 1.5V5h3.5M5.5 8h5M5.5 11h5",
  trash: "M2.5 4h11M6 4V2.5h4V4M4 4l.7 9.5h6.6L12 4M6.5 6.5v4.5M9.5 6.5v4.5",
  keyboard: "M1.5 4h13v8h-13ZM4 6.5h.01M7 6.5h.01M10 6.5h.01M12 6.5h.01M4.5 9.5h7",
  target: "M8 3.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM8 1v4M8 11v4M1 8h4M11 8h4",
  compare: "M8 1.5v13M6 4H2.5v8H6M10 4h3.5v8H10",
  plus: "M8 3v10M3 8h10",
  warning: "M8 2 1.5 13.5h13ZM8 6.5v3.5M8 11.8v.01",
  reset: "M3 8a5 5 0 1 0 1.6-3.7M3 2.5V5h2.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.5"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
