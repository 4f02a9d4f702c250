"""A bundle's weights, back in PyTorch: how the torch engine loads a model, and how an old bundle is written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from cstalk_live.errors import BundleError
from cstalk_live.records import FloatArray

from .bundle import Bundle
from .network import CSTalkNet

WEIGHTS = "weights"
"""Metadata: where the graph keeps each parameter, as JSON of names; ``.T`` after a matrix it keeps turned around."""

OWNER = "net."
"""What the exported graph puts before the names of the network's parameters."""


def network_of(bundle: Bundle) -> CSTalkNet:
    """The network that the bundle was exported from, in evaluation mode on the CPU.

    Raises:
        BundleError: the weights are rounded to int8, or the graph is not one of ours.
    """
    if bundle.meta.precision == "int8":
        raise BundleError(f"{bundle.path} holds int8 weights", "use the float32 bundle it was made from")
    model = onnx.load_model_from_string(bundle.content())
    values = _constants(model.graph)
    net = CSTalkNet(bundle.meta)
    wanted = net.state_dict()
    told = {entry.key: entry.value for entry in model.metadata_props}.get(WEIGHTS)
    kept = json.loads(told) if told is not None else _find(model.graph, values, wanted)
    weights = {}
    for name, tensor in wanted.items():
        place = str(kept.get(name, ""))
        found = values.get(place.removesuffix(".T"))
        if found is not None and place.endswith(".T"):
            found = found.T
        if found is None or list(found.shape) != list(tensor.shape):
            raise BundleError(f"{bundle.path} holds no {name} of shape {list(tensor.shape)}", "export it again")
        weights[name] = torch.from_numpy(np.array(found, np.float32))
    net.load_state_dict(weights)
    return net.eval()


def places(model: Any, weights: Mapping[str, torch.Tensor]) -> str:
    """The metadata of a graph just exported: the exporter renames and turns matrices, and keeps equal tensors once."""
    values = _constants(model.graph)
    kept = {}
    for name, tensor in weights.items():
        array = tensor.detach().cpu().numpy()
        own = OWNER + name
        turned = next((n for n, v in values.items() if array.ndim == 2 and np.array_equal(v, array.T)), None)
        same = own if own in values else next((n for n, v in values.items() if np.array_equal(v, array)), None)
        if same is None and turned is None:
            raise BundleError(f"the exported graph holds no {name}", "export with the torch that the project names")
        kept[name] = same if same is not None else f"{turned}.T"
    return json.dumps(kept, sort_keys=True)


def _find(graph: Any, values: Mapping[str, FloatArray], wanted: Mapping[str, Any]) -> dict[str, str]:
    """The same for bundles of version 0.1, which do not tell: parameters keep their names but for the matrices of
    linear layers, and those are multiplied before the layer's bias is added."""
    made_by = {output: node for node in graph.node for output in node.output}
    kept = {name: OWNER + name for name in wanted if OWNER + name in values}
    for node in graph.node:
        bias = next((name for name in node.input if name.startswith(OWNER) and name.endswith(".bias")), None)
        if node.op_type != "Add" or bias is None:
            continue
        product = made_by.get(next(name for name in node.input if name != bias))
        if product is not None and product.op_type == "MatMul":
            kept.setdefault(bias.removeprefix(OWNER).removesuffix("bias") + "weight", f"{product.input[1]}.T")
    return kept


def _constants(graph: Any) -> dict[str, FloatArray]:
    """Initializers by name, also those that a Cast widens when the model is loaded."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Cast" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]]
    return values
