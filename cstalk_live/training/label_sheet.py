"""The table of how lips follow phone labels, filmed voices and others alike."""

from __future__ import annotations

from collections.abc import Sequence

from .look_ahead import Report, milliseconds
from .sheet import Sheet, number, percent
from .targets import share_of_main
from .validation_clips import MAIN, NAMES, UNFILMED_FOLDER


def label_sheet(report: Report, delays: Sequence[str]) -> Sheet:
    """Every look-ahead of the main speaker and of unfilmed voices, and the film itself."""
    shares = ("recall", "precision", "opening recall")
    rows = []
    for delay in delays:
        found = report["labels"][delay]
        for name, row in found.items():
            cells = (*(number(row[key]) for key in shares), number(row["follows labels r"]))
            counts = f"{row['bilabials']:.0f} / {row['low vowels']:.0f}"
            rows.append((milliseconds(delay), f"{NAMES.get(name, name)}, {row['clips']:.0f} clips", *cells, counts))
        if {MAIN, UNFILMED_FOLDER} <= found.keys():
            cells = tuple(percent(share_of_main(report, delay, key)) for key in (*shares, "follows labels r"))
            rows.append((milliseconds(delay), "unfilmed as a share of the main speaker", *cells, ""))
    if rows and MAIN in report["labels"][delays[0]]:
        film = report["film_follows_labels"]
        cells = (*(number(film[key]) for key in shares), number(film["follows labels r"]))
        rows.append(("film", f"{MAIN}, measured lips", *cells, f"{film['bilabials']:.0f} / {film['low vowels']:.0f}"))
    note = (
        "Against phone labels alone, the same way for voices with a picture and without. Closures: labelled B P M on "
        "which the gap is below 0.025 eye distances within a picture frame, and closures that touch one. Openings: AE "
        "AA AY AW on which it passes 0.09. Follows labels: correlation of the gap at the middle of each phone with the "
        "main speaker's median gap for that phone in training. LibriSpeech labels were made by a machine."
    )
    columns = (
        "look-ahead",
        "voices",
        "B P M closed",
        "precision",
        "low vowels open",
        "follows labels r",
        "B P M / low vowels",
    )
    return Sheet("Lips against phone labels", note, columns, tuple(rows), 2)
