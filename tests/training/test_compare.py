"""The comparison: every method runs, is done once, is the same twice, and hears no further ahead than it says."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="torch is not installed (pip install torch==2.13.0)")

from cstalk_live.cli.app import invoke  # noqa: E402
from cstalk_live.errors import ConfigError, UsageError  # noqa: E402
from cstalk_live.model import load_bundle  # noqa: E402
from cstalk_live.model.network import CSTalkNet  # noqa: E402
from cstalk_live.model.spec import DELAYS, ModelSpec, NetworkSize  # noqa: E402
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH, BOARD_SIZE  # noqa: E402
from cstalk_live.training.batches import Batch, Mixer  # noqa: E402
from cstalk_live.training.checkpoint import load_checkpoint  # noqa: E402
from cstalk_live.training.emotions import emotion_offsets  # noqa: E402
from cstalk_live.training.face_to_rig import compose, read_jaw  # noqa: E402
from cstalk_live.training.lessons import Item  # noqa: E402
from cstalk_live.training.mouth_code import CODE, GAP, JAW  # noqa: E402
from cstalk_live.training.prepare import Statistics  # noqa: E402
from cstalk_live.training.rivals import compare as comparing  # noqa: E402
from cstalk_live.training.rivals.codes import HIDDEN, play_code, read_code  # noqa: E402
from cstalk_live.training.rivals.emotalk import EmoTalk, EmoTalkNet  # noqa: E402
from cstalk_live.training.rivals.faceformer import FaceFormer, FaceFormerNet  # noqa: E402
from cstalk_live.training.rivals.fit import Fit, seeded  # noqa: E402
from cstalk_live.training.rivals.linear import Ridge, fit_ridge, window  # noqa: E402
from cstalk_live.training.rivals.method import followed  # noqa: E402
from cstalk_live.training.rivals.methods import METHODS  # noqa: E402
from cstalk_live.training.rivals.ours import Generator, Shipped  # noqa: E402
from cstalk_live.training.rivals.recipe import DELAY, read_comparison  # noqa: E402
from cstalk_live.training.rivals.simple import LoudJaw, MeanFace, fit_loud_jaw  # noqa: E402
from cstalk_live.training.rivals.viseme_net import VisemeNet, VisemeTable  # noqa: E402
from cstalk_live.training.rivals.visemes import VISEMES, LabelMixer, Labels, mean_poses, middles, viseme_track  # noqa: E402
from cstalk_live.training.settings import Recipe  # noqa: E402

SIZE = NetworkSize(
    width=24, layers=2, heads=2, window=16, kernel=3, convolutions=1, latent=8, decoder_width=16, decoder_dilations=(1,)
)
NETWORKS = ["faceformer", "emotalk", "ours-plain", "ours"]


def recipe_text(corpus: Path, **changes) -> str:
    values = {
        "data": corpus.as_posix(), "device": "cpu", "precision": "float32", "threads": 1,
        "size": json.loads(json.dumps(dataclasses.asdict(SIZE))), "teacher_epochs": 1,
        "renditions_main": 1, "renditions_other": 2, "renditions_unfilmed": 1, "rows": 4, "frames": 64, "steps": 2,
        "warmup": 1, "checkpoint_every": 1,
        "correlation": {
            "weight": 0.1, "pairs": 1.0, "steps": 2, "fit_windows": 16, "windows": 16, "width": 8, "layers": 1,
            "heads": 2,
        },
        "autoencoder": {"steps": 2, "freeze": 1},
    }  # fmt: skip
    return json.dumps(values | changes)


@pytest.fixture(scope="module")
def config(corpus, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.yaml"
    path.write_text(recipe_text(corpus), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def finished(config, tmp_path_factory) -> tuple[dict, Path]:
    out = tmp_path_factory.mktemp("compare")
    return comparing.compare(config, out=out), out


def numbers(entry: dict) -> dict:
    return {key: value for key, value in entry.items() if key not in {"ms_per_frame", "seconds"}}


def test_every_method_is_made_and_scored(finished) -> None:
    report, out = finished
    assert [entry["method"] for entry in report["methods"]] == list(METHODS)
    assert report["clips"] == {"main": 1, "strangers": 2}
    for entry in report["methods"]:
        key = entry["method"]
        assert (out / key / "scores.json").is_file()
        assert entry["parameters"] > 0
        assert entry["ms_per_frame"] >= 0
        for row in entry["scores"].values():
            finite = ["lip_aperture.rmse", "jawOpen.rmse", "stillness", "correlation_distance"]
            if key != "mean":
                finite += ["lip_aperture.r", "jawOpen.r", "chin_drop.r", "lag_ms"]
            if key in {"ridge", "viseme", *NETWORKS}:
                finite += ["lip_width.r", "mouthPucker.r"]
            assert all(isinstance(row[name], float) for name in finite), (key, row)
            if key == "mean":
                assert row["lip_aperture.r"] is None, "a constant has no correlation"
    steps = {e["method"]: (e["steps"], e["motion_steps"]) for e in report["methods"] if METHODS[e["method"]].trained}
    assert steps == {"viseme": (2, 0), "faceformer": (2, 0), "emotalk": (2, 0), "ours-plain": (2, 2), "ours": (2, 4)}
    text = (out / "compare.md").read_text(encoding="utf-8")
    assert all(f"| {entry['title']} |" in text for entry in report["methods"])
    assert json.loads((out / "compare.json").read_text(encoding="utf-8")) == report
    assert (out / "correlations.png").read_bytes()[:4] == b"\x89PNG"
    saved = load_checkpoint(out / "ours" / "last.pt")
    assert Recipe.model_validate_json(saved["recipe"]).name == "ours", "our checkpoint is one that export takes"


def test_a_finished_method_is_not_done_again(finished, config, corpus, tmp_path, monkeypatch) -> None:
    report, out = finished

    def refuse(*_arguments):
        raise AssertionError("made again")

    with monkeypatch.context() as patch:
        patch.setattr(comparing, "_make", refuse)
        assert comparing.compare(config, out=out) == report

    other = tmp_path / "other.yaml"
    other.write_text(recipe_text(corpus, seed=1), encoding="utf-8")
    with pytest.raises(UsageError, match="another recipe"):
        comparing.compare(other, out=out)
    assert all((out / key / "scores.json").is_file() for key in METHODS), "a refused request removes nothing"

    before = {key: (out / key / "scores.json").stat().st_mtime_ns for key in METHODS}
    again = comparing.compare(config, out=out, methods=["ridge"], fresh=True)
    after = {key: (out / key / "scores.json").stat().st_mtime_ns for key in METHODS}
    assert [key for key in METHODS if before[key] != after[key]] == ["ridge"]
    assert [numbers(e) for e in again["methods"]] == [numbers(e) for e in report["methods"]]


def test_equal_seeds_give_equal_results(finished, config, tmp_path) -> None:
    report, _ = finished
    wanted = ["viseme", "faceformer", "emotalk", "ours"]
    again = comparing.compare(config, out=tmp_path, methods=wanted)
    straight = [entry for entry in report["methods"] if entry["method"] in wanted]
    assert [numbers(entry) for entry in again["methods"]] == [numbers(entry) for entry in straight]


def test_wrong_requests_are_one_line(config, corpus, tmp_path) -> None:
    with pytest.raises(UsageError, match="no method 'rigde'"):
        invoke(["compare", "--config", str(config), "--methods", "rigde", "--out", str(tmp_path / "no")])
    assert not (tmp_path / "no").exists()
    silent = tmp_path / "silent.yaml"
    silent.write_text(recipe_text(corpus, correlation={"weight": 0}), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"correlation\.weight is 0"):
        read_comparison(silent, None)
    silent.write_text(recipe_text(corpus, samplingg=1), encoding="utf-8")
    with pytest.raises(ConfigError, match="samplingg"):
        read_comparison(silent, None)


def test_the_shipped_recipe_is_sound() -> None:
    recipe = read_comparison(Path(__file__).parents[2] / "configs" / "train" / "compare.yaml", Path("here"))
    assert recipe.data == "here"
    assert recipe.delay_weights == tuple(float(delay == 4) for delay in DELAYS)
    assert recipe.autoencoder.steps > recipe.autoencoder.freeze > 0


def statistics() -> Statistics:
    rng = np.random.default_rng(3)
    scale = torch.from_numpy(rng.uniform(0.02, 0.3, BOARD_SIZE).astype(np.float32))
    return Statistics(
        torch.full((160,), -9.0),
        torch.full((160,), 0.4),
        torch.from_numpy(rng.uniform(0, 0.2, BOARD_SIZE).astype(np.float32)),
        torch.where(torch.rand(BOARD_SIZE) < 0.4, scale, torch.zeros(())),
    )


def spread_out(net):
    """Random weights that matter: a network of near zeros would pass any test of causality."""
    torch.manual_seed(5)
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.dim() > 1:
                parameter.copy_(torch.randn_like(parameter) * parameter[0].numel() ** -0.5)
    return net.eval()


def some(key: str):
    rng = np.random.default_rng(4)
    s = statistics()
    if key == "mean":
        return MeanFace(s.control_mean.numpy(), DELAY)
    if key == "loudness":
        return LoudJaw(0.3, -9.5, DELAY)
    if key == "ridge":
        weights = rng.normal(0.0, 0.02, (window(DELAY) // 2 * 40 + 1, len(CODE) + len(HIDDEN)))
        weights[-1] += 0.4 - weights[:-1].sum(0) * -9.0
        return Ridge(weights, DELAY)
    if key == "viseme":
        poses = rng.uniform(0, 0.5, (len(VISEMES), BOARD_SIZE)).astype(np.float32)
        return VisemeTable(spread_out(VisemeNet(s, 24, 0.0, DELAY // 2)), poses, DELAY)
    if key == "faceformer":
        return FaceFormer(spread_out(FaceFormerNet(s, SIZE, DELAY, 0.0, 0.5)))
    if key == "emotalk":
        return EmoTalk(spread_out(EmoTalkNet(s, SIZE, DELAY, 0.0)))
    if key == "shipped":
        return Shipped(load_bundle())
    net = CSTalkNet(ModelSpec("x", BOARD_NAMES, BOARD_SCHEMA_HASH, SIZE))
    net.control_scale.copy_(s.control_scale)
    net.feature_mean.copy_(s.feature_mean)
    return Generator(spread_out(net))


def sound(frames: int = 90) -> np.ndarray:
    return np.random.default_rng(0).normal(-9.0, 2.0, (frames, 160)).clip(-14.0, None).astype(np.float32)


@pytest.mark.parametrize("key", [key for key in METHODS if key != "ours-plain"])
def test_no_method_hears_further_ahead_than_it_says(key) -> None:
    method, features, k = some(key), sound(), 50
    features[0, 0] = -14.0  # the silence after a clip is its smallest value: keep that
    whole = method.predict(features)
    assert whole.shape == (len(features), BOARD_SIZE)
    changed = features.copy()
    changed[k + DELAY + 1 :] = sound(len(features) * 2)[-len(features) :][k + DELAY + 1 :] + 3.0
    later = method.predict(changed)
    np.testing.assert_allclose(later[: k + 1], whole[: k + 1], atol=2e-6)
    if key == "mean":
        return
    assert np.abs(later[k + 1] - whole[k + 1]).max() > 1e-5, "the sound D frames ahead is heard"


@pytest.mark.parametrize("key", [key for key in METHODS if key not in {"ours-plain", "shipped"}])
def test_a_stream_gives_what_a_clip_gives(key) -> None:
    method, features = some(key), sound()
    step = method.stream()
    assert step is not None
    streamed = np.stack([step(column).copy() for column in followed(features, DELAY)])[DELAY:]
    np.testing.assert_allclose(streamed, method.predict(features), atol=1e-4)


def test_cached_autoregression_equals_the_uncached() -> None:
    method, features = some("faceformer"), sound(80)  # beyond the window of 16 and the period of 60
    cached = method.predict(features)
    np.testing.assert_allclose(cached, method.predict_without_cache(features), atol=1e-4)
    assert cached.std(axis=0).max() > 0.01, "it moves"


def test_teacher_forcing_on_its_own_poses_is_free_running() -> None:
    """Training and free run are one function: given its own poses as the past, the network repeats them."""
    method, features = some("faceformer"), sound(40)
    net, played = method.net, method.predict(features)
    with torch.no_grad():
        heard = net.encoder(torch.from_numpy(followed(features, DELAY))[None])
        poses = torch.from_numpy(np.concatenate((np.zeros((DELAY + 1, BOARD_SIZE), np.float32), played)))[:-1]
        past = net.space.normal(poses)
        past[: DELAY + 1] = 0.0
        mix = torch.zeros(1, 1, 6)
        mix[..., 0] = mix[..., -1] = 1.0
        forced = net.space.board(net(heard, mix, past[None]))[0, DELAY:].numpy()
    np.testing.assert_allclose(forced, played, atol=1e-4)


def item(frames: int, speaker: str, filmed: bool, rng) -> Item:
    features = rng.normal(-9, 2, (frames, 160)).astype(np.float16)
    code = np.zeros((frames, len(CODE)), np.float32)
    code[:, JAW] = code[:, GAP] = rng.uniform(0, 1, frames)
    return Item(f"{speaker}{frames}", speaker, filmed, features, compose(code).astype(np.float16), features[:, :0])


def mixer_of(items: list[Item]) -> Mixer:
    weights = tuple(float(d == DELAY) for d in DELAYS)
    return Mixer(items, (0.5, 0.2, 0.3), emotion_offsets(), DELAYS, weights, 3, 96)


def test_the_classifier_hears_the_batches_of_the_others() -> None:
    rng = np.random.default_rng(1)
    items = [item(40 + i, "ab"[i % 2], i < 4, rng) for i in range(6)]
    labels = [Labels(rng.integers(0, len(VISEMES), len(i.features)), np.ones(len(i.features), bool)) for i in items]
    mixer = mixer_of(items)
    labelled = LabelMixer(mixer, items, labels)
    batch = mixer.draw(seeded(0, 7))
    features, spoken = labelled.draw_labels(seeded(0, 7))
    assert torch.equal(features, batch.features)
    assert spoken.shape == batch.known.shape
    own = [replaced for group, _ in labelled.groups for replaced in group]
    assert all(np.array_equal(o.board[:, 0], dict(zip(map(id, items), labels, strict=True))[id(i)].viseme)
               for o, i in zip(own, [i for g, _ in mixer.groups for i in g], strict=True))  # fmt: skip


def test_visemes_follow_the_phones_at_any_speed() -> None:
    phones = [(0.0, 0.5, "SIL"), (0.5, 1.0, "M"), (1.0, 1.5, "AA")]
    assert [VISEMES[v] for v in viseme_track(phones, 90)[[0, 29, 30, 59, 60, 89]]] == [
        "sil", "sil", "PP", "PP", "aa", "aa",
    ]  # fmt: skip
    assert [VISEMES[v] for v in viseme_track(phones, 45, speed=2.0)[[14, 15, 30]]] == ["sil", "PP", "aa"]


def test_a_phone_is_shaped_in_its_middle() -> None:
    phones = [(0.0, 0.5, "SIL"), (0.5, 0.51, "M"), (0.51, 1.5, "AA")]
    inside = middles(phones, 90)
    assert np.flatnonzero(inside[:30]).tolist() == list(range(10, 20))
    assert inside[30], "a phone shorter than a frame has one all the same"
    assert middles(phones, 45, speed=2.0)[5:10].all()


def test_the_table_prefers_tracked_motion() -> None:
    rng = np.random.default_rng(2)
    filmed, taught = item(30, "a", True, rng), item(30, "b", False, rng)
    middle = np.arange(30) % 2 == 0
    one, two = (Labels(np.repeat(said, 10), middle) for said in ([0, 1, 2], [0, 1, 3]))
    table = mean_poses([filmed, taught], [one, two])
    np.testing.assert_allclose(table[1], filmed.board[10:20:2].astype(np.float64).mean(0), atol=1e-6)
    np.testing.assert_allclose(table[3], taught.board[20::2].astype(np.float64).mean(0), atol=1e-6)
    everything = np.concatenate((filmed.board[::2], taught.board[::2])).astype(np.float64).mean(0)
    np.testing.assert_allclose(table[9], everything, atol=1e-6)


def test_a_code_survives_the_board() -> None:
    rng = np.random.default_rng(6)
    code = rng.uniform(0.0, 0.9, (50, len(CODE) + len(HIDDEN))).astype(np.float32)
    code[:, JAW] += 0.2  # where the jaw is shut a seal is not told from the jaw
    code[:, CODE.index("lower_down")] = 0.0  # no control of the rig is its own
    code[:, len(CODE) :] = 0.1
    np.testing.assert_allclose(read_code(play_code(code)), code, atol=1e-5)


def test_ridge_finds_a_linear_law() -> None:
    rng = np.random.default_rng(7)
    weights = rng.normal(size=40) * 0.02

    def law(features: np.ndarray) -> np.ndarray:
        code = np.zeros((len(features), len(CODE) + len(HIDDEN)), np.float32)
        bands = features.reshape(-1, 2, 40, 2).mean((1, 3))
        pairs = (bands + np.concatenate((bands[:1], bands[:-1]))) / 2
        code[:, GAP] = code[:, JAW] = np.clip(0.5 + (pairs + 9.0) @ weights, 0.3, 0.7)
        return play_code(code)

    def row() -> tuple[np.ndarray, np.ndarray]:
        features = rng.normal(-9, 2, (300, 160)).astype(np.float32)
        return features, law(features)

    ridge = fit_ridge((row() for _ in range(24)), DELAY)
    features = rng.normal(-9, 2, (200, 160)).astype(np.float32)
    found, true = read_jaw(ridge.predict(features)), read_jaw(law(features))
    # The law speaks of the newest frame: the pose of frame k is that of the sound at k + D.
    assert np.corrcoef(found[:-DELAY], true[DELAY:])[0, 1] > 0.95


def test_loudness_finds_gain_and_threshold() -> None:
    rng = np.random.default_rng(8)
    level = np.convolve(rng.uniform(-14, -4, 400), np.ones(20) / 20, mode="same").clip(-13, None)
    features = np.repeat(level[:, None], 160, axis=1).astype(np.float16)
    smooth = np.convolve(level, np.ones(9) / 9, mode="same")
    code = np.zeros((400, len(CODE)), np.float32)
    code[:, JAW] = code[:, GAP] = 0.25 * np.maximum(smooth + 9.5, 0.0)
    found = fit_loud_jaw([Item("a", "a", True, features, compose(code).astype(np.float16), features[:, :0])], DELAY)
    assert found.gain == pytest.approx(0.25, rel=0.1)
    assert found.threshold == pytest.approx(-9.5, abs=0.15)


def test_an_interrupted_fit_goes_on_to_the_same_weights(config, tmp_path) -> None:
    recipe = read_comparison(config, None)
    rng = np.random.default_rng(9)
    mixer = mixer_of([item(80, "a", True, rng), item(80, "b", True, rng), item(80, "c", False, rng)])

    def fit(folder: str, stop: int) -> Fit:
        def draw(step: int) -> Batch:
            if step == stop:
                raise KeyboardInterrupt
            return mixer.draw(seeded(recipe.seed, step))

        torch.manual_seed(0)
        net = FaceFormerNet(statistics_once, SIZE, DELAY, 0.1, 0.5)
        return Fit(recipe.model_copy(update={"steps": 3}), tmp_path / folder, net, net.loss, draw)

    statistics_once = statistics()
    straight = fit("straight", -1)
    straight.run(lambda _step, _loss: None)
    with pytest.raises(KeyboardInterrupt):
        fit("broken", 2).run(lambda _step, _loss: None)
    resumed = fit("broken", -1)
    resumed.run(lambda _step, _loss: None)
    assert resumed.step == straight.step == 3
    for name, value in straight.average.state_dict().items():
        assert torch.equal(value, resumed.average.state_dict()[name]), name
