"""The packaged encoder as an ONNX graph, written from the packaged weights: no torch, nothing exported or downloaded.

Inputs are `states`, the sum of word, position and type embeddings, float32 of shape `(texts, length, hidden)`, and
`lengths`, int32 of shape `(texts,)`; the output is `encoded`, of the shape of `states`. Operators of the domain
com.microsoft are ONNX Runtime's own fusions of what BERT is made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qa_assistant.index.packaged_file import PackagedFile

Precision = Literal["int8", "uint8", "float32"]
"""int8: matrices in 8 bits, a scale a column, and what they are multiplied with in 8 bits, a scale a token: with one
scale for all tokens, whose largest numbers differ by an order of magnitude, 0.006 of R@1 are lost. uint8: the same
numbers, 128 added to each of a matrix, which x86 processors without VNNI add up without saturating."""

_RUNTIME = "com.microsoft"
_OPSET, _IR_VERSION = 18, 8


def encoder_graph(file: PackagedFile, precision: Precision, layers: int | None) -> bytes:
    """The serialised model; of its first `layers` only, if that is given."""
    from onnx import TensorProto, helper

    graph = _Graph(file, precision)
    states = graph.node("LayerNormalization", ["states", *graph.norm("emb.ln")], epsilon=file.epsilon)
    for layer in range(layers or file.layers):
        states = graph.layer(states, f"l{layer}.")
    graph.node("Identity", [states], output="encoded")
    shape: list[str | int | None] = ["texts", "length", file.hidden]
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [
            helper.make_tensor_value_info("states", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, ["texts"]),
        ],
        [helper.make_tensor_value_info("encoded", TensorProto.FLOAT, shape)],
        graph.constants,
    )
    opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_RUNTIME, 1)]
    model: bytes = helper.make_model(made, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
    return model


class _Graph:
    """Nodes and constants as they are added; every method returns the name of what it added."""

    def __init__(self, file: PackagedFile, precision: Precision) -> None:
        self._file = file
        self._precision = precision
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def layer(self, states: str, prefix: str) -> str:
        """One layer of BERT (Devlin et al., 2019): self-attention, feed-forward, each added to its input and normed."""
        heads = [prefix + name for name in ("q", "k", "v")]
        projected = self._product(states, heads)
        parts = [f"{projected}.{name}" for name in "qkv"]
        self.nodes.append(self._made("Split", [projected], parts, axis=-1, num_outputs=3))
        attention = self.node(
            "MultiHeadAttention", [*parts, self._bias(heads), "lengths"], _RUNTIME, num_heads=self._file.heads
        )
        states = self._add_and_norm(self._product(attention, [prefix + "ao"]), states, prefix + "ao", prefix + "aln")
        inner = self.node("BiasGelu", [self._product(states, [prefix + "fi"]), self._bias([prefix + "fi"])], _RUNTIME)
        return self._add_and_norm(self._product(inner, [prefix + "fo"]), states, prefix + "fo", prefix + "oln")

    def node(self, kind: str, inputs: Sequence[str], domain: str = "", output: str = "", **attributes: Any) -> str:
        output = output or f"{kind}{len(self.nodes)}"
        self.nodes.append(self._made(kind, inputs, [output], domain=domain, **attributes))
        return output

    def norm(self, name: str) -> tuple[str, str]:
        tensors = self._file.tensors
        return (
            self._constant(f"{name}.w", tensors[f"{name}.w"].numbers()),
            self._constant(f"{name}.b", tensors[f"{name}.b"].numbers()),
        )

    def _add_and_norm(self, added: str, states: str, bias: str, norm: str) -> str:
        inputs = [added, states, *self.norm(norm), self._bias([bias])]
        return self.node("SkipLayerNormalization", inputs, _RUNTIME, epsilon=self._file.epsilon)

    def _product(self, states: str, names: Sequence[str]) -> str:
        """`states` times the named matrices side by side, without their biases."""
        import numpy as np

        matrix = np.concatenate([self._file.tensors[f"{name}.w"].numbers() for name in names]).T
        name = f"{names[0]}.w"
        if self._precision == "float32":
            return self.node("MatMul", [states, self._constant(name, matrix)])
        scales = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / 127
        kind, zero = (np.int8, 0) if self._precision == "int8" else (np.uint8, 128)
        columns = [
            self._constant(name, (np.round(matrix / scales) + zero).astype(kind)),
            self._constant(f"{name}.scales", scales),
            self._constant(f"{name}.zeros", np.full(len(scales), zero, kind)),
        ]
        last = self._constant(f"{name}.axis", np.array([-1]))
        largest = self.node("ReduceMax", [self.node("Abs", [states]), last], keepdims=1)
        scaled = self.node("Div", [states, largest])
        return self.node("Mul", [self.node("DynamicQuantizeMatMul", [scaled, *columns], _RUNTIME), largest])

    def _bias(self, names: Sequence[str]) -> str:
        import numpy as np

        values = np.concatenate([self._file.tensors[f"{name}.b"].numbers() for name in names])
        return self._constant(f"{names[0]}.b", values)

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        import numpy as np
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    @staticmethod
    def _made(kind: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
        from onnx import helper

        return helper.make_node(kind, inputs, outputs, **attributes)
