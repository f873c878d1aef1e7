"""Everything that can go wrong and is not a bug: what happened, and the way out.

The command line turns each of these into an exit code and at most three lines on stderr (`cli/`, nowhere else).
"""


class QAError(Exception):
    """A failure the user can understand and mend.

    `message` says what happened, in one line; `hint` says what to do about it, or is empty.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class SettingsError(QAError):
    """A setting that does not exist, or a value it cannot take."""


class QuestionError(QAError):
    """A question that has no words, or far too many: the call is wrong, not the program."""


class FiltersError(QAError):
    """A filter's date that is none, or a first day that is later than the last."""


class CorpusError(QAError):
    """A folder or file of articles that cannot be read."""


class EmbeddingError(QAError):
    """An embedding model that is missing, damaged, or not the one the index was made with."""


class IndexMissing(QAError):
    """There is no index at the given place yet."""


class IndexUnusable(QAError):
    """An index that cannot be used as it is: damaged, of another schema, or held by another writer."""


class IndexBusy(IndexUnusable):
    """An index that another process is writing."""


class IndexOutdated(IndexUnusable):
    """An index of an older schema, which can be brought up to date."""


class IndexTooNew(IndexUnusable):
    """An index that a newer program made."""


class OtherModel(IndexUnusable):
    """An index that another embedding model made than the settings name."""


class NotFound(QAError):
    """An article that the index does not hold."""


class PromptError(QAError):
    """A prompt file that is missing or does not have the placeholders it must have."""


class ModelError(QAError):
    """The language model cannot answer: no server, no such model, or a reply that broke off."""


class NoModel(ModelError):
    """There is no language model that can answer: the one named is not there or is none, or none is installed."""


class SessionError(QAError):
    """Chat sessions that cannot be kept, read or exported, or one that does not exist."""


class QuestionsError(QAError):
    """A file of test questions that is not one: the call is wrong, not the program. `more` are further mistakes."""

    def __init__(self, message: str, *, hint: str = "", more: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint=hint)
        self.more = more


def as_error(failure: Exception) -> QAError:
    """`failure` itself if it is a QAError, else one that names it: for whoever must go on after a bug."""
    if isinstance(failure, QAError):
        return failure
    return QAError(f"{type(failure).__name__}: {failure}", hint="See `qa-assistant doctor`.")
