"""How alike the words of one question are to words of passages, in spelling and in meaning; each pair compared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from qa_assistant.answering import word_matching
from qa_assistant.index import centring
from qa_assistant.index.lexicon import unique

if TYPE_CHECKING:
    from qa_assistant.index.arrays import Array
    from qa_assistant.index.lexicon import Lexicon, Numbers
    from qa_assistant.index.words import Word


class Alikeness:
    """Of a question's words to words by their number in the lexicon; arrays have shape `(words, numbers)`."""

    def __init__(self, lexicon: Lexicon, words: Sequence[Word], vectors: Callable[[], Array], mean: Array) -> None:
        """`vectors` gives those of `words` when they are wanted, and `mean` is what they are centred by."""
        self.lexicon = lexicon
        self.words = words
        self._vectors = vectors
        self._mean = mean
        lexicon.begin(mean)
        self._age = lexicon.age
        self._own = lexicon.numbers([word.folded for word in words])
        self._own_sounds = lexicon.sounds(self._own)
        self._spelled, self._cosines = _Table(len(words)), _Table(len(words))

    @cached_property
    def meanings(self) -> Array:
        """The words' vectors, centred; shape `(words, dimension)`."""
        return centring.centred(self._vectors(), self._mean)

    def spelled(self, numbers: Numbers) -> Array:
        """0 to 1, as `word_matching.sounds_alike` has it."""
        return self._of(self._spelled, numbers, self._compare)

    def cosines(self, numbers: Numbers) -> Array:
        """Of centred vectors; 0 for a word that the index has none of."""
        return self._of(self._cosines, numbers, self._product)

    def meant(self, numbers: Numbers) -> Array:
        """The better of spelling and meaning, 0 to 1."""
        return word_matching.combined(self.spelled(numbers), self.cosines(numbers), self.words)

    def _of(self, table: _Table, numbers: Numbers, compare: Callable[[Numbers], Array]) -> Array:
        if self._age != self.lexicon.age:  # another question began since, and made room
            raise RuntimeError("the lexicon has other numbers by now")
        return table.of(numbers, compare)

    def _compare(self, numbers: Numbers) -> Array:
        alike = word_matching.similarity(self._own_sounds, self.lexicon.sounds(numbers))
        alike[self._own[:, None] == numbers] = 1
        return alike

    def _product(self, numbers: Numbers) -> Array:
        return self.meanings @ self.lexicon.vectors(numbers, self.meanings.shape[1]).T


class _Table:
    """Columns by number, each computed when it is first asked for."""

    def __init__(self, rows: int) -> None:
        import numpy as np

        self._columns: Array = np.zeros((rows, 0), np.float32)
        self._known = np.zeros(0, bool)

    def of(self, numbers: Numbers, compute: Callable[[Numbers], Array]) -> Array:
        import numpy as np

        if not len(numbers):
            return self._columns[:, :0]
        room = len(self._known)
        if (needed := int(numbers.max()) + 1) > room:
            columns, known = np.zeros((len(self._columns), 2 * needed), np.float32), np.zeros(2 * needed, bool)
            columns[:, :room], known[:room] = self._columns, self._known
            self._columns, self._known = columns, known
        new = unique(numbers[~self._known[numbers]])
        if len(new):
            self._columns[:, new] = compute(new)
            self._known[new] = True
        return self._columns[:, numbers]
