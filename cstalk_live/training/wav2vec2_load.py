"""Opens a wav2vec 2.0 checkpoint that the user has on disk, and refuses what is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torch import nn

from cstalk_live.errors import ConfigError, UsageError
from cstalk_live.records import HOP

from .wav2vec2 import ENCODER_RATE, Sliding, SlidingEncoder

_UNUSED = {"masked_spec_embed"}
"""Weights that only the encoder's own pre-training reads."""

FETCH = "give a local folder in transformers' format, with config.json and model.safetensors"


def load_encoder(folder: Path, sliding: Sliding) -> SlidingEncoder:
    """The encoder of a folder in transformers' format, frozen, on the CPU. Nothing is downloaded.

    Raises:
        UsageError: transformers is missing.
        ConfigError: the folder is missing, holds another architecture, or its weights cannot be read whole.
    """
    config = _config(folder)
    try:
        import transformers
    except ModuleNotFoundError as error:
        raise UsageError(
            f"audio_encoder: wav2vec2 needs the package '{error.name}'", "pip install 'cstalk-live[train]'"
        ) from None
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    try:
        model, info = transformers.Wav2Vec2Model.from_pretrained(
            str(folder), local_files_only=True, output_loading_info=True
        )
    except Exception as error:  # whatever the weight files' readers raise
        raise ConfigError(f"{folder}: {_first_line(error)}", FETCH) from error
    missing = sorted(set(info["missing_keys"]) - _UNUSED)
    if missing:
        raise ConfigError(f"{folder} lacks {len(missing)} weights of the encoder, as {missing[0]}", FETCH)
    encoder = SlidingEncoder(model.float().requires_grad_(False), sliding, _normalises(folder))
    shortest = encoder.field + sliding.block * HOP
    if sliding.window < shortest:
        raise ConfigError(
            f"wav2vec2.window of {sliding.window / ENCODER_RATE:g} s does not hold a block of {sliding.block} frames",
            f"set it to {shortest / ENCODER_RATE:.2f} or more",
        )
    if config.get("adapter_attn_dim") or config.get("add_adapter"):
        raise ConfigError(f"{folder} has adapter layers, which change the rate of its outputs", FETCH)
    return encoder


def set_free(encoder: SlidingEncoder, layers: int) -> list[nn.Parameter]:
    """Let the top ``layers`` of the transformer learn; their parameters, in a fixed order.

    Raises:
        ConfigError: the encoder has fewer.
    """
    model: Any = encoder.model
    found = model.encoder.layers
    if layers > len(found):
        raise ConfigError(
            f"wav2vec2.tune_layers is {layers}, and the checkpoint has {len(found)} layers", f"set 0 to {len(found)}"
        )
    top = [p for layer in list(found)[len(found) - layers :] for p in layer.parameters()]
    for parameter in top:
        parameter.requires_grad_(True)
    return top


def save_encoder(encoder: SlidingEncoder, folder: Path) -> None:
    """Write an encoder so that :func:`load_encoder` reads it back."""
    model: Any = encoder.model
    model.save_pretrained(str(folder))
    settings = {"do_normalize": encoder.normalise, "sampling_rate": 16_000}
    (folder / "preprocessor_config.json").write_text(json.dumps(settings) + "\n", encoding="utf-8")


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        kind = config["model_type"]
    except OSError as error:
        raise ConfigError(
            f"wav2vec2.checkpoint: cannot read {folder / 'config.json'}: {error.strerror}", FETCH
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            f"wav2vec2.checkpoint: {folder / 'config.json'} describes no model ({error!r})", FETCH
        ) from None
    if kind != "wav2vec2":
        raise ConfigError(f"wav2vec2.checkpoint: {folder} holds a model of the kind {kind!r}, not 'wav2vec2'", FETCH)
    return dict(config)


def _normalises(folder: Path) -> bool:
    """The published feature extractor normalises unless the checkpoint says otherwise."""
    try:
        return bool(json.loads((folder / "preprocessor_config.json").read_text(encoding="utf-8"))["do_normalize"])
    except (OSError, ValueError, KeyError, TypeError):
        return True


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
