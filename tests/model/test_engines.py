"""Every engine computes what PyTorch's ``forward`` computes, for streams of any number and steps of any size."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

import onnxruntime as ort  # noqa: E402

from cstalk_live.errors import BundleError, EngineError  # noqa: E402
from cstalk_live.model import BatchRunner, StreamRunner, load_bundle  # noqa: E402
from cstalk_live.model.bundle import session_options  # noqa: E402
from cstalk_live.model.engine import MAX_FRAMES, empty_state, warm_up  # noqa: E402
from cstalk_live.model.onnx_cpu import OnnxEngine  # noqa: E402
from cstalk_live.model.onnx_cuda import OnnxDeviceEngine  # noqa: E402
from cstalk_live.model.torch_engine import TorchEngine  # noqa: E402
from cstalk_live.model.weights import network_of  # noqa: E402

from .stream_inputs import inputs  # noqa: E402

TOLERANCE = 1e-5


def on_device(bundle, slots=1):
    """The engine of the CUDA path with everything but the GPU: device values, two captures' bindings, one frame."""
    options = session_options()
    options.add_free_dimension_override_by_name("batch", slots)
    options.add_free_dimension_override_by_name("frames", 1)
    session = ort.InferenceSession(bundle.content(), options, providers=["CPUExecutionProvider"])
    return OnnxDeviceEngine(bundle, session, "device", slots, "cpu")


class NoStream:
    """In the place of a GPU's stream: work runs at once, and a capture is the step itself."""

    def __init__(self):
        self.waited = 0

    def host(self, *size):
        return torch.zeros(size)

    def use(self):
        return torch.no_grad()

    def capture(self, step):
        with torch.no_grad():
            step()
        return step

    def wait(self):
        self.waited += 1


ENGINES = {
    "onnx": lambda bundle, slots=1: OnnxEngine(bundle, slots),
    "device": on_device,
    "torch": lambda bundle, slots=1: TorchEngine(bundle, "cpu", slots),
    "replay": lambda bundle, slots=1: TorchEngine(bundle, "cpu", slots, NoStream()),
}


@pytest.fixture(params=ENGINES)
def make(request):
    return ENGINES[request.param]


def forward(net, features, emotion, delay):
    told = torch.zeros(1, len(net.spec.delays))
    told[0, net.spec.delays.index(delay)] = 1.0
    with torch.no_grad():
        return net(torch.from_numpy(features)[None], torch.from_numpy(emotion)[None], told)[0].numpy()


@pytest.mark.parametrize("delay", [0, 4, 12])
def test_single_steps_equal_forward(net, bundle_path, make, delay) -> None:
    features, emotion = inputs(120)
    runner = StreamRunner(make(load_bundle(bundle_path)))
    runner.warm_up()
    poses = np.stack([runner.step(f, e, delay).copy() for f, e in zip(features, emotion, strict=True)])
    assert np.abs(poses - forward(net, features, emotion, delay)).max() <= TOLERANCE


def test_the_packaged_bundle_gives_the_same_from_every_engine() -> None:
    bundle = load_bundle()
    features, emotion = inputs(90)
    expected = forward(network_of(bundle), features, emotion, 4)
    for name, make in ENGINES.items():
        runner = StreamRunner(make(bundle))
        poses = runner.steps(features, emotion, 4)
        assert np.abs(poses - expected).max() <= TOLERANCE, name


@pytest.mark.parametrize("sizes", [[1, 2, 3, 4, 5, 6, 7, 8], [30, 1, 17], [8] * 6])
def test_steps_of_many_frames_equal_forward(net, bundle_path, make, sizes) -> None:
    features, emotion = inputs(sum(sizes))
    runner = StreamRunner(make(load_bundle(bundle_path)))
    ends = np.cumsum(sizes)
    poses = [runner.steps(features[e - n : e], emotion[e - n : e], 4) for e, n in zip(ends, sizes, strict=True)]
    assert [len(p) for p in poses] == sizes
    assert np.abs(np.concatenate(poses) - forward(net, features, emotion, 4)).max() <= TOLERANCE


def test_one_emotion_serves_all_frames_of_a_step(bundle_path) -> None:
    features, emotion = inputs(20)
    one, many = (StreamRunner(OnnxEngine(load_bundle(bundle_path))) for _ in range(2))
    again = np.repeat(emotion[:1], 20, axis=0)
    assert np.array_equal(one.steps(features, emotion[0], 4), many.steps(features, again, 4))


