"""The tools of one server, gathered by a decorator before the server exists."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar, cast, get_type_hints

from mcp.server.mcpserver import Resolve
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import FuncMetadata
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ToolAnnotations

from scribetree.errors import InternalError, ScribeTreeError
from scribetree.log import log, where_raised
from scribetree.privacy.context import RequesterType
from scribetree.privacy.guard import EVERYONE, Rule
from scribetree.servers.kit._apps import app_meta
from scribetree.servers.kit._caller import Caller
from scribetree.servers.kit._results import error_result
from scribetree.servers.kit._schema import close_schema

__all__ = [
    "READS",
    "READS_WHERE_KEY",
    "ROLES_KEY",
    "STORES_KEY",
    "TAKES_BACK",
    "TOOLSET_KEY",
    "WRITES",
    "WRITES_ONCE",
    "RegisteredTool",
    "Toolbox",
]

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
WRITES_ONCE = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
"""A write whose repetition changes nothing more."""
TAKES_BACK = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)
"""What a write put there is gone."""

ROLES_KEY = "scribetree/roles"
"""The key in a tool's `_meta` that lists who may call it."""

READS_WHERE_KEY = "scribetree/reads_where"
"""The key in a writing tool's `_meta` that gives the values of arguments with which a call only reads."""

STORES_KEY = "scribetree/uses_stores"
"""The key in a tool's `_meta` that is true where its answer depends on more than its arguments."""

TOOLSET_KEY = "scribetree/toolset"
"""The key in a tool's `_meta` that names the set it is switched on with, where a server has sets."""

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class RegisteredTool:
    """A tool and the rule of who may call it."""

    tool: Tool
    rule: Rule


class Toolbox:
    """The tools of one server, in the order in which they are listed."""

    def __init__(self, toolset: str | None = None) -> None:
        """An empty box; what it is filled with belongs to `toolset`, if one is named."""
        self._toolset = toolset
        self._tools: dict[str, RegisteredTool] = {}

    @classmethod
    def joined(cls, *boxes: "Toolbox") -> "Toolbox":
        """The tools of several boxes, in their order, as those of one server."""
        whole = cls()
        for box in boxes:
            whole._tools |= box._tools
        return whole

    def add(
        self,
        *,
        title: str,
        hints: ToolAnnotations,
        roles: frozenset[RequesterType] = EVERYONE,
        structured: bool = True,
        app: str | None = None,
        reads_where: dict[str, list[str]] | None = None,
    ) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """
        The decorated function becomes a tool; its docstring is the description a model reads.

        A plain function runs in a worker thread, an `async` one on the event loop: keep those cheap. `app` is the
        `ui://` page that a client may show the answer on. Of a tool that writes, a call in which each argument of
        `reads_where` has one of its values only reads, and is answered as a read while the server is away.
        """

        def register(function: Callable[P, R]) -> Callable[P, R]:
            tool = Tool.from_function(
                _guarded(function),
                name=function.__name__,
                title=title,
                description=inspect.getdoc(function),
                annotations=hints,
                meta={ROLES_KEY: sorted(roles)}
                | ({STORES_KEY: True} if _uses_stores(function) else {})
                | ({TOOLSET_KEY: self._toolset} if self._toolset else {})
                | ({READS_WHERE_KEY: reads_where} if reads_where else {})
                | app_meta(app),
                structured_output=False,
            )
            if structured:
                tool.fn_metadata = _structured(tool, get_type_hints(function)["return"])
            self._tools[tool.name] = RegisteredTool(close_schema(tool), Rule(roles))
            return function

        return register

    def get(self, name: str) -> RegisteredTool | None:
        """The tool of that name, if there is one."""
        return self._tools.get(name)

    def names(self) -> list[str]:
        """All names, in order."""
        return list(self._tools)

    def tools(self) -> list[Tool]:
        """All tools as the SDK takes them."""
        return [registered.tool for registered in self._tools.values()]


def _uses_stores(function: Callable[..., Any]) -> bool:
    """Whether it is handed anything but its arguments and its caller."""
    handed = [hint for hint in get_type_hints(function, include_extras=True).values() if hint != Caller]
    return any(isinstance(extra, Resolve) for hint in handed for extra in getattr(hint, "__metadata__", ()))


def _structured(tool: Tool, answer: Any) -> FuncMetadata:  # noqa: ANN401 - a type
    """The tool's metadata with `answer`, a dataclass, as its output; the SDK's own way refuses slots."""
    return FuncMetadata(arg_model=tool.fn_metadata.arg_model, output_model=answer)


def _guarded(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function`, which gives an error result instead of raising; an unforeseen error tells nothing outside."""
    if inspect.iscoroutinefunction(function):
        awaitable = cast("Callable[..., Awaitable[Any]]", function)

        @functools.wraps(function)
        async def run(**arguments: object) -> object:
            try:
                return await awaitable(**arguments)
            except MCPError:
                raise
            except Exception as error:  # noqa: BLE001 - the border: whatever it is, the client gets an answer
                return _failure(function.__name__, error)

        return run

    @functools.wraps(function)
    def run_in_thread(**arguments: object) -> object:
        try:
            return function(**arguments)
        except MCPError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            return _failure(function.__name__, error)

    return run_in_thread


def _failure(tool: str, error: Exception) -> CallToolResult:
    if isinstance(error, ScribeTreeError):
        return error_result(error)
    log.error("tool_failed", tool=tool, **where_raised(error))
    return error_result(
        InternalError(
            f"{tool} failed for a reason of its own; nothing was changed.",
            hint="Try again; if it fails again, report the correlation id of this answer.",
        )
    )
