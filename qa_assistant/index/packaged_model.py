"""The packaged embedding model on torch, as a sentence-transformers model.

For machines with a GPU that torch sees, and to check the other engines: all three run the same weights, and their
vectors can be mixed in one index.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qa_assistant.errors import EmbeddingError
from qa_assistant.index.packaged_file import HINT, PackagedFile, read_packaged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule
    from transformers import BertModel, PreTrainedTokenizerFast

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


def load_packaged_model(device: str = "cpu") -> SentenceTransformer:
    """The packaged model on torch, built in memory: mean pooling, unit length, prompts ``query`` and ``passage``."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling

    file = read_packaged()
    return SentenceTransformer(
        modules=[_encoder(file), Pooling(file.hidden, pooling_mode="mean"), Normalize()],
        prompts={"query": "query: ", "passage": "passage: "},
        device=device,
    )


def _encoder(file: PackagedFile) -> InputModule:
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


def _bert(file: PackagedFile) -> BertModel:
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
        bert.load_state_dict({ours: from_numpy(file.tensors[theirs].numbers()) for theirs, ours in names.items()})
    except (KeyError, RuntimeError) as error:
        raise EmbeddingError(f"The packaged embedding model is not as expected: {error}", hint=HINT) from error
    return bert


def _tokenizer(file: PackagedFile) -> PreTrainedTokenizerFast:
    from transformers import PreTrainedTokenizerFast

    names = {role: file.pieces[index][0] for role, index in file.special.items()}
    wrap: Any = PreTrainedTokenizerFast  # its constructor has no types
    wrapped: PreTrainedTokenizerFast = wrap(tokenizer_object=file.tokenizer, model_max_length=file.positions, **names)
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
