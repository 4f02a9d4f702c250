"""The motion autoencoder rebuilds motion with the generator's own decoder."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.model.network import CSTalkNet  # noqa: E402
from cstalk_live.model.spec import DELAYS, ModelSpec, NetworkSize  # noqa: E402
from cstalk_live.rig import BOARD_NAMES, BOARD_NEUTRAL, BOARD_SCHEMA_HASH, clamp_board  # noqa: E402
from cstalk_live.training.autoencoder import MotionAutoencoder, fit_autoencoder  # noqa: E402
from cstalk_live.training.batches import Mixer  # noqa: E402
from cstalk_live.training.emotions import emotion_offsets  # noqa: E402
from cstalk_live.training.face_to_rig import compose, read_gap  # noqa: E402
from cstalk_live.training.lessons import Item  # noqa: E402
from cstalk_live.training.mouth_code import CODE  # noqa: E402
from cstalk_live.training.settings import AutoencoderRecipe  # noqa: E402

SIZE = NetworkSize(
    width=24, layers=1, heads=2, window=16, kernel=3, convolutions=1, latent=24, decoder_width=64,
    decoder_dilations=(1, 2),
)  # fmt: skip


def items(seed: int) -> list[Item]:
    """Mouths that wander smoothly through the mouth code."""
    rng, out = np.random.default_rng(seed), []
    taps = np.hanning(25) / np.sqrt((np.hanning(25) ** 2).sum())
    for i in range(6):
        free = np.stack([np.convolve(rng.standard_normal(264), taps, mode="valid") for _ in CODE], axis=1)
        board = clamp_board(compose(np.clip(0.4 + 0.3 * free, 0.0, 1.3).astype(np.float32)))
        unheard = np.zeros((240, 160), np.float16)
        out.append(Item(f"c{i}", f"p{i % 2}", i < 4, unheard, board.astype(np.float16), unheard[:, :0]))
    return out


def mixer(seed: int) -> Mixer:
    return Mixer(items(seed), (0.5, 0.2, 0.3), emotion_offsets(), DELAYS, (1.0,) * len(DELAYS), 6, 128)


@pytest.fixture(scope="module")
def net() -> CSTalkNet:
    torch.manual_seed(0)
    net = CSTalkNet(ModelSpec("tiny", BOARD_NAMES, BOARD_SCHEMA_HASH, SIZE))
    seen = torch.cat([mixer(1).motion(np.random.default_rng(i)).target for i in range(4)]).flatten(0, 1)
    spread = seen.std(dim=0)
    net.control_mean.copy_(seen.mean(dim=0))
    net.control_scale.copy_(torch.where(spread > 1e-3, spread, torch.zeros(())))
    return net


def test_it_rebuilds_motion_it_has_not_seen_with_the_generators_decoder(net) -> None:
    hearing = {name: value.clone() for name, value in net.state_dict().items()}
    losses: list[float] = []
    model = fit_autoencoder(
        net,
        mixer(1),
        AutoencoderRecipe(steps=260, learning_rate=6e-3, noise=0.05),
        0,
        lambda _step, loss: losses.append(loss),
    )
    assert len(losses) == 260

    torch.manual_seed(3)
    batch = mixer(2).motion(np.random.default_rng(3))
    with torch.no_grad():
        rebuilt, latent = model(batch.target)
        assert latent.shape == (6, 128, SIZE.latent)
        assert torch.equal(net.decode(latent), rebuilt), "the decoder is the generator's"
    moving = net.control_scale > 0
    error = ((rebuilt - batch.target) / net.control_scale.clamp_min(1e-6))[..., moving].square().mean()
    assert float(error) < 0.25, "share of the variance that is lost; 0.20 was measured"
    apart = read_gap(rebuilt) - read_gap(batch.target)
    assert float(apart.square().mean().sqrt()) < 0.35 * float(read_gap(batch.target).std())

    own = {id(p) for p in net.decoder_parameters()}
    assert own <= {id(p) for p in model.parameters()}
    decoder = {name for name, p in net.named_parameters() if id(p) in own}
    assert {name.split(".")[0] for name in decoder} == {"from_latent", "decoder", "to_controls"}
    for name, value in net.state_dict().items():
        assert torch.equal(value, hearing[name]) == (name not in decoder), name


def test_the_generator_is_no_part_of_the_autoencoder(net) -> None:
    model = MotionAutoencoder(net)
    names = {name.split(".")[0] for name in model.state_dict()}
    assert names == {"encoder", "decoder"}
    assert not any(p is net.enter.weight for p in model.parameters())
    assert "feature_mean" not in model.state_dict()


def test_decode_continues_what_forward_does(net) -> None:
    """forward is the hearing part followed by decode."""
    torch.manual_seed(0)
    kept: list[torch.Tensor] = []
    hook = net.to_latent.register_forward_hook(lambda _m, _i, out: kept.append(out))
    with torch.no_grad():
        whole = net.eval()(torch.randn(2, 30, 160), torch.rand(2, 30, 6), torch.eye(len(DELAYS))[:2])
        hook.remove()
        assert torch.equal(net.decode(kept[0]), whole)
    assert BOARD_NEUTRAL.shape == whole.shape[2:]