def test_streams_of_a_batch_come_and_go_without_disturbing_each_other(net, bundle_path, make) -> None:
    """Four slots with their own look-ahead, emotion, begin and end; a slot is taken a second time."""
    runner = BatchRunner(make(load_bundle(bundle_path), 4))
    runner.warm_up()
    visits = [(0, 90, 4), (0, 40, 0), (10, 90, 12), (25, 70, 4), (50, 90, 1)]  # begin, end, delay
    heard = [inputs(end - begin, seed) for seed, (begin, end, _) in enumerate(visits)]
    poses: list[list[np.ndarray]] = [[] for _ in visits]
    slot_of: dict[int, int] = {}
    for k in range(90):
        features, emotion = np.zeros((4, 160), np.float32), np.zeros((4, 6), np.float32)
        delays = [0] * 4
        for visit, (begin, end, delay) in enumerate(visits):
            if k == end:
                runner.leave(slot_of.pop(visit))
            if k == begin:
                slot_of[visit] = runner.join()
            if visit in slot_of:
                slot = slot_of[visit]
                features[slot], emotion[slot] = (part[k - begin] for part in heard[visit])
                delays[slot] = delay
        assert set(runner.streams) == set(slot_of.values())
        out = runner.step(features, emotion, delays)
        for visit, slot in slot_of.items():
            poses[visit].append(out[slot].copy())
    for (_, _, delay), (features, emotion), got in zip(visits, heard, poses, strict=True):
        assert np.abs(np.stack(got) - forward(net, features, emotion, delay)).max() <= TOLERANCE


def test_catching_up_a_whole_batch_equals_forward(net, bundle_path) -> None:
    runner = BatchRunner(OnnxEngine(load_bundle(bundle_path), 3))
    heard = [inputs(30, seed) for seed in range(3)]
    features, emotion = (np.stack(part) for part in zip(*heard, strict=True))
    poses = runner.steps(features, emotion, [0, 4, 9])
    for row, delay in enumerate((0, 4, 9)):
        assert np.abs(poses[row] - forward(net, *heard[row], delay)).max() <= TOLERANCE


def test_what_is_broken_in_one_stream_stays_in_it(net, bundle_path, make) -> None:
    runner = BatchRunner(make(load_bundle(bundle_path), 2))
    assert (runner.join(), runner.join()) == (0, 1)
    features, emotion = inputs(40)
    poses = []
    for f, e in zip(features, emotion, strict=True):
        poses.append(runner.step(np.stack([f, np.full_like(f, np.nan)]), np.stack([e, e]), [4, 4]).copy())
    assert np.isnan(poses[-1][1]).all()
    assert np.abs(np.stack(poses)[:, 0] - forward(net, features, emotion, 4)).max() <= TOLERANCE
    runner.reset(1)
    healed = runner.step(np.stack([features[0]] * 2), np.stack([emotion[0]] * 2), [4, 4])
    assert np.isfinite(healed[1]).all()


def test_a_full_batch_and_a_wrong_look_ahead_are_refused(bundle_path) -> None:
    runner = BatchRunner(OnnxEngine(load_bundle(bundle_path), 1))
    runner.join()
    with pytest.raises(EngineError, match="all 1 streams are in use"):
        runner.join()
    with pytest.raises(EngineError, match="2 look-aheads for 1 streams"):
        runner.step(np.zeros((1, 160), np.float32), np.zeros((1, 6), np.float32), [0, 0])
    with pytest.raises(BundleError, match="delay 3 is not one of"):
        runner.step(np.zeros((1, 160), np.float32), np.zeros((1, 6), np.float32), [3])


def test_memory_read_from_one_engine_goes_on_in_another(bundle_path, make) -> None:
    bundle = load_bundle(bundle_path)
    features, emotion = inputs(60)
    here, there = StreamRunner(OnnxEngine(bundle)), StreamRunner(make(bundle))
    here.steps(features[:40], emotion[:40], 4)
    memory = empty_state(bundle.meta, 1)
    here.engine.read(memory)
    there.engine.write(memory)
    rest = there.steps(features[40:], emotion[40:], 4)
    assert np.abs(rest - here.steps(features[40:], emotion[40:], 4)).max() <= TOLERANCE


def test_the_gpus_graph_has_fixed_sizes_and_nothing_that_a_capture_forbids(bundle_path, tmp_path) -> None:
    """With batch and frames given, loading folds every shape away: what is left can all run, and be captured, there."""
    onnx = pytest.importorskip("onnx", reason="onnx is not installed (it comes with the train extra)")
    options = session_options()
    options.add_free_dimension_override_by_name("batch", 4)
    options.add_free_dimension_override_by_name("frames", 1)
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(tmp_path / "folded.onnx")
    ort.InferenceSession(load_bundle(bundle_path).content(), options, providers=["CPUExecutionProvider"])
    nodes = onnx.load(tmp_path / "folded.onnx").graph.node
    assert not {node.op_type for node in nodes} & {"Shape", "Range", "If", "Loop", "Scan", "NonZero", "Size"}


def test_steps_allocate_nothing_that_grows(bundle_path, make) -> None:
    import tracemalloc

    engine = make(load_bundle(bundle_path), 2)
    warm_up(engine)
    features, emotion = (np.stack([part] * 2) for part in inputs(MAX_FRAMES))
    delay = np.eye(7, dtype=np.float32)[[3, 3]]
    tracemalloc.start()
    try:
        for turn in range(300):
            frames = 1 + turn % engine.max_frames
            engine.run(features[:, :frames], emotion[:, :frames], delay)
            if turn == 50:
                before = tracemalloc.get_traced_memory()[0]
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 4096, f"{grown} bytes in 250 steps"
