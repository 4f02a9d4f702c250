"""eSpeak NG's voices: formant synthesis in many timbres and accents, with an event for each phone.

The library is called directly (``speak_lib.h`` of eSpeak NG 1.51): the program of the same name prints no times.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from cstalk_live.errors import CorpusError
from cstalk_live.records import FloatArray

from .corpus import Phone
from .ipa import to_arpabet
from .timing import VOWELS
from .utterance import LONGEST, Utterance, Voice, finish, starting_earlier

INSTALL = "apt-get install espeak-ng, or pip install espeakng-loader"

ACCENTS = ("en-us", "en-gb-x-rp", "en", "en-gb-scotland")

MEN = (
    "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "Andy", "Denis", "Diogo", "Hugo", "Jacky", "Lee", "Marco",
    "Mario", "Michael", "Mike", "adam", "antonio", "benjamin", "boris", "caleb", "david", "ed", "edward", "grandpa",
    "gustave", "iven", "john", "marcelo", "max", "michel", "miguel", "norbert", "pablo", "paul", "pedro", "quincy",
    "rob", "robert", "sandro", "travis", "victor",
)  # fmt: skip
WOMEN = ("f1", "f2", "f3", "f4", "f5", "Annie", "anika", "belinda", "grandma", "linda", "shelby", "steph")
"""Variants that sound like people; robots, croaks and whispers are left out."""

WORDS_A_MINUTE = 160

_GLIDING = frozenset({"L", "R", "W", "Y"})
_NASAL = frozenset({"M", "N", "NG"})


def lateness(before: str, after: str) -> float:
    """Seconds by which eSpeak's event comes after the sound where it glides into or out of a sonorant: the medians
    against forced alignment, less those of voices with exact times (12 ms at a nasal, 3 ms else)."""
    if after in VOWELS:
        return 0.028 if before in _NASAL else 0.017 if before in _GLIDING else 0.0
    return 0.016 if after in _GLIDING and before in VOWELS else 0.0


_RETRIEVE, _EVENTS, _IPA, _NO_EXIT = 2, 1 << 0, 1 << 1, 1 << 15
_UTF8 = 1
_RATE = 1
_END_OF_LIST, _PHONEME = 0, 7


class _Id(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
        ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p), ("id", _Id),
    )  # fmt: skip


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))

PhoneEvent = tuple[int, str]
"""First sample, IPA symbol (empty in a pause)."""


def events_to_phones(events: Sequence[PhoneEvent], samples: int, rate: int) -> list[Phone]:
    """Phones that tile ``samples``; a symbol that stands for two phones is cut in the middle.

    Raises:
        CorpusError: a symbol is not English.
    """
    phones: list[Phone] = [(0.0, events[0][0] / rate if events else samples / rate, "SIL")]
    ends = [start for start, _symbol in events[1:]] + [samples]
    for (start, symbol), end in zip(events, ends, strict=True):
        names = to_arpabet(symbol) if symbol else ("SIL",)
        if names is None:
            raise CorpusError(f"eSpeak said the symbol {symbol!r}, which is no English phone", "try another voice")
        if not names:  # a glottal stop lengthens what came before
            before, _, phone = phones[-1]
            phones[-1] = (before, end / rate, phone)
        for i, name in enumerate(names):
            step = (end - start) / len(names)
            phones.append(((start + i * step) / rate, (start + (i + 1) * step) / rate, name))
    return phones


@lru_cache(maxsize=1)
def _library() -> tuple[ctypes.CDLL, int, Path]:
    """The library, its rate and its data folder; it can be started only once in a process."""
    data = None
    name = ctypes.util.find_library("espeak-ng")
    if name is None:
        try:
            loader = importlib.import_module("espeakng_loader")
        except ModuleNotFoundError:
            raise CorpusError("eSpeak NG is not installed", INSTALL) from None
        name, data = str(loader.get_library_path()), str(loader.get_data_path()).encode()
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise CorpusError(f"cannot load {name}: {error}", INSTALL) from error
    rate = int(library.espeak_Initialize(_RETRIEVE, 0, data, _EVENTS | _IPA | _NO_EXIT))
    if rate <= 0:
        raise CorpusError("eSpeak NG does not find its data", INSTALL)
    library.espeak_Info.restype = ctypes.c_char_p
    folder = ctypes.c_char_p()
    library.espeak_Info(ctypes.byref(folder))
    return library, rate, Path((folder.value or b"").decode())


class EspeakEngine:
    """Speaks with eSpeak NG.

    Raises:
        CorpusError: the library is not installed.
    """

    def __init__(self) -> None:
        self._library, self._rate, self._data = _library()
        self._blocks: list[FloatArray] = []
        self._events: list[PhoneEvent] = []
        self._heard = _CALLBACK(self._take)
        self._voice = ""

    def voices(self) -> list[Voice]:
        """One voice for each variant that is installed, the accents in turn; every eighth is for validation."""
        timbres = [(name, "M") for name in MEN] + [(name, "F") for name in WOMEN]
        folder = self._data / "voices" / "!v"
        present = [(name, sex) for name, sex in timbres if (folder / name).is_file()]
        return [
            Voice("espeak", f"{ACCENTS[i % len(ACCENTS)]}+{name}", sex, "val" if i % 8 == 3 else "train")
            for i, (name, sex) in enumerate(present)
        ]

    def _take(self, samples: Any, count: int, events: Any) -> int:
        if samples and count:
            block = np.ctypeslib.as_array(samples, (count,)).astype(np.float32) / 32768.0
            self._blocks.append(block)
        i = 0
        while events[i].type != _END_OF_LIST:
            if events[i].type == _PHONEME:
                self._events.append((events[i].sample, events[i].id.string.decode("utf-8", "replace")))
            i += 1
        return 0

    def speak(self, text: str, voice: Voice) -> Utterance:
        """Say a sentence.

        Raises:
            CorpusError: the voice is absent or says a sound that English does not have.
        """
        if voice.name != self._voice:
            if self._library.espeak_SetVoiceByName(voice.name.encode()):
                raise CorpusError(f"eSpeak NG has no voice {voice.name}", INSTALL)
            self._library.espeak_SetParameter(_RATE, WORDS_A_MINUTE, 0)
            self._voice = voice.name
        self._library.espeak_SetSynthCallback(self._heard)
        self._blocks.clear()
        self._events.clear()
        spoken = text.encode("utf-8")
        self._library.espeak_Synth(spoken, len(spoken) + 1, 0, 1, 0, _UTF8, None, None)
        self._library.espeak_Synchronize()
        sound = np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.float32)
        if not 0.1 < len(sound) / self._rate < LONGEST:
            raise CorpusError(f"eSpeak NG made {len(sound) / self._rate:.1f} s of {text!r}", "give it a sentence")
        phones = events_to_phones(self._events, len(sound), self._rate)
        return finish(sound, self._rate, starting_earlier(phones, lateness))
