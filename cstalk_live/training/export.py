"""Trained weights -> a bundle: one ONNX file with the streaming step and everything a runner must know."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import tempfile
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from cstalk_live import __version__
from cstalk_live.errors import BundleError
from cstalk_live.model.bundle import load_bundle
from cstalk_live.model.network import CSTalkNet
from cstalk_live.model.spec import BATCH, FRAMES, ModelSpec
from cstalk_live.model.weights import WEIGHTS, network_of, places
from cstalk_live.rig import BOARD_NAMES, BOARD_SCHEMA_HASH

from .checkpoint import load_checkpoint
from .precision import Precision, to_float16, to_int8
from .precision_check import check_precision
from .settings import Recipe

OPSET = 18

_STREAMS, _FRAMES, _MOST_STREAMS = 2, 3, 1024
"""Sizes to trace with (a size of 1 would be taken for a constant), and the most streams a step may take."""

GRID_CREDIT = (
    "GRID audiovisual sentence corpus, CC BY 4.0: M. Cooke, J. Barker, S. Cunningham, X. Shao, 'An audio-visual "
    "corpus for speech perception and automatic speech recognition', J. Acoust. Soc. Am. 120(5), 2421-2424, 2006. "
    "Changed: audio resampled to 16 kHz mono; video replaced by tracked motion."
)
LIBRISPEECH_CREDIT = (
    "LibriSpeech train-clean-100, CC BY 4.0: LibriSpeech (c) 2014 by Vassil Panayotov; V. Panayotov, G. Chen, "
    "D. Povey, S. Khudanpur, 'Librispeech: an ASR corpus based on public domain audio books', ICASSP 2015. "
    "Audio unchanged; phone labels added."
)
CREDITS = {"licence": "Apache-2.0 (weights and code)", "data": [GRID_CREDIT, LIBRISPEECH_CREDIT]}
"""What every bundle trained on this corpus must carry."""


class _StepGraph(nn.Module):
    """The network's step with its state as positional inputs and outputs, as a graph needs it."""

    def __init__(self, net: CSTalkNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, features: Tensor, emotion: Tensor, delay: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        before = self.net.init_state(features.shape[0])
        controls, after = self.net.step(features, emotion, delay, type(before)(zip(before, state, strict=True)))
        return controls, *after.values()


def _commit() -> str:
    """The source commit, if this runs in a checkout."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()


def export_bundle(net: CSTalkNet, path: Path, facts: dict[str, Any]) -> None:
    """Write the bundle of a network; its step takes any number of streams and frames.

    Args:
        facts: what people should know about the training; merged with credits, version and commit.
    """
    net = net.to("cpu").eval()
    spec, state = net.spec, net.init_state(_STREAMS)
    inputs = (
        torch.zeros(_STREAMS, _FRAMES, spec.features),
        torch.zeros(_STREAMS, _FRAMES, len(spec.emotions) + 1),
        torch.zeros(_STREAMS, len(spec.delays)),
        *state.values(),
    )
    streams = torch.export.Dim(BATCH, min=1, max=_MOST_STREAMS)
    frames = torch.export.Dim(FRAMES, min=1, max=spec.size.window - 1)
    sizes: tuple[Any, ...] = ({0: streams, 1: frames}, {0: streams, 1: frames}, {0: streams})
    names = [s.name for s in spec.states()]
    graph = _StepGraph(net).eval()
    # The exporter logs and warns of its own internals (torchvision's absence, deprecated tree types), which a user can
    # do nothing about.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.filterwarnings("ignore", message=".*axis name: .* will not be used", category=UserWarning)
        program = torch.onnx.export(
            graph,
            inputs,
            input_names=["features", "emotion", "delay", *(f"state.{n}" for n in names)],
            output_names=["controls", *(f"next.{n}" for n in names)],
            opset_version=OPSET,
            dynamo=True,
            dynamic_shapes=(*sizes, tuple({0: streams} for _ in names)),
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    _strip(model)
    training = {"version": __version__, "commit": _commit(), **CREDITS, **facts}
    write_bundle(model, spec, {"training": _facts_json(training), WEIGHTS: places(model, net.state_dict())}, path)


def write_bundle(model: onnx.ModelProto, spec: ModelSpec, more: dict[str, str], path: Path) -> None:
    """Write a graph as a bundle, with its spec and more metadata, whole or not at all."""
    del model.metadata_props[:]
    for key, value in {**spec.to_metadata(), **more}.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_bytes(model.SerializeToString())
    beside.replace(path)


def _strip(model: onnx.ModelProto) -> None:
    """Drop what the exporter notes for debugging: source lines and paths of the machine it ran on."""
    del model.metadata_props[:]
    for part in (model.graph, *model.graph.node, *model.graph.value_info, *model.graph.initializer):
        part.doc_string = ""
        if hasattr(part, "metadata_props"):
            del part.metadata_props[:]
    for tensor in (*model.graph.input, *model.graph.output):
        del tensor.metadata_props[:]
    del model.functions[:]


def _facts_json(facts: dict[str, Any]) -> str:
    """Facts as one JSON string with sorted keys, so equal facts give equal bytes."""
    return json.dumps(facts, sort_keys=True, ensure_ascii=False)


def _layout(saved: dict[str, Any], recipe: Recipe) -> str:
    if recipe.wav2vec2.tune_layers:
        raise BundleError(
            f"'{recipe.name}' tuned its wav2vec2, which a checkpoint holds in part",
            "start its training again: it ends by writing the bundle and the encoder",
        )
    return str(saved["hearing"]["layout"])


def export(source: Path, out: Path, precision: Precision = "float32", data: Path | None = None) -> Path:
    """Write the bundle of a training checkpoint's averaged weights, or of another bundle.

    Args:
        source: a checkpoint, or a float32 bundle (``.onnx``).
        precision: how the file holds its weights. Fewer bits are measured against float32 and refused where lips or
            closures would suffer; see :mod:`.precision_check`.
        data: the corpus to measure on as well; the one that is found if left out.

    Raises:
        CorpusError: the checkpoint or the corpus that was named cannot be read.
        BundleError: it holds another network, or fewer bits cost too much; then nothing is written.
    """
    if precision == "float32":
        _export_float32(source, out)
        return out
    with tempfile.TemporaryDirectory() as folder:
        exact, fewer = Path(folder) / "float32.onnx", Path(folder) / f"{precision}.onnx"
        _export_float32(source, exact)
        model = onnx.load(exact)
        told = {entry.key: entry.value for entry in model.metadata_props}
        spec = replace(ModelSpec.from_metadata(told, str(source)), precision=precision)
        reduced = to_float16(model) if precision == "float16" else to_int8(model)
        write_bundle(reduced, spec, {key: told[key] for key in ("training", WEIGHTS)}, fewer)
        check_precision(exact, fewer, data)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(fewer, out)
    return out


def _export_float32(source: Path, out: Path) -> None:
    if source.suffix == ".onnx":
        bundle = load_bundle(source)
        export_bundle(network_of(bundle), out, bundle.training)
        return
    saved = load_checkpoint(source)
    try:
        recipe = Recipe.model_validate_json(saved["recipe"])
        spec = ModelSpec(recipe.name, BOARD_NAMES, BOARD_SCHEMA_HASH, recipe.size)
        if "hearing" in saved:
            spec = replace(spec, features=len(saved["average"]["feature_mean"]), feature_layout=_layout(saved, recipe))
        net = CSTalkNet(spec)
        net.load_state_dict(saved["average"])
    except (KeyError, ValueError, RuntimeError) as error:
        raise BundleError(f"{source} does not hold this version's network ({error})", "train it again") from error
    export_bundle(net, out, {"steps": int(saved["step"]), "seed": recipe.seed})
