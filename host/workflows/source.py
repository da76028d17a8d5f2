"""A YAML document whose every part knows its line, so that an error can name it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from scribetree.errors import InvalidInput

__all__ = ["NOWHERE", "Source", "parse"]

_MAX_DEPTH = 20

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A document's name, and the line of each of its parts by the path that leads there."""

    name: str
    lines: Mapping[Path, int] = field(default_factory=dict[Path, int])

    def at(self, *path: str | int) -> str:
        """`name, line N: ` for the part at `path`, or the nearest part around it; empty without a document."""
        for length in range(len(path), -1, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return f"{self.name}, line {line}: "
        return f"{self.name}: " if self.name else ""


NOWHERE = Source("")
"""The source of a definition that was not read from a file."""


def parse(text: str, name: str) -> tuple[Any, Source]:
    """The document in `text`, and where its parts stand."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        lines: dict[Path, int] = {}
        if node is not None:
            _note(node, (), lines)
        return yaml.safe_load(text), Source(name, lines)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput(f"{name}, line {line}: {error.problem}.", hint="Mend the YAML.") from None
    except (yaml.YAMLError, RecursionError):
        raise InvalidInput(f"{name} is not valid YAML.", hint="Mend the YAML.") from None


def _note(node: yaml.Node, path: Path, lines: dict[Path, int]) -> None:
    lines[path] = node.start_mark.line + 1
    if len(path) >= _MAX_DEPTH:
        return
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _note_child(value, (*path, str(key.value)), key.start_mark.line + 1, lines)
    elif isinstance(node, yaml.SequenceNode):
        children: Sequence[yaml.Node] = node.value
        for number, child in enumerate(children):
            _note(child, (*path, number), lines)


def _note_child(node: yaml.Node, path: Path, line: int, lines: dict[Path, int]) -> None:
    _note(node, path, lines)
    lines[path] = line
