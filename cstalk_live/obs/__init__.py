"""OBS Studio: a source of its own is delayed by as much as the face is, over obs-websocket 5."""
