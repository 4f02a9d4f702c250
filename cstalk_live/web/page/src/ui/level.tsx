// The level meter's picture; its behaviour is evidence/meter.

import { useEffect, useRef, useState } from "preact/hooks";
import { ERROR_DB, FLOOR_DB, WARNING_DB, placeOnBar, zoneOf } from "../evidence/meter";
import type { Room } from "../room";
import { onScreenRefresh } from "./refresh";

const WORDS = { quiet: "quiet", good: "good level", loud: "too loud", clipping: "clipped" } as const;
const SPOKEN_EVERY_MS = 1000;

export function LevelMeter({ room }: { room: Room }) {
  const bar = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState({ db: FLOOR_DB, word: "quiet", clipped: false });
  useEffect(() => {
    let spokenAt = 0;
    let loudest = FLOOR_DB;
    return onScreenRefresh((now) => {
      const { meter } = room.feed;
      meter.advance(now / 1000);
      const style = bar.current?.style;
      style?.setProperty("--peak", String(placeOnBar(meter.peakDb)));
      style?.setProperty("--hold", String(placeOnBar(meter.holdDb)));
      style?.setProperty("--magnitude", String(placeOnBar(meter.magnitudeDb)));
      loudest = Math.max(loudest, meter.peakDb);
      if (now - spokenAt > SPOKEN_EVERY_MS) {
        spokenAt = now;
        const db = Math.round(loudest);
        loudest = FLOOR_DB;
        const word = WORDS[zoneOf(db, meter.clipped)];
        setSaid((last) =>
          last.db === db && last.word === word && last.clipped === meter.clipped
            ? last
            : { db, word, clipped: meter.clipped },
        );
      }
    });
  }, [room]);
  const clear = () => {
    room.feed.meter.clearClip();
    setSaid((last) => ({ ...last, clipped: false, word: WORDS[zoneOf(last.db, false)] }));
  };
  return (
    <div class="level">
      <div
        ref={bar}
        class="level-bar"
        role="meter"
        aria-label="Microphone level"
        aria-valuemin={FLOOR_DB}
        aria-valuemax={0}
        aria-valuenow={said.db}
        aria-valuetext={`${said.db} dB, ${said.word}`}
        style={{ "--warning": placeOnBar(WARNING_DB), "--error": placeOnBar(ERROR_DB) }}
      >
        <div class="level-fill" />
        <div class="level-magnitude" />
        <div class="level-hold" />
      </div>
      <button type="button" class={`clip ${said.clipped ? "on" : ""}`} onClick={clear} disabled={!said.clipped}>
        {said.clipped ? "CLIP ×" : "clip"}
      </button>
      <div class="level-scale" aria-hidden="true">
        {[-60, -40, -20, -9, 0].map((db) => (
          <span key={db} style={{ left: `${100 * placeOnBar(db)}%` }}>
            {db}
          </span>
        ))}
      </div>
      <p class="level-word">
        peak {said.db} dB, {said.word}
      </p>
    </div>
  );
}
