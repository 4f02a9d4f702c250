"""Short sentences rich in the sounds that the filmed corpus lacks, made from a small grammar; the same for the same
seed."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from random import Random

from cstalk_live.errors import CorpusError

from .lexicon import CONTRASTS, PRONUNCIATIONS, WORDS

PATTERNS = (
    "{which} {adjective} {person} {did} {which} {adjective} {thing}",
    "{how}, {which} {person} {did} {which} {thing} {where} {which} {adjective} {thing}",
    "{which} {person} {where} {which} {thing} was {doing} {where} {which} {thing}",
    "{which} {person} and {which} {person} {did} {which} {thing}, but {which} {adjective} {thing} was {adjective}",
    "not {which} {one}, but {which} {two} was {adjective}",
    "{which} {thing} was {adjective}, {adjective} and {adjective}",
    "{how}, {which} {person} was {doing} and {doing}",
)

CANDIDATES = 16
"""Sentences drawn for each one kept."""

WANTED = frozenset({"M", "TH", "DH", "ZH", "OY", "SH", "NG", "UH", "ER", "HH", "F", "V", "B", "P"})
"""Sounds that count three times when candidates are compared."""


def words_of(text: str) -> list[str]:
    """The words of a sentence in lower case."""
    return re.findall(r"[a-z']+", text.lower())


def phones_of(text: str) -> list[str]:
    """ARPAbet without stress of a sentence made from the lexicon.

    Raises:
        KeyError: a word is not in it.
    """
    return [phone.rstrip("012") for word in words_of(text) for phone in PRONUNCIATIONS[word]]


def _draw(rng: Random) -> str:
    one, two = rng.choice(CONTRASTS)
    if rng.random() < 0.5:
        one, two = two, one
    used: set[str] = set()

    def word(match: re.Match[str]) -> str:
        kind = match[1]
        if kind in {"one", "two"}:
            return one if kind == "one" else two
        choices = [w for w in WORDS[kind] if w not in used or kind == "which"]
        chosen = rng.choice(choices)
        used.add(chosen)
        return chosen

    text = re.sub(r"\{(\w+)\}", word, rng.choice(PATTERNS))
    return text[0].upper() + text[1:] + "."


def make_sentences(count: int, seed: int = 0) -> list[str]:
    """``count`` different sentences; each is the one of several drawn whose sound pairs were rarest so far."""
    rng = Random(seed)
    heard: Counter[tuple[str, str]] = Counter()
    made: list[str] = []
    known: set[str] = set()
    while len(made) < count:
        best, best_worth = "", -1.0
        for text in (_draw(rng) for _ in range(CANDIDATES)):
            phones = ["SIL", *phones_of(text), "SIL"]
            pairs = list(pairwise(phones))
            worth = sum((3.0 if WANTED & set(pair) else 1.0) / (1 + heard[pair]) for pair in pairs) / len(pairs)
            if text not in known and worth > best_worth:
                best, best_worth = text, worth
        if best:
            made.append(best)
            known.add(best)
            phones = ["SIL", *phones_of(best), "SIL"]
            heard.update(pairwise(phones))
    return made


def read_sentences(path: Path) -> list[str]:
    """One sentence per line; empty lines and lines that begin with ``#`` are left out.

    Raises:
        CorpusError: the file cannot be read or holds no sentence.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"cannot read {path}: {error}", "give a UTF-8 file with one sentence per line") from error
    kept = [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        raise CorpusError(f"{path} holds no sentence", "write one per line")
    return kept
