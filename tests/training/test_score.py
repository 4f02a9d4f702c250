"""The measures: known answers, and agreement with the data set's own definition where that is at hand."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from cstalk_live.errors import CorpusError
from cstalk_live.training.corpus import find_corpus
from cstalk_live.training.score import Closures, Scores, centres, lag_ms, stillness

T25, T60 = centres(75, 25.0), centres(180, 60.0)
PHONES = [
    (0.0, 0.5, "SIL"),
    (0.5, 0.6, "B"),
    (0.6, 1.2, "AA"),
    (1.2, 1.3, "M"),
    (1.3, 2.2, "IY"),
    (2.2, 3.0, "SIL"),
]


def wave(t: np.ndarray) -> np.ndarray:
    return 0.08 + 0.05 * np.sin(2 * np.pi * 1.3 * t) + 0.02 * np.sin(2 * np.pi * 3.1 * t)


@pytest.mark.parametrize("late_ms", [-60, 0, 45, 120])
def test_lag_is_found(late_ms: int) -> None:
    assert lag_ms([wave(T25)], [2 * wave(T60 - late_ms / 1000) + 1]) == pytest.approx(late_ms, abs=3)


def test_closures_are_counted() -> None:
    reference = np.full(75, 0.1)
    reference[13:15] = 0.01  # 0.52-0.6 s: the B; the M stays open
    predicted = np.full(180, 0.1)
    predicted[31:36] = 0.0  # on the B
    predicted[100:104] = 0.0  # in the IY: wrong
    count = Closures()
    count.count(predicted, PHONES, reference)
    assert count.ratios() == {"recall": 0.5, "recall_given_ref": 1.0, "precision": 0.5, "precision_ref": 0.5}


def test_stillness_looks_at_the_inside_of_silences_only() -> None:
    moving = np.where((T60 > 0.1) & (T60 < 0.4), T60, 0.25)
    total, frames = stillness(moving, PHONES)
    assert frames > 20
    assert total / frames == pytest.approx(1.0, rel=0.15) or total / frames < 1.2
    assert stillness(np.zeros(180), PHONES)[0] == 0.0


def test_agreement_with_the_data_sets_own_scorer() -> None:
    try:
        data = find_corpus(None, Path(__file__).resolve().parents[2])
    except CorpusError as error:
        pytest.skip(str(error))
    tool = data.parent / "tools" / "score_motion.py"
    if not tool.is_file():
        pytest.skip(f"the data set's scorer is not at {tool}")
    spec = importlib.util.spec_from_file_location("score_motion", tool)
    assert spec is not None
    assert spec.loader is not None
    theirs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(theirs)
    rng = np.random.default_rng(1)
    ours, refs, preds, phones = Scores(), {}, {}, {}
    for i in range(6):
        shift = rng.uniform(0, 3)
        measured = np.clip(wave(T25 + shift) + 0.01 * rng.standard_normal(75) - 0.05, 0, None)
        predicted = np.clip(0.8 * wave(T60 + shift - 0.03) + 0.01 * rng.standard_normal(180) - 0.03, 0, None)
        refs[str(i)] = (T25, {"lip_aperture": measured})
        preds[str(i)] = (T60, {"lip_aperture": predicted})
        phones[str(i)] = PHONES
        ours.add({"lip_aperture": predicted}, {"lip_aperture": measured}, PHONES)
    expected = theirs.score_set(refs, preds, phones)["lip_aperture"]
    result = ours.result()
    assert result["lip_aperture.r"] == pytest.approx(expected["r_clip"], abs=1e-9)
    assert result["lip_aperture.rmse"] == pytest.approx(expected["rmse"], abs=1e-9)
    assert result["lag_ms"] == pytest.approx(expected["lag_ms"], abs=1e-6)
    assert result["stillness"] == pytest.approx(expected["stillness"], rel=1e-9)
    for group in ("closure", "closure_matched"):
        for key in ("recall", "recall_given_ref", "precision", "precision_ref"):
            assert result[f"{group}.{key}"] == pytest.approx(expected[group][key], nan_ok=True), (group, key)
