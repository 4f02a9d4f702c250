"""What a clip of a face shows: 60 poses a second and the sound that belongs to them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cstalk_live.errors import CorpusError, OutputError, UsageError
from cstalk_live.output.take_info import LIVELINK_FILE, SOUND_FILE
from cstalk_live.records import FloatArray
from cstalk_live.rig.arkit import ARKIT_NAMES, ARKIT_SHAPES

from .face_mesh import shape_weights


@dataclass(frozen=True, slots=True)
class Motion:
    """One face over time."""

    label: str
    weights: FloatArray
    """float32 [n, 52] ARKit shapes, 60 a second from the first sample of the sound on."""


def emotion_mixes(text: str, known: Sequence[str]) -> dict[str, dict[str, float]]:
    """Mixes by label: ``all``, names (``happy,sad``: one face each) or one mix (``happy=0.7,sad=0.1``).

    Raises:
        UsageError: an emotion that the model does not know, or a weight that is none.
    """
    from cstalk_live.emotion import parse_mix

    if text == "all":
        return {name: {name: 1.0} for name in known}
    if "=" in text:
        return {text: parse_mix(text, known)}
    return {name: parse_mix(f"{name}=1", known) for name in (part.strip() for part in text.split(","))}


def spoken(
    sound: Path, emotions: str, bundle: str | None, lookahead_ms: float | None, *, anyway: bool = False
) -> list[Motion]:
    """The face that a model gives to a sound file, once for each of the emotions, as ``bake`` would write it.

    Raises:
        AudioError, BundleError, UsageError: the sound, the model or an emotion cannot be used.
    """
    from cstalk_live.assembly import make_session
    from cstalk_live.audio.file import FileSource
    from cstalk_live.baking import frames_of, refuse_flaws
    from cstalk_live.config.load import Flag, load_settings
    from cstalk_live.model.bundle import load_bundle

    known = load_bundle(Path(bundle) if bundle else None).meta.emotions
    given = [("--bundle", ("model", "bundle"), bundle), ("--lookahead", ("model", "lookahead_ms"), lookahead_ms)]
    flags = [Flag(*one) for one in given if one[2] is not None]
    motions = []
    for label, mix in emotion_mixes(emotions, known).items():
        settings = load_settings(None, [*flags, Flag("--emotion", ("emotion", "mix"), mix)])
        source = FileSource(sound, paced=False)
        if not anyway:
            refuse_flaws(source)
        with source:
            boards = [frame.board for frame in frames_of(source, make_session(settings.config).session)]
        motions.append(Motion(label, shape_weights(np.stack(boards))))
    return motions


def recorded(take: Path) -> tuple[Motion, Path]:
    """A take's face and its sound.

    Raises:
        UsageError: the folder holds no take, or its table cannot be read.
    """
    table, sound = take / LIVELINK_FILE, take / SOUND_FILE
    try:
        with table.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            weights = [[float(row[name]) for name in ARKIT_NAMES[:ARKIT_SHAPES]] for row in rows]
    except OSError as error:
        raise UsageError(
            f"'{take}' is no take: {error.strerror or error} ({table.name})", "name a take's folder"
        ) from None
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"'{table}' is damaged: {error}", "name another take") from None
    if not weights or not sound.is_file():
        raise UsageError(f"'{take}' has no {'frames' if sound.is_file() else SOUND_FILE}", "name another take")
    return Motion(take.name, np.array(weights, np.float32)), sound


def tracked(sound: Path) -> Motion:
    """The tracked motion of a corpus clip, named by its sound file ``<corpus>/<folder>/audio/<clip>.flac``. Needs the
    extra ``train``.

    Raises:
        CorpusError: the file lies in no corpus folder, or its clip was not filmed.
    """
    from .corpus import blendshape_names, read_corpus
    from .region_correlation import real_motion

    folder = sound.resolve().parent.parent
    if not (folder / "clips.tsv").is_file():
        raise CorpusError(
            f"'{sound}' is no clip of a corpus", "name a file in the folder audio of one, or leave --compare out"
        )
    clips = list(read_corpus(folder.parent, (folder.name,)))
    here = next((clip for clip in clips if clip.name == sound.stem), None)
    if here is None or here.face is None:
        raise CorpusError(f"the clip '{sound.stem}' was not filmed", "name one of a folder with motion.npz")
    # A mouth is measured in its owner's sizes, which takes all clips of that person.
    group = [here, *(c for c in clips if c.speaker == here.speaker and c.face is not None and c is not here)]
    return Motion("tracked", shape_weights(real_motion(group, blendshape_names(folder.parent))[0]))


def same_length(motions: Sequence[Motion]) -> list[Motion]:
    """All as long as the shortest.

    Raises:
        OutputError: there is nothing to show.
    """
    frames = min((len(motion.weights) for motion in motions), default=0)
    if not frames:
        raise OutputError("there is no frame to draw", "give a sound of some length")
    return [Motion(motion.label, motion.weights[:frames]) for motion in motions]
