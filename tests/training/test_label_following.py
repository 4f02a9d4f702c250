"""Lips and teeth against phone labels, on tracks whose answer is known."""

import numpy as np
import pytest

pytest.importorskip("scipy", reason="scipy is not installed (pip install 'cstalk-live[train]')")

from cstalk_live.rig import BOARD_NEUTRAL
from cstalk_live.training.label_following import LabelScores
from cstalk_live.training.labiodental import BITE, CONTACT, FULL, Contacts
from cstalk_live.training.phones import hidden_controls
from cstalk_live.training.track_measures import centres

T = centres(180, 60.0)
PHONES = [
    (0.0, 0.5, "SIL"),
    (0.5, 0.6, "F"),
    (0.6, 1.0, "AA"),
    (1.0, 1.1, "M"),
    (1.1, 1.5, "IY"),
    (1.5, 1.6, "V"),
    (1.6, 2.0, "AY"),
    (2.0, 3.0, "SIL"),
]
EXPECTED = {"SIL": 0.002, "F": 0.06, "AA": 0.12, "M": 0.01, "IY": 0.07, "V": 0.08, "AY": 0.11}


def gap_of(levels: dict[str, float]) -> np.ndarray:
    gap = np.zeros(len(T))
    for start, end, phone in PHONES:
        gap[(start <= T) & (end > T)] = levels[phone]
    return gap


def test_lips_that_do_what_the_labels_say() -> None:
    scores = LabelScores(EXPECTED)
    scores.add(gap_of(EXPECTED), PHONES)
    row = scores.result()
    assert row["recall"] == row["precision"] == row["opening recall"] == 1.0
    assert row["follows labels r"] == pytest.approx(1.0)
    assert (row["clips"], row["bilabials"], row["low vowels"]) == (1.0, 1.0, 2.0)


def test_lips_that_do_half_of_it() -> None:
    scores = LabelScores(EXPECTED)
    scores.add(gap_of({**EXPECTED, "M": 0.05, "AY": 0.04}), PHONES)
    row = scores.result()
    assert row["recall"] == 0.0
    assert np.isnan(row["precision"]), "lips that never shut have no precision"
    assert row["opening recall"] == 0.5
    assert row["follows labels r"] < 0.9


def test_lips_that_do_the_opposite_and_lips_that_do_nothing() -> None:
    scores = LabelScores(EXPECTED)
    scores.add(0.13 - gap_of(EXPECTED), PHONES)
    assert scores.result()["follows labels r"] == pytest.approx(-1.0)
    still = LabelScores(EXPECTED)
    still.add(np.full(len(T), 0.05), PHONES)
    assert np.isnan(still.result()["follows labels r"])


def test_the_rate_of_a_track_does_not_matter() -> None:
    slow = LabelScores(EXPECTED)
    slow.add(np.interp(centres(75, 25.0), T, gap_of(EXPECTED)), PHONES, 25.0)
    assert slow.result()["recall"] == 1.0
    assert slow.result()["opening recall"] == 1.0


def test_the_phone_rule_makes_contact_on_f_and_v_and_nowhere_else() -> None:
    board = BOARD_NEUTRAL + hidden_controls(PHONES, len(T))
    assert CONTACT < board[:, BITE].max() < FULL, "0.1 s is too short for all of it"
    contacts = Contacts()
    contacts.count(board, PHONES)
    assert contacts.ratios() == {"recall": 1.0, "precision": 1.0}


def test_contact_elsewhere_costs_precision_and_none_costs_recall() -> None:
    board = np.repeat(BOARD_NEUTRAL[None], len(T), axis=0)
    board[:, BITE] = np.where((T > 1.2) & (T < 1.3), CONTACT + 0.1, 0.0)[:, None]
    board[:, BITE] += np.where((T > 0.5) & (T < 0.55), CONTACT + 0.1, 0.0)[:, None]
    contacts = Contacts()
    contacts.count(board, PHONES)
    # The F begins at the end of a silence, where nobody can tell rest from contact: it counts for recall alone.
    assert contacts.ratios() == {"recall": 0.5, "precision": 0.0}
