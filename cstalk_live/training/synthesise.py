"""Synthetic voices with exact phone times as a corpus folder: ``cstalk-live corpus synthesise``.

A recipe takes the folder by ``extra_unfilmed: [FOLDER]``; the phone teacher gives it motion. Voices are either for
training or for validation, never both.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import track

from cstalk_live.errors import CorpusError, UsageError

from .corpus_write import CorpusWriter
from .espeak_voices import EspeakEngine
from .flite_voices import FliteEngine
from .kokoro_voices import KokoroEngine
from .sentences import make_sentences, read_sentences
from .timing import Timing, measure_timing
from .utterance import Engine, Utterance, Voice

ENGINES: dict[str, type[Engine]] = {"flite": FliteEngine, "espeak": EspeakEngine, "kokoro": KokoroEngine}

TIMED = 40
"""Clips of each engine whose timing is measured."""


def start_engines(names: Sequence[str], demanded: bool, console: Console) -> dict[str, Engine]:
    """Start the engines that are installed.

    Args:
        demanded: the user named them, so none may be absent.

    Raises:
        CorpusError: one that is demanded is absent, or all are.
    """
    started: dict[str, Engine] = {}
    absent: list[CorpusError] = []
    for name in names:
        try:
            started[name] = ENGINES[name]()
        except CorpusError as error:
            absent.append(error)
    if absent and (demanded or not started):
        raise absent[0]
    for reason in absent:
        console.print(f"left out: {reason}", highlight=False, markup=False, soft_wrap=True)
    return started


def choose_voices(wanted: str, console: Console) -> list[tuple[Engine, Voice]]:
    """Voices by engine (``flite``) or by name (``espeak:en-us+f3``), separated by commas; all that are installed if
    empty.

    Raises:
        UsageError: there is no such engine or voice.
        CorpusError: an engine is not installed.
    """
    items = [item.strip() for item in wanted.split(",") if item.strip()]
    names = list(dict.fromkeys(item.partition(":")[0] for item in items)) or list(ENGINES)
    unknown = [name for name in names if name not in ENGINES]
    if unknown:
        raise UsageError(f"no speech engine {unknown[0]!r}", f"known are {', '.join(ENGINES)}")
    engines = start_engines(names, bool(items), console)
    voices = {voice.label: (engine, voice) for engine in engines.values() for voice in engine.voices()}
    if not items:
        return list(voices.values())
    chosen: dict[str, tuple[Engine, Voice]] = {}
    for item in items:
        found = {label: pair for label, pair in voices.items() if item in {label, pair[1].engine}}
        if not found:
            raise UsageError(f"no voice {item!r}", f"voices are, for example, {', '.join(list(voices)[:4])}")
        chosen.update(found)
    return list(chosen.values())


def _cpu() -> float:
    """Processor seconds of this process and of the programs it ran (which Windows does not count)."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def synthesise(
    out: Path, voices: str = "", sentences: Path | None = None, limit: int = 400, seed: int = 0
) -> dict[str, dict[str, float]]:
    """Let voices read sentences into a corpus folder.

    The clips go round the voices; each reads other sentences than the rest as long as there are enough.

    Args:
        voices: see :func:`choose_voices`.
        sentences: file with one sentence per line; our own grammar's if left out.
        limit: clips in all.

    Returns:
        By engine: clips, minutes, processor seconds per minute of sound, and the fields of :class:`Timing`.

    Raises:
        CorpusError: no engine is installed, the folder is not empty, or no sentence could be said.
        UsageError: there is no such voice.
    """
    console = Console(stderr=True)
    chosen = choose_voices(voices, console)
    texts = make_sentences(limit, seed) if sentences is None else read_sentences(sentences)
    writer = CorpusWriter(out)
    spoken: dict[str, list[Utterance]] = {}
    seconds: dict[str, float] = {}
    cost: dict[str, float] = {}
    refused: list[CorpusError] = []
    for k in track(range(limit), "speaking", console=console):
        engine, voice = chosen[k % len(chosen)]
        # Shifted by one on each round through the sentences, so that a voice does not meet the same ones again.
        text = texts[(k + k // len(texts)) % len(texts)]
        before = _cpu()
        try:
            speech = engine.speak(text, voice)
        except CorpusError as error:
            refused.append(error)
            continue
        cost[voice.engine] = cost.get(voice.engine, 0.0) + _cpu() - before
        seconds[voice.engine] = seconds.get(voice.engine, 0.0) + speech.seconds
        kept = spoken.setdefault(voice.engine, [])
        kept.append(speech if len(kept) < TIMED else Utterance(speech.samples[:0], ()))
        speaker = f"{voice.engine}-{voice.name}".replace("+", "-").replace(" ", "-")
        writer.add(f"{speaker}-{k:05d}", speaker, speech, sex=voice.sex, split=voice.split, transcript=text)
    if not spoken:
        raise refused[0]
    if refused:
        console.print(
            f"{len(refused)} clips left out, the first because {refused[0].what}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
    writer.close()
    summary: dict[str, dict[str, float]] = {}
    for name, clips in spoken.items():
        timing = measure_timing([(s.samples, s.phones) for s in clips if s.phones])
        summary[name] = {
            "clips": len(clips),
            "minutes": seconds[name] / 60,
            "sound_per_cpu": seconds[name] / max(cost[name], 1e-6),
            **{field: getattr(timing, field) for field in Timing.__slots__},
        }
    _print_summary(summary, console)
    console.print(
        f"wrote {out}; a recipe takes it as extra_unfilmed: [{out}]", highlight=False, markup=False, soft_wrap=True
    )
    return summary


def _print_summary(summary: dict[str, dict[str, float]], console: Console) -> None:
    for name, row in summary.items():
        console.print(
            f"{name}: {row['clips']:.0f} clips, {row['minutes']:.1f} min, {row['sound_per_cpu']:.1f} s of sound per "
            f"processor second; sound after label: vowels {row['vowel_lag_ms']:+.0f} ms (r {row['vowel_r']:.2f}), "
            f"sibilants {row['sibilant_lag_ms']:+.0f} ms (r {row['sibilant_r']:.2f}); silence {row['silence_db']:.0f} "
            f"dB, stops {row['closure_db']:.0f} dB against vowels",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
