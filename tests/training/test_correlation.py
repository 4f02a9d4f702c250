"""The correlation module on faces whose correlations are known, and the loss it makes."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")
pytest.importorskip("scipy", reason="scipy is not installed (pip install 'cstalk-live[train]')")

from cstalk_live.model.spec import DELAYS, EMOTIONS  # noqa: E402
from cstalk_live.rig import BOARD_NEUTRAL, clamp_board  # noqa: E402
from cstalk_live.training.batches import Batch, Mixer  # noqa: E402
from cstalk_live.training.correlation import REACH, CorrelationModule, windows_in  # noqa: E402
from cstalk_live.training.correlation_check import faces, part_errors, shuffled  # noqa: E402
from cstalk_live.training.correlation_fit import calm_rows, fit_correlation, masked_error, random_hidden  # noqa: E402
from cstalk_live.training.correlation_loss import correlation_loss, pair_loss  # noqa: E402
from cstalk_live.training.emotions import emotion_offsets  # noqa: E402
from cstalk_live.training.lessons import Item  # noqa: E402
from cstalk_live.training.regions import REGIONS, controls_of, part_masks  # noqa: E402
from cstalk_live.training.settings import CorrelationRecipe  # noqa: E402

DRIVEN = ("brow L", "brow R", "upper lip", "lower lip", "corner L", "jaw", "tongue")


def item(rng: np.random.Generator, name: str) -> Item:
    """A face in which one slow movement drives several regions, each with a little of its own."""
    frames, taps = 240, np.hanning(21) / np.sqrt((np.hanning(21) ** 2).sum())
    common = np.convolve(rng.standard_normal(frames + 20), taps, mode="valid")
    board = np.repeat(BOARD_NEUTRAL[None], frames, axis=0)
    for region in DRIVEN:
        own = np.convolve(rng.standard_normal(frames + 20), taps, mode="valid")
        for control in controls_of(region)[:2]:
            board[:, control] = 0.5 + 0.1 * (common + 0.3 * own)
    features = np.zeros((frames, 160), np.float16)
    return Item(name, name, True, features, clamp_board(board).astype(np.float16), features[:, :0])


def mixer(seed: int) -> Mixer:
    rng = np.random.default_rng(seed)
    items = [item(rng, f"p{i % 2}") for i in range(16)]
    return Mixer(items, (0.6, 0.4, 0.0), emotion_offsets(), DELAYS, (1.0,) * len(DELAYS), 8, 128)


def batches(seed: int, count: int) -> list[Batch]:
    torch.manual_seed(seed)
    source = mixer(seed)
    return [source.motion(np.random.default_rng((seed, i))) for i in range(count)]


@pytest.fixture(scope="module")
def module() -> CorrelationModule:
    recipe = CorrelationRecipe(weight=1.0, steps=110, fit_windows=96, width=32, learning_rate=4e-3)
    return fit_correlation(mixer(1), len(EMOTIONS), recipe, 0, torch.device("cpu"), lambda _step, _loss: None)


def test_hidden_regions_are_told_from_the_others(module) -> None:
    torch.manual_seed(5)
    train, test = faces(module, batches(1, 6), 128), faces(module, batches(2, 4), 128)
    errors = part_errors(module, train, test)
    for part in ("brow", "lips", "corner", "jaw", "tongue"):
        assert errors[part].module < 0.4 * errors[part].mean, part
        assert errors[part].linear < 0.4 * errors[part].mean, part
    assert "neck" not in errors, "nothing moves it"


def test_a_hidden_region_is_really_hidden(module) -> None:
    seen = faces(module, batches(3, 1), 32)
    for mask in part_masks():
        hidden = mask.expand(32, -1)
        changed = seen.windows + mask[:, None] * torch.randn(32, 1, 1, 1)
        with torch.no_grad():
            assert torch.equal(module(seen.windows, seen.emotion, hidden), module(changed, seen.emotion, hidden))


def test_masks_hide_something_and_not_everything_always() -> None:
    torch.manual_seed(0)
    masks = random_hidden(4000)
    assert masks.shape == (4000, len(REGIONS))
    assert (masks.sum(1) >= 1).all()
    assert 0.2 < masks.mean() < 0.6
    assert set(masks.unique().tolist()) == {0.0, 1.0}
    lips = masks[:, [REGIONS.index("upper lip"), REGIONS.index("lower lip")]]
    assert 0.02 < (lips[:, 0] != lips[:, 1]).float().mean() < 0.25


def test_windows_lie_in_known_frames() -> None:
    known = torch.ones(3, 64)
    known[1, :12] = 0.0
    known[2] = 0.0
    rows, frames = windows_in(known, 500)
    assert set(rows.tolist()) == {0, 1}
    assert int(frames[rows == 0].min()) == REACH
    assert int(frames[rows == 1].min()) == 12 + REACH
    assert int(frames.max()) == 63 - REACH


def loss_of(module: CorrelationModule, board: torch.Tensor, batch: Batch) -> float:
    torch.manual_seed(7)
    return float(correlation_loss(module, board, batch, 600))


def test_only_the_real_motion_scores_zero(module) -> None:
    batch = batches(4, 1)[0]
    rest = module.resting(batch.emotion)
    assert loss_of(module, batch.target, batch) == 0.0
    constant = loss_of(module, rest, batch)
    assert constant > 0.15, "a face that stands still must not pass"
    assert 0.05 * constant < loss_of(module, rest + 0.5 * (batch.target - rest), batch) < constant
    mixed = loss_of(module, shuffled(batch.target, torch.Generator().manual_seed(0)), batch)
    assert mixed > constant


def test_regions_from_different_times_do_not_fit_even_without_a_reference(module) -> None:
    """The same movements with each other and apart: no target is looked at, only how well regions tell each other."""
    batch = batches(6, 1)[0]
    rest = module.resting(batch.emotion)
    mixed = shuffled(batch.target - rest, torch.Generator().manual_seed(0)) + rest
    apart = replace(batch, target=mixed)
    errors = []
    for each in (batch, apart):
        torch.manual_seed(8)
        errors.append(float(masked_error(module, each, 800)))
    assert errors[1] > 2.0 * errors[0]


def test_the_gradient_goes_to_the_generated_motion_alone(module) -> None:
    batch = batches(9, 1)[0]
    before = {name: value.clone() for name, value in module.state_dict().items()}
    made = (batch.target * 0.7).requires_grad_()
    target = batch.target.clone().requires_grad_()
    correlation_loss(module, made, replace(batch, target=target), 200).backward()
    assert made.grad is not None
    assert float(made.grad.abs().sum()) > 0.0
    assert target.grad is None
    assert all(p.grad is None and not p.requires_grad for p in module.parameters())
    assert not module.training
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())


def test_pairs_of_regions_must_correlate_as_they_really_do(module) -> None:
    batch = batches(11, 1)[0]
    assert calm_rows(batch).any()
    rest = module.resting(batch.emotion)
    assert float(pair_loss(module, batch.target, batch)) == 0.0
    half = rest + 0.5 * (batch.target - rest)
    assert float(pair_loss(module, half, batch)) < 1e-3, "amplitude is the business of other losses"
    assert float(pair_loss(module, rest, batch)) > 0.1
    assert float(pair_loss(module, shuffled(batch.target, torch.Generator().manual_seed(0)), batch)) > 0.05
    still = rest.clone().requires_grad_()
    pair_loss(module, still, batch).backward()
    assert still.grad is not None
    assert bool(still.grad.isfinite().all()), "a face at rest breaks nothing"


def test_a_batch_without_neutral_rows_has_no_pairs_to_judge(module) -> None:
    batch = batches(12, 1)[0]
    happy = torch.zeros_like(batch.emotion)
    happy[..., 1] = happy[..., -1] = 1.0
    made = batch.target.clone().requires_grad_()
    pair_loss(module, made, replace(batch, emotion=happy)).backward()
    assert made.grad is not None
    assert not made.grad.any()
