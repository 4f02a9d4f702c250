"""Serves the control room: looks at a running face and steers it; nothing of the face depends on it."""
