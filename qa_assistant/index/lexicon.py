"""Words by number, with how each sounds and what it means, made once: questions find passages of the same words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from qa_assistant.index import centring
from qa_assistant.index.words import sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from qa_assistant.index.arrays import Array, Mask

    Numbers = NDArray[np.intp]

_MOST = 30_000
"""Words kept, 46 MB; all are forgotten before the next question when there are more."""


def unique(numbers: Numbers) -> Numbers:
    """Each number once, in order: what numpy's own does by sorting, in a tenth of the time."""
    import numpy as np

    met = np.zeros(int(numbers.max(initial=-1)) + 1, bool)
    met[numbers] = True
    return np.flatnonzero(met)


class _Numbers(dict[str, int]):
    """Whatever word is looked up gets the next number if it has none."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        """By number."""

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self.words)
        self.words.append(word)
        return number


class Lexicon:
    """Folded words as they are met. Their numbers hold as long as `age` is the same."""

    def __init__(self, read: Callable[[Sequence[str]], Mapping[str, Array]]) -> None:
        """`read` gives the vectors of the words that the index has one of, each of shape `(dimension,)`."""
        import numpy as np

        self.age = 0
        self._read = read
        self._mean: Array | None = None
        self._numbers = _Numbers()
        self._sounds: list[str] = []
        self._vectors: Array = np.zeros((0, 1), np.float32)
        self._is_read: Mask = np.zeros(0, bool)

    def begin(self, mean: Array) -> None:
        """Before a question: all is forgotten if `mean`, which vectors are centred by, is another now, or to make
        room."""
        import numpy as np

        if self._mean is None or not np.array_equal(mean, self._mean) or len(self._numbers) > _MOST:
            self._mean = mean
            self._forget()

    def numbers(self, words: Sequence[str]) -> Numbers:
        """Shape `(len(words),)`."""
        import numpy as np

        return np.fromiter(map(self._numbers.__getitem__, words), np.intp, len(words))

    def words(self, numbers: Numbers) -> list[str]:
        return [self._numbers.words[number] for number in numbers.tolist()]

    def sounds(self, numbers: Numbers) -> list[str]:
        """As `words.sound` has them."""
        self._sounds += map(sound, self._numbers.words[len(self._sounds) :])
        return [self._sounds[number] for number in numbers.tolist()]

    def vectors(self, numbers: Numbers, dimension: int) -> Array:
        """Centred, shape `(len(numbers), dimension)`; zeros for words that have none."""
        import numpy as np

        self._make_room(dimension)
        unread = unique(numbers[~self._is_read[numbers]])
        if len(unread) and self._mean is not None:
            self._is_read[unread] = True
            found = self._read(self.words(unread))
            if found:
                vectors = centring.centred(np.stack(list(found.values())), self._mean)
                self._vectors[self.numbers(list(found))] = vectors
        return np.asarray(np.take(self._vectors, numbers, axis=0, mode="clip"))  # no check of each: half the time

    def _make_room(self, dimension: int) -> None:
        import numpy as np

        known, room = len(self._numbers), len(self._is_read)
        if known > room:
            vectors, is_read = np.zeros((2 * known, dimension), np.float32), np.zeros(2 * known, bool)
            vectors[:room], is_read[:room] = self._vectors if room else 0, self._is_read
            self._vectors, self._is_read = vectors, is_read

    def _forget(self) -> None:
        self.age += 1
        self._numbers = _Numbers()
        self._sounds = []
        self._vectors, self._is_read = self._vectors[:0], self._is_read[:0]
