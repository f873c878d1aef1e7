"""YAML read with the line of everything in it. Texts stay texts: `30`, `2022-12-03` and `no` are strings.

Anchors and aliases are refused (a few lines with them can stand for gigabytes), and so is a key written twice.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from qa_assistant.display import one_line

if TYPE_CHECKING:
    import yaml

_IN_WORDS = {
    "but found another document": "one document is expected, and a second one begins here",
    "mapping values are not allowed here": "a colon and a blank within a text (put it in quotes), or too far right",
    "found character '\\t'": "a tab: indent with blanks",
}
"""What people write wrong most often, for what the parser says of it."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotYaml(Exception):
    """What is wrong with the text, and the line where, counted from 1."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem = problem
        self.line = line


class Yaml:
    """One document: its `data`, and the line of each part."""

    def __init__(self, text: str) -> None:
        """Raises NotYaml."""
        import yaml

        try:
            self._root: yaml.Node | None = _loader()(text).get_single_node()
            self.data: Any = _plain(self._root)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            problem = one_line(error.problem or error.context or "it cannot be read")
            problem = next((ours for theirs, ours in _IN_WORDS.items() if problem.startswith(theirs)), problem)
            raise NotYaml(problem, mark.line + 1 if mark else 1) from None
        except yaml.YAMLError as error:
            raise NotYaml(one_line(str(error))[:200], 1) from None
        except RecursionError:
            raise NotYaml("it is nested too deeply", 1) from None

    def line(self, path: Sequence[str | int], key: str | None = None) -> int:
        """The line of what `path` leads to, or as far as it leads; with `key`, of that key of it."""
        import yaml

        node, line = self._root, 1
        for step in (*path, *([key] if key is not None else [])):
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
                node = node.value[step]
                line = node.start_mark.line + 1
        return line

    def column(self, path: Sequence[str | int]) -> int:
        """How far the value that `path` leads to is indented: for a list, where its dashes stand."""
        import yaml

        node = self._root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next(value for key, value in node.value if key.value == step)
        return int(node.start_mark.column) if node else 0


def _plain(node: yaml.Node | None) -> Any:
    """Mappings, lists, strings, booleans (only `true` and `false`) and None (only what is left empty)."""
    import yaml

    if node is None:
        return None
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key must be a word", problem_mark=key.start_mark)
            if key.value in found:
                problem = f"the key “{key.value}” is written twice"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            found[key.value] = _plain(value)
        return found
    if isinstance(node, yaml.SequenceNode):
        _refuse_a_number_in_two(node)
        return [_plain(item) for item in node.value]
    if _SURROGATE.search(node.value):
        raise yaml.MarkedYAMLError(problem="half of a surrogate pair is no character", problem_mark=node.start_mark)
    plain = isinstance(node, yaml.ScalarNode) and node.style is None
    if plain and node.value in ("true", "false"):
        return node.value == "true"
    return None if plain and node.value == "" else node.value


def _refuse_a_number_in_two(items: yaml.SequenceNode) -> None:
    """`[1,5 million, 90,000]` is four entries to YAML: an answer that says 5 million would be as good as one of 1,5."""
    import yaml

    for one, other in pairwise(items.value):
        plain = all(isinstance(item, yaml.ScalarNode) and item.style is None for item in (one, other))
        if not plain or other.start_mark.index - one.end_mark.index != 1:  # more than a comma is between them
            continue
        if one.value[-1:].isdigit() and other.value[:1].isdigit():
            number = f"{one.value},{other.value}"[:40]
            problem = f"“{number}” in brackets is two entries: put it in quotes, or a blank behind the comma"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=one.start_mark)


@functools.cache
def _loader() -> type[yaml.SafeLoader]:
    import yaml

    class Loader(yaml.SafeLoader):
        """PyYAML's safe loader that composes nodes only, and no aliases."""

        def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                problem = "anchors and aliases are not read; write it out, or put the text in quotes"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
            node: yaml.Node | None = super().compose_node(parent, index)
            return node

    return Loader
