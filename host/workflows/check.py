"""A definition held against the tools that are there, before its first step runs."""

from collections.abc import Mapping
from typing import Any

from mcp.types import Tool

from scribetree.errors import InvalidInput, ScribeTreeError, UnknownName
from scribetree.host.workflows.definition import Step, Workflow, evaluate
from scribetree.host.workflows.expressions import roots
from scribetree.host.workflows.schema import first_fault

__all__ = ["Tools", "check_against_tools"]

Tools = Mapping[str, Mapping[str, Tool]]
"""The tools by server and name; a server that has not been seen yet has none."""


def check_against_tools(workflow: Workflow, tools: Tools) -> None:
    """
    Nothing happens if every step's tool is there, its arguments are among the tool's, and writes can be undone.

    A server whose tools are not known, because it is away, is not held against the workflow.
    """
    for step in workflow.steps:
        tool = _find(workflow, step, step.server, step.tool, tools, "tool")
        if tool is not None:
            _check_arguments(workflow, step, step.arguments, tool, ("arguments",))
            _check_undo(workflow, step, tool)
        if step.undo:
            undoing = _find(workflow, step, step.undo.server or step.server, step.undo.tool, tools, "undo")
            if undoing is not None:
                _check_arguments(workflow, step, step.undo.arguments, undoing, ("undo", "arguments"))


def _find(workflow: Workflow, step: Step, server: str, name: str, tools: Tools, part: str) -> Tool | None:
    if server not in tools:
        raise _at(workflow, step, UnknownName.of("server", server, tools, where=f" for step {step.id}"), "server")
    known = tools[server]
    if known and name not in known:
        error = UnknownName.of("tool", name, known, where=f" on {server} for step {step.id}")
        raise _at(workflow, step, error, part)
    return known.get(name)


def _check_arguments(
    workflow: Workflow, step: Step, arguments: Mapping[str, str], tool: Tool, place: tuple[str, ...]
) -> None:
    schema = tool.input_schema
    properties: Mapping[str, Any] = schema.get("properties", {})
    is_closed = schema.get("additionalProperties") is False
    for name in arguments:
        if is_closed and name not in properties:
            error = UnknownName.of("argument", name, properties, where=f" of {tool.name}")
            raise _at(workflow, step, error, *place, name)
    for name in schema.get("required", []):
        if name not in arguments:
            raise InvalidInput(
                f"{workflow.place(step, *place)}Step {step.id} gives {tool.name} no `{name}`, which it needs.",
                hint="Add it to the step's arguments.",
            )
    for name, text in arguments.items():
        if name in properties and not roots(text):
            _check_constant(workflow, step, name, text, schema, place)


def _check_constant(
    workflow: Workflow, step: Step, name: str, text: str, schema: Mapping[str, Any], place: tuple[str, ...]
) -> None:
    rule = {**schema["properties"][name], "$defs": schema.get("$defs", {})}
    if first_fault(evaluate(text, {}), rule) is not None:
        raise InvalidInput(
            f"{workflow.place(step, *place, name)}The constant `{text}` does not fit `{name}`.",
            hint="In JMESPath a number or a list stands in backticks, a text in single quotes.",
        )


def _check_undo(workflow: Workflow, step: Step, tool: Tool) -> None:
    writes = tool.annotations is not None and tool.annotations.read_only_hint is False
    if writes and step.undo is None and step.final is None:
        raise InvalidInput(
            f"{workflow.place(step)}Step {step.id} writes, and does not say how that is undone.",
            hint="Name the tool that takes it back under `undo`, or say under `final` why nothing can.",
        )


def _at(workflow: Workflow, step: Step, error: ScribeTreeError, *path: str) -> ScribeTreeError:
    return type(error)(f"{workflow.place(step, *path)}{error.message}", hint=error.hint)
