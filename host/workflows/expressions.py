"""
JMESPath as workflows use it: an expression's value, and the names at which it starts.

One function more than the language has: `pairs(a, b)` gives `[[a[0], b[0]], ...]` of two lists of one length, such as
those that a step with `for_each` went over and gave.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError, JMESPathTypeError

from scribetree.errors import InvalidInput
from scribetree.shapes import as_object

__all__ = ["evaluate", "roots"]


class _Functions(functions.Functions):
    @functions.signature({"types": ["array"]}, {"types": ["array"]})
    def _func_pairs(self, one: list[object], other: list[object]) -> list[list[object]]:
        if len(one) != len(other):
            raise JMESPathTypeError("pairs", other, "array", "an array of the same length")
        return [[a, b] for a, b in zip(one, other, strict=True)]


_OPTIONS = jmespath.Options(custom_functions=_Functions())


def evaluate(expression: str, scope: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The value of a JMESPath expression over inputs and earlier results; null where there is none."""
    try:
        return jmespath.search(expression, dict(scope), options=_OPTIONS)
    except JMESPathError as error:
        raise InvalidInput(
            f"A workflow expression does not fit what an earlier step gave ({type(error).__name__}).",
            hint="Compare the expression with that step's output schema.",
        ) from None


def roots(expression: str) -> frozenset[str]:
    """The names at which an expression starts: `inputs`, or ids of steps; none if it is a constant."""
    try:
        return frozenset(_roots_of(jmespath.compile(expression).parsed))
    except JMESPathError as error:
        raise InvalidInput(
            f"`{expression}` is not JMESPath ({type(error).__name__}).", hint="See the grammar at jmespath.org."
        ) from None


# Nodes whose first child alone is evaluated against the root; the others see what that child gave.
_CHAINS = frozenset(
    {
        "subexpression",
        "index_expression",
        "projection",
        "value_projection",
        "filter_projection",
        "flatten",
        "pipe",
    }
)


def _roots_of(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
        return
    children = node["children"][:1] if node["type"] in _CHAINS else node["children"]
    for child in filter(None, map(as_object, children)):
        yield from _roots_of(child)
