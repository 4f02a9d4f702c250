"""The coarticulation teacher: dominance, rules, and phones nobody filmed."""

import csv
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.training.constraints import constrain  # noqa: E402
from cstalk_live.training.corpus import Phone  # noqa: E402
from cstalk_live.training.dominance import DONORS, Dominance, frame_times, stack, write_table  # noqa: E402
from cstalk_live.training.mouth_code import CODE, GAP, JAW  # noqa: E402
from cstalk_live.training.phones import PHONES, hidden_controls  # noqa: E402
from cstalk_live.training.segments import UNITS, segments  # noqa: E402
from cstalk_live.training.teach import Lesson, articulation, fit_teacher, play, teach  # noqa: E402

PUCKER, NARROW, SPREAD = (CODE.index(name) for name in ("pucker", "narrow", "spread"))
FRAMES = 90
OPENING = {"AA": 1.0, "AH": 0.7, "IY": 0.5, "T": 0.6, "S": 0.5, "UW": 0.4}
ROUND = {"UW": 0.9}


def sound(frames: int = FRAMES) -> np.ndarray:
    """Log-mel of a clip that is quiet for a third of its time and loud for the rest."""
    level = np.where(np.arange(frames) < frames // 3, -18.0, -6.0).astype(np.float32)
    return np.repeat(level[:, None], 160, axis=1)


def sentence(rng: np.random.Generator) -> list[Phone]:
    phones: list[Phone] = [(0.0, 0.4, "SIL")]
    while phones[-1][1] < 1.2:
        at = phones[-1][1]
        phones.append((at, at + float(rng.uniform(0.08, 0.16)), str(rng.choice([*OPENING, "B", "P"]))))
    return [*phones, (phones[-1][1], 1.5, "SIL")]


def lesson(phones: list[Phone], late: float = 0.0) -> Lesson:
    """A mouth that opens to fixed targets, eased over 80 ms, ``late`` seconds after the phone."""
    centres = (np.arange(FRAMES) + 0.5) / 60 - late
    code = np.zeros((FRAMES, len(CODE)), np.float32)
    for start, end, phone in phones:
        inside = (centres >= start) & (centres < end)
        code[inside, GAP], code[inside, JAW] = OPENING.get(phone, 0.0), OPENING.get(phone, 0.2 * (phone != "SIL"))
        code[inside, NARROW] = code[inside, PUCKER] = ROUND.get(phone, 0.0)
    taps = np.ones(5) / 5
    for column in range(len(CODE)):
        code[:, column] = np.convolve(np.pad(code[:, column], 2, mode="edge"), taps, mode="valid")
    return Lesson(articulation(phones, sound()), code)


@pytest.fixture(scope="module")
def taught():
    rng = np.random.default_rng(0)
    lessons = [lesson(sentence(rng)) for _ in range(48)]
    errors: list[float] = []
    teacher = fit_teacher(lessons, 80, 0, lambda _epoch, error: errors.append(error))
    assert errors[-1] < 0.3 * errors[0]
    return teacher, lessons


def test_the_fit_follows_clips_it_did_not_see(taught) -> None:
    teacher, _ = taught
    rng = np.random.default_rng(9)
    for _ in range(4):
        unseen = lesson(sentence(rng))
        track = play(teacher, unseen.articulation, FRAMES)
        assert np.corrcoef(track[:, GAP], unseen.code[:, GAP])[0, 1] > 0.85


def test_the_fit_is_the_same_for_the_same_seed(taught) -> None:
    _, lessons = taught
    first, second = (fit_teacher(lessons[:8], 5, 3, lambda _e, _l: None) for _ in range(2))
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_silence_is_rest_and_targets_come_out(taught) -> None:
    teacher, _ = taught
    tables = teacher.tables()
    assert tables["target"][UNITS.index("SIL")].abs().max() == 0.0
    target = {unit: float(tables["target"][UNITS.index(unit), GAP].detach()) for unit in ("AA", "UW", "B")}
    assert target["AA"] > target["UW"] > target["B"]
    assert float(tables["target"][UNITS.index("UW"), NARROW].detach()) > 0.4
    still = teach(teacher, [(0.0, 1.5, "SIL")], sound())
    assert np.abs(still).max() == 0.0


def test_a_mouth_that_lags_is_learned_as_lag() -> None:
    rng = np.random.default_rng(1)
    spoken = [sentence(rng) for _ in range(24)]
    prompt = fit_teacher([lesson(s) for s in spoken], 100, 0, lambda _e, _l: None)
    late = fit_teacher([lesson(s, 0.05) for s in spoken], 100, 0, lambda _e, _l: None)
    clip = segments([(0.0, 0.6, "SIL"), (0.6, 0.75, "AA"), (0.75, 1.5, "SIL")], np.full(FRAMES, 0.6, np.float32))

    def middle(teacher: Dominance) -> float:
        gap = play(teacher, clip, FRAMES)[:, GAP]
        return float((gap * np.arange(FRAMES)).sum() / gap.sum() / 60)

    assert middle(late) - middle(prompt) == pytest.approx(0.05, abs=0.02)


def test_phones_nobody_filmed_take_after_their_kin(taught) -> None:
    teacher, _ = taught
    track = {
        phone: play(teacher, articulation([(0.0, 0.5, "SIL"), (0.5, 0.8, phone), (0.8, 1.5, "SIL")], sound()), FRAMES)
        for phone in ("UW", "UH", "IY")
    }
    middle = 39
    assert track["IY"][middle, NARROW] < track["UH"][middle, NARROW] < track["UW"][middle, NARROW]
    assert set(DONORS) <= set(UNITS)
    for shares in DONORS.values():
        assert set(shares) <= set(UNITS)
        assert sum(shares.values()) == pytest.approx(1.0)


def test_h_takes_the_lips_of_the_vowel_after_it(taught) -> None:
    teacher, _ = taught
    of = {
        vowel: play(
            teacher,
            articulation([(0.0, 0.5, "SIL"), (0.5, 0.6, "HH"), (0.6, 0.8, vowel), (0.8, 1.5, "SIL")], sound()),
            FRAMES,
        )
        for vowel in ("UW", "AA")
    }
    assert of["UW"][34, NARROW] > of["AA"][34, NARROW] + 0.2


@pytest.mark.parametrize("phone", ["B", "P", "M"])
@pytest.mark.parametrize("length", [0.03, 0.06, 0.12, 0.5])
def test_bilabials_close_whatever_the_model_says(phone: str, length: float) -> None:
    open_mouth = np.ones((FRAMES, len(CODE)), np.float32)
    held = constrain(open_mouth, [(0.0, 0.7, "AA"), (0.7, 0.7 + length, phone), (0.7 + length, 1.5, "AA")])
    inside = slice(int(0.7 * 60) - 1, int((0.7 + length) * 60) + 2)
    assert held[inside, GAP].min() == 0.0
    assert held[:30, GAP].min() == 1.0
    assert held[-15:, GAP].min() == 1.0


@pytest.mark.parametrize(
    ("phone", "column", "limit"), [("F", GAP, 0.45), ("V", GAP, 0.45), ("S", JAW, 0.6), ("ZH", JAW, 0.45)]
)
def test_rules_hold_inside_their_phone_and_nowhere_else(phone: str, column: int, limit: float) -> None:
    open_mouth = np.ones((FRAMES, len(CODE)), np.float32)
    held = constrain(open_mouth, [(0.0, 0.7, "AA"), (0.7, 0.8, phone), (0.8, 1.5, "AA")])[:, column]
    assert held[43:47] == pytest.approx(limit)
    assert (held[:38] == 1.0).all()
    assert (held[52:] == 1.0).all()
    assert np.abs(np.diff(held)).max() < 0.5, "a rule must not jerk"


@pytest.mark.parametrize(("phone", "least"), [("UW", 0.22), ("OY", 0.22), ("F", 0.2), ("TH", 0.3)])
def test_breath_and_tongue_have_room_but_a_closure_beside_them_holds(phone: str, least: float) -> None:
    shut = np.zeros((FRAMES, len(CODE)), np.float32)
    held = constrain(shut, [(0.0, 0.6, "SIL"), (0.6, 0.7, "P"), (0.7, 0.9, phone), (0.9, 1.5, "SIL")])
    assert held[45:52, GAP] == pytest.approx(least)
    assert held[38:40, GAP].max() == 0.0
    assert (held[:36, GAP] == 0.0).all()
    assert held[48, JAW] == pytest.approx(0.2 if phone == "TH" else 0.0)


def test_a_mouth_is_never_both_narrow_and_wide() -> None:
    both = np.zeros((2, len(CODE)), np.float32)
    both[:, NARROW], both[:, SPREAD] = (0.5, 0.1), (0.2, 0.4)
    held = constrain(both, [(0.0, 1.0, "SIL")])
    assert held[:, NARROW] == pytest.approx([0.3, 0.0])
    assert held[:, SPREAD] == pytest.approx([0.0, 0.3])


def test_sh_comes_forward_and_closed_lips_stay_closed() -> None:
    flat = np.zeros((FRAMES, len(CODE)), np.float32)
    held = constrain(flat, [(0.0, 0.7, "SIL"), (0.7, 0.8, "SH"), (0.8, 1.5, "SIL")])
    assert held[45, PUCKER] == pytest.approx(0.4)
    assert held[:, GAP].max() == 0.0


def test_rules_follow_the_speed_of_the_sound() -> None:
    open_mouth = np.ones((FRAMES, len(CODE)), np.float32)
    held = constrain(open_mouth, [(0.0, 1.0, "AA"), (1.0, 1.1, "M"), (1.1, 2.0, "AA")], speed=1.25)
    assert np.argmin(held[:, GAP]) == pytest.approx(1.06 / 1.25 * 60, abs=1)


def test_every_phone_has_a_segment_and_a_place_in_the_table(taught, tmp_path: Path) -> None:
    teacher, _ = taught
    level = np.full(FRAMES, 0.6, np.float32)
    for phone in PHONES:
        cut = segments([(0.0, 0.1, phone)], level)
        assert cut.start[0] == 0.0
        assert cut.end[-1] == pytest.approx(0.1)
        assert len(cut) == (2 if phone in {"AY", "AW", "EY", "OW", "OY"} else 1)
    write_table(teacher, tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(UNITS) * len(CODE)
    assert {row["unit"] for row in rows} == set(UNITS)
    assert all(0.01 <= float(row["anticipation_s"]) <= 0.4 for row in rows)


def test_a_stop_that_swallowed_the_silence_before_it_gives_it_back() -> None:
    cut = segments([(0.0, 0.5, "B"), (0.5, 0.6, "AA")], np.full(60, 0.6, np.float32))
    assert [UNITS[u] for u in cut.unit] == ["SIL", "B", "AA"]
    assert cut.start[1] == pytest.approx(0.38)


def test_clips_of_different_lengths_do_not_touch_each_other(taught) -> None:
    teacher, lessons = taught
    short = segments([(0.0, 0.5, "SIL"), (0.5, 0.7, "AA")], np.full(FRAMES, 0.6, np.float32))
    alone = teacher(*stack([short]), frame_times(FRAMES))
    beside = teacher(*stack([short, lessons[0].articulation]), frame_times(FRAMES))[:1]
    assert torch.allclose(alone, beside, atol=1e-5)


def test_only_dammed_breath_swells_the_cheeks() -> None:
    cheeks = [i for i, moves in enumerate(hidden_controls([(0.0, 0.3, "P")], 18)[9] > 0.05) if moves]
    assert cheeks
    assert hidden_controls([(0.0, 0.3, "M")], 18)[9, cheeks].max() < 0.31
    assert hidden_controls([(0.0, 0.3, "T")], 18)[:, cheeks[0]].max() == 0.0


def test_loudness_is_that_of_the_syllable_around_the_segment() -> None:
    level = np.zeros(60, np.float32)
    level[33:36] = 1.0
    cut = segments(
        [(0.0, 0.2, "SIL"), (0.2, 0.48, "S"), (0.48, 0.55, "T"), (0.55, 0.6, "AA"), (0.9, 1.0, "SIL")], level
    )
    assert [float(v) for v in cut.loudness] == [0.0, 0.0, 1.0, 1.0, 0.0]
