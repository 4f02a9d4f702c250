"""Phonetic symbols (IPA) of English to the 39 ARPAbet phones."""

from __future__ import annotations

_MARKS = str.maketrans("", "", ":ˈˌːˑ͡‿.'ʲʰ̩̯̥̬̃̆̚")
"""Stress, length, ties and diacritics that do not change which of the 39 phones a symbol is."""

SYMBOLS: dict[str, tuple[str, ...]] = {
    "p": ("P",), "b": ("B",), "t": ("T",), "d": ("D",), "k": ("K",), "g": ("G",), "ɡ": ("G",), "m": ("M",),
    "n": ("N",), "ŋ": ("NG",), "f": ("F",), "v": ("V",), "θ": ("TH",), "ð": ("DH",), "s": ("S",), "z": ("Z",),
    "ʃ": ("SH",), "ʒ": ("ZH",), "h": ("HH",), "ɦ": ("HH",), "tʃ": ("CH",), "ʧ": ("CH",), "dʒ": ("JH",),
    "ʤ": ("JH",), "l": ("L",), "ɫ": ("L",), "ɹ": ("R",), "r": ("R",), "ɻ": ("R",), "j": ("Y",), "w": ("W",),
    "ʍ": ("W",), "ɾ": ("T",),
    "i": ("IY",), "ɪ": ("IH",), "ᵻ": ("IH",), "ɨ": ("IH",), "e": ("EH",), "ɛ": ("EH",), "æ": ("AE",), "a": ("AE",),
    "ɑ": ("AA",), "ɒ": ("AA",), "ɔ": ("AO",), "o": ("OW",), "ʊ": ("UH",), "u": ("UW",), "ʉ": ("UW",), "ʌ": ("AH",),
    "ɐ": ("AH",), "ə": ("AH",), "ɜ": ("ER",), "ɝ": ("ER",), "ɚ": ("ER",), "ɜɹ": ("ER",), "əɹ": ("ER",),
    "aɪ": ("AY",), "ɑɪ": ("AY",), "aʊ": ("AW",), "eɪ": ("EY",), "oʊ": ("OW",), "əʊ": ("OW",), "ɔɪ": ("OY",),
    "ɪə": ("IH", "AH"), "iə": ("IY", "AH"), "eə": ("EH", "AH"), "ɛə": ("EH", "AH"), "ʊə": ("UH", "AH"),
    "aɪə": ("AY", "AH"), "aɪɚ": ("AY", "ER"), "aʊə": ("AW", "AH"), "əl": ("AH", "L"), "ju": ("Y", "UW"),
    "ɑɹ": ("AA", "R"), "ɔɹ": ("AO", "R"), "oɹ": ("AO", "R"), "ɛɹ": ("EH", "R"), "eɹ": ("EH", "R"), "ɪɹ": ("IH", "R"),
    "iɹ": ("IH", "R"), "ʊɹ": ("UH", "R"), "aɪɹ": ("AY", "R"), "aʊɹ": ("AW", "R"),
    "ʌʉ": ("AW",), "ʌɹ": ("ER",), "ʉɹ": ("UH", "R"), "x": ("K",),
}  # fmt: skip


def to_arpabet(symbol: str) -> tuple[str, ...] | None:
    """The phones of one symbol as an engine or a recogniser writes it; empty for what is no sound of its own (stress,
    glottal stop), ``None`` for a symbol that English does not have."""
    plain = symbol.translate(_MARKS).replace("̃", "")
    if plain in {"", "ʔ", "ˀ"}:
        return ()
    return SYMBOLS.get(plain)
