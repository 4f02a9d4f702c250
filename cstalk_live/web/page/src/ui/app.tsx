// The three views: the whole room, the face alone (an OBS source), the controls alone (an OBS dock).

import type { Signal } from "@preact/signals";
import type { FaceShow } from "../face/show";
import type { Room } from "../room";
import type { EmotionKeys } from "../steer/keys";
import type { View } from "../wire/address";
import { EmotionPanel } from "./emotion";
import { Evidence } from "./evidence";
import { FaceCanvas, FacePanel } from "./face";
import { Header } from "./header";
import { Icon } from "./icons";
import { InputPanel } from "./input";
import { PresetPanel, RegionPanel } from "./shape";
import { Wave } from "./wave";

export interface AppProps {
  room: Room;
  show: FaceShow;
  keys: EmotionKeys;
  active: Signal<number | null>;
  view: View;
}

export function App(props: AppProps) {
  const { room, show, keys, active, view } = props;
  if (view.name === "face") {
    return (
      <main>
        <FaceCanvas room={room} show={show} />
      </main>
    );
  }
  const steering = (
    <>
      <InputPanel room={room} />
      <EmotionPanel room={room} keys={keys} active={active} />
      <RegionPanel room={room} />
      <PresetPanel room={room} />
    </>
  );
  return (
    <div class={`room ${view.name}`}>
      <a class="skip" href="#steering">
        To the controls
      </a>
      <Header room={room} />
      <Banners room={room} />
      <main class="columns">
        <div class="column" id="steering" tabIndex={-1}>
          {steering}
        </div>
        {view.name === "room" && (
          <div class="middle">
            <FacePanel room={room} show={show} />
            <Wave room={room} />
          </div>
        )}
        <div class="column">
          <Evidence room={room} />
        </div>
      </main>
      <Toasts room={room} />
    </div>
  );
}

function Banners({ room }: { room: Room }) {
  return (
    <div class="banners" role="alert">
      {room.banners.value.map((banner) => (
        <p key={banner.id} class={`banner ${banner.level}`}>
          <Icon name="warning" /> {banner.text}
        </p>
      ))}
    </div>
  );
}

function Toasts({ room }: { room: Room }) {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {room.toasts.value.map((toast) => (
        <p key={toast.id} class={`toast ${toast.level}`}>
          <span>{toast.text}</span>
          <button type="button" class="button quiet" aria-label="Dismiss" onClick={() => room.dismiss(toast.id)}>
            <Icon name="close" />
          </button>
        </p>
      ))}
    </div>
  );
}
