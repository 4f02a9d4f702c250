"""Writes pictures and a sound file as an mp4 (H.264, AAC), with the ffmpeg that ``imageio-ffmpeg`` brings."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from cstalk_live.errors import OutputError, UsageError

from .render_head import Picture


class Film:
    """A file that takes shape under another name and gets its own when it is whole.

    Args:
        path: the mp4 to write; replaced if it exists.
        sound: what is heard from the first picture on; cut or filled up to the pictures' length.

    Raises:
        UsageError: imageio-ffmpeg is missing.
        OutputError: the folder cannot be written to, or (on leaving) ffmpeg failed.
    """

    def __init__(self, path: Path, sound: Path, width: int, height: int, fps: int) -> None:
        try:
            import imageio_ffmpeg
        except ModuleNotFoundError as error:
            raise UsageError(
                f"writing an mp4 needs the package '{error.name}'", "pip install 'cstalk-live[render]'"
            ) from None
        self._path = path
        self._part = path.with_name(f".{path.stem}.part.mp4")
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the film
        picture = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(fps), "-i", "-"]
        coded = ["-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "medium", "-crf", "18"]
        coded += [
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-b:a",
            "128k",
            "-af",
            "apad",
            "-shortest",
            "-movflags",
            "+faststart",
        ]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *picture, "-i", str(sound)]
            self._process = subprocess.Popen(
                [*command, *coded, str(self._part)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._said
            )
        except (OSError, RuntimeError) as error:
            self._said.close()
            raise OutputError(f"cannot write '{path}': {error}", "choose another place") from None

    def add(self, picture: Picture) -> None:
        """One picture more, bytes [height, width, 3].

        Raises:
            OutputError: ffmpeg has stopped.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(picture.tobytes())
        except OSError:
            raise OutputError(f"cannot write '{self._path}': {self._last_words()}", "choose another place") from None

    def _last_words(self) -> str:
        with suppress(OSError):  # closing flushes into a pipe that may be broken
            if self._process.stdin is not None:
                self._process.stdin.close()
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else f"ffmpeg ended with {self._process.returncode}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        words = self._last_words()
        self._said.close()
        try:
            if kind is None:
                if self._process.returncode:
                    raise OutputError(f"cannot write '{self._path}': {words}", "choose another place")
                self._part.replace(self._path)
        finally:
            with suppress(OSError):
                self._part.unlink()
