"""A small network with random weights: exactness does not depend on what was learned."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.model.network import CSTalkNet  # noqa: E402
from cstalk_live.model.spec import ModelSpec, NetworkSize  # noqa: E402
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH  # noqa: E402

SMALL = NetworkSize(width=32, layers=2, heads=4, window=24, convolutions=2, latent=16, decoder_width=32)


def random_net(size: NetworkSize, seed: int = 0) -> CSTalkNet:
    torch.manual_seed(seed)
    net = CSTalkNet(ModelSpec("random", BOARD_NAMES, BOARD_SCHEMA_HASH, size)).eval()
    for parameter in net.parameters():
        if parameter.ndim > 1:
            torch.nn.init.normal_(parameter, 0.0, 1.5 * parameter[0].numel() ** -0.5)
    net.feature_mean.fill_(-9.0)
    net.feature_scale.fill_(0.4)
    net.control_scale.fill_(0.1)
    return net


@pytest.fixture(scope="session")
def net() -> CSTalkNet:
    return random_net(SMALL)


@pytest.fixture(scope="session")
def bundle_path(net: CSTalkNet, tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cstalk_live.training.export import export_bundle

    path = tmp_path_factory.mktemp("bundle") / "random.onnx"
    export_bundle(net, path, {"note": "random weights"})
    return path
