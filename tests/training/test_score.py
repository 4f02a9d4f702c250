"""The measures: known answers, and agreement with the data set's own definition where that is at hand."""

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from cstalk_live.errors import CorpusError
from cstalk_live.training.closures import Closures
from cstalk_live.training.corpus import Phone, blendshape_names, find_corpus, read_corpus
from cstalk_live.training.score import Scores
from cstalk_live.training.track_measures import centres, jitter, lag_ms, stillness

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


def test_jitter_of_known_tracks() -> None:
    assert jitter(0.3 + 2.0 * T60) == pytest.approx((0.0, 0.0), abs=1e-9)
    own, common = jitter(T60**2)
    assert own == pytest.approx(2.0), "the second derivative of t^2, whatever the rate"
    assert common == pytest.approx(2.0 / 25**2, rel=0.05)
    assert jitter(T25**2, 25.0)[0] == pytest.approx(2.0)
    zigzag = np.where(np.arange(180) % 2 == 0, 0.001, -0.001)
    assert jitter(zigzag)[0] == pytest.approx(0.004 * 60**2)
    assert np.isnan(jitter(np.zeros(2))[0])


@pytest.fixture(scope="module")
def data_folder() -> Path:
    try:
        return find_corpus(None, Path(__file__).resolve().parents[2])
    except CorpusError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def theirs(data_folder: Path) -> ModuleType:
    """The data set's own scorer."""
    tool = data_folder.parent / "tools" / "score_motion.py"
    if not tool.is_file():
        pytest.skip(f"the data set's scorer is not at {tool}")
    spec = importlib.util.spec_from_file_location("score_motion", tool)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


Tracks = dict[str, np.ndarray]


def compare(theirs: ModuleType, clips: dict[str, tuple[Tracks, Tracks, list[Phone]]]) -> dict[str, float]:
    """Every measure of both scorers over clips of (predicted, measured, phones); ours."""
    ours = Scores()
    for predicted, measured, phones in clips.values():
        ours.add(predicted, measured, phones)
    result = ours.result()
    found = theirs.score_set(
        {name: (centres(len(m["lip_aperture"]), 25.0), m) for name, (_, m, _) in clips.items()},
        {name: (centres(len(p["lip_aperture"]), 60.0), p) for name, (p, _, _) in clips.items()},
        {name: phones for name, (_, _, phones) in clips.items()},
    )
    for track in next(iter(clips.values()))[0]:
        assert result[f"{track}.r"] == pytest.approx(found[track]["r_clip"], abs=1e-9), track
        assert result[f"{track}.rmse"] == pytest.approx(found[track]["rmse"], abs=1e-9), track
    gap = found["lip_aperture"]
    assert result["lag_ms"] == pytest.approx(gap["lag_ms"], abs=1e-6)
    for key in ("stillness", "ref_stillness", "jitter", "jitter_25", "ref_jitter_25"):
        assert result[key] == pytest.approx(gap[key], rel=1e-9), key
    for group in ("closure", "closure_matched"):
        for key in ("recall", "recall_given_ref", "precision", "precision_ref"):
            assert result[f"{group}.{key}"] == pytest.approx(gap[group][key], nan_ok=True), (group, key)
    return result


@pytest.mark.parametrize("gain", [0.8, -0.8])
def test_agreement_with_the_data_sets_own_scorer(theirs, gain) -> None:
    rng = np.random.default_rng(1)
    clips = {}
    for i in range(6):
        shift = rng.uniform(0, 3)
        measured = np.clip(wave(T25 + shift) + 0.01 * rng.standard_normal(75) - 0.05, 0, None)
        base = -0.03 if gain > 0 else 0.12
        predicted = np.clip(gain * wave(T60 + shift - 0.03) + 0.01 * rng.standard_normal(180) + base, 0, None)
        clips[str(i)] = ({"lip_aperture": predicted}, {"lip_aperture": measured}, PHONES)
    assert np.isfinite(compare(theirs, clips)["lip_aperture.r"])


@pytest.mark.corpus
def test_agreement_on_real_motion(theirs, data_folder) -> None:
    names, rng, clips = blendshape_names(data_folder), np.random.default_rng(2), {}
    for clip in read_corpus(data_folder, ("grid_speakers",)):
        face = clip.face
        assert face is not None
        tracks = {"lip_aperture": face.aperture, "lip_width": face.width, "chin_drop": face.chin_drop}
        tracks["jawOpen"] = face.blendshapes[:, names.index("jawOpen")]
        measured = {name: track.astype(np.float64) for name, track in tracks.items()}
        blurred = {
            name: 0.9 * np.interp(T60 - 0.02, T25, track) + 0.004 * rng.standard_normal(180)
            for name, track in measured.items()
        }
        clips[clip.name] = (blurred, measured, list(clip.phones))
    result = compare(theirs, clips)
    assert result["lip_aperture.r"] > 0.9
    assert result["lag_ms"] == pytest.approx(20, abs=8)
