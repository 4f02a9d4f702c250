"""A bundle's weights in fewer bits. Inputs, memory, sums over time and controls stay float32 in all of them.

float16 halves the file and nothing else: the weights are widened to float32 when the model is loaded, for CPUs do not
compute in float16 and a GPU's step is bound by launches, not by arithmetic. int8 also computes the matrix products in
eight bits, with one scale per output and one measured at every step for what goes in (dynamic quantisation).
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Precision = Literal["float32", "float16", "int8"]

_SMALLEST = 256
"""Tensors with fewer values (biases, norms, scales) stay as they are: nothing to save, and everything hangs on them."""

KEPT_PRODUCTS = ("net.enter.", "net.to_controls.", "net.condition_in.", "net.condition_out.")
"""Linear layers, by their bias, whose product stays float32: what comes in, what goes out, and what emotion does."""


def to_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with its weights in float16, each followed by a Cast that loading folds away."""
    model = _copy(model)
    graph = model.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims, dtype=int) < _SMALLEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def to_int8(model: onnx.ModelProto) -> onnx.ModelProto:
    """The graph with the matrices of its linear layers, and their products, in int8.

    Weights use seven bits: on processors without VNNI the eighth makes sums saturate, and the same bundle would move
    the face otherwise on another machine.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "int8.onnx"
        noisy = logging.getLogger()
        level = noisy.level
        noisy.setLevel(logging.ERROR)  # it advises a preparation that our graphs do not need
        try:
            quantize_dynamic(
                _copy(model),
                out,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=_products_kept(model.graph),
                extra_options={"MatMulConstBOnly": True},
            )
        finally:
            noisy.setLevel(level)
        return onnx.load(out)


def _products_kept(graph: onnx.GraphProto) -> list[str]:
    """Names of the MatMul nodes that stay float32."""
    made_by = {output: node for node in graph.node for output in node.output}
    kept = []
    for node in graph.node:
        if node.op_type == "Add" and any(name.startswith(KEPT_PRODUCTS) for name in node.input):
            kept += [made_by[n].name for n in node.input if n in made_by and made_by[n].op_type == "MatMul"]
    return kept


def _copy(model: onnx.ModelProto) -> onnx.ModelProto:
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy
