"""Workflows as tools of the host's own MCP server, with progress while one runs."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import anyio
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import CallToolResult, TextContent, Tool

from scribetree.errors import InvalidInput, ScribeTreeError
from scribetree.host.workflows.definition import Workflow
from scribetree.host.workflows.desk import Desk
from scribetree.host.workflows.engine import RunResult, StepEvent, StepListener
from scribetree.host.workflows.report import render
from scribetree.host.workflows.schema import first_fault
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import EDUCATORS
from scribetree.servers.kit import READS, ROLES_KEY, WRITES, error_result

__all__ = ["WorkflowTools", "definition_shape"]

_MOST_EVENTS_WAITING = 1_000

_Answer = Callable[[dict[str, Any], PrivacyContext, ProgressFnT], Awaitable[CallToolResult]]

_RUN_ID = {"type": "string", "minLength": 8, "maxLength": 200, "description": "The run's id, as workflows_run gave it."}
_TOOLS = (
    Tool(
        name="workflows_list",
        title="List workflows",
        description=(
            "List the workflows that can be run over all servers, what each is for, and which inputs it takes. "
            "Use it before workflows_run. For a single question call the tool that answers it instead."
        ),
        annotations=READS,
        input_schema={"type": "object", "properties": {}, "additionalProperties": False},
        _meta={ROLES_KEY: sorted(EDUCATORS)},
    ),
    Tool(
        name="workflows_run",
        title="Run a workflow",
        description=(
            "Run a workflow to its end, durably, and give its report. Use it for work that needs several tools in "
            "order, such as everything that is known of one piece of writing. It reports progress step by step; if it "
            "is interrupted, what was done is kept, and the same `key` goes on with it. A workflow may write, such as "
            "alerts to a teacher: workflows_list says what each one does."
        ),
        annotations=WRITES,
        input_schema={
            "type": "object",
            "properties": {
                "workflow": {"type": "string", "maxLength": 64, "description": "Its id, from workflows_list."},
                "inputs": {"type": "object", "description": "Its inputs by name.", "maxProperties": 100},
                "key": {
                    "type": "string",
                    "minLength": 1,
                    "maxLength": 128,
                    "description": "The same key and inputs again are the same run.",
                },
            },
            "required": ["workflow", "inputs"],
            "additionalProperties": False,
        },
        _meta={ROLES_KEY: sorted(EDUCATORS)},
    ),
    Tool(
        name="workflows_status",
        title="Look up a run",
        description=(
            "Tell how far a run of yours has come: its state, and each call that has ended, with its time and who "
            "answered. Use it when workflows_run was interrupted. Its report is there once it has ended."
        ),
        annotations=READS,
        input_schema={
            "type": "object",
            "properties": {"run_id": _RUN_ID},
            "required": ["run_id"],
            "additionalProperties": False,
        },
        _meta={ROLES_KEY: sorted(EDUCATORS)},
    ),
)


class WorkflowTools:
    """The tools over one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.tools = _TOOLS
        self._answers: Mapping[str, _Answer] = {
            "workflows_list": self._list,
            "workflows_run": self._run,
            "workflows_status": self._status,
        }

    def find(self, name: str) -> Tool | None:
        """The tool of that name, if it is one of these."""
        return next((tool for tool in self.tools if tool.name == name), None)

    async def call(
        self, tool: Tool, arguments: dict[str, Any], *, caller: PrivacyContext, on_progress: ProgressFnT
    ) -> CallToolResult:
        """The answer, or an error in its place."""
        try:
            _check(arguments, tool)
            return await self._answers[tool.name](arguments, caller, on_progress)
        except ScribeTreeError as error:
            return error_result(error)

    async def _list(
        self, _arguments: dict[str, Any], _caller: PrivacyContext, _progress: ProgressFnT
    ) -> CallToolResult:
        return _as_result({"workflows": [definition_shape(each) for each in self._desk.definitions()]})

    async def _run(self, arguments: dict[str, Any], caller: PrivacyContext, progress: ProgressFnT) -> CallToolResult:
        telling, told = anyio.create_memory_object_stream[StepEvent](_MOST_EVENTS_WAITING)

        def tell(event: StepEvent) -> None:
            if telling.statistics().current_buffer_used < _MOST_EVENTS_WAITING:
                telling.send_nowait(event)

        answers: list[CallToolResult] = []
        async with anyio.create_task_group() as group:
            group.start_soon(_forward, told, progress, len(self._desk.steps(arguments["workflow"])))
            with telling:
                answers.append(await self._ended(arguments, caller, tell))
        return answers[0]

    async def _ended(self, arguments: dict[str, Any], caller: PrivacyContext, tell: StepListener) -> CallToolResult:
        """The run's end, or the error in its place; raised, it would come out of the task group in a wrapping."""
        try:
            result = await self._desk.run(
                arguments["workflow"], arguments["inputs"], caller=caller, key=arguments.get("key"), listener=tell
            )
        except ScribeTreeError as error:
            return error_result(error)
        return _as_result(_outcome(result), text=render(result), is_error=result.status != "completed")

    async def _status(
        self, arguments: dict[str, Any], caller: PrivacyContext, _progress: ProgressFnT
    ) -> CallToolResult:
        return _as_result(await self._desk.look_up(arguments["run_id"], caller=caller))


async def _forward(told: Any, progress: ProgressFnT, steps: int) -> None:  # noqa: ANN401 - anyio's stream
    """Each change of a step has become a progress notification, until there were no more."""
    parts: dict[str, float] = {}
    async with told:
        async for event in told:
            parts[event.step.id] = max(parts.get(event.step.id, 0.0), _part(event))
            note = f"{event.step.title or event.step.id}: {event.state}"
            counted = f" ({event.done} of {event.total})" if event.total else ""
            await progress(round(sum(parts.values()), 3), float(steps), note + counted)


def _part(event: StepEvent) -> float:
    """How much of its step is done, 0 to 1."""
    if event.state in {"running", "retrying"}:
        return event.done / event.total if event.total else 0.0
    return 1.0


def definition_shape(workflow: Workflow) -> dict[str, Any]:
    return {
        "id": workflow.id,
        "title": workflow.title,
        "description": " ".join(workflow.description.split()),
        "inputs": [
            {"name": name, "required": spec.required, "description": spec.description, "schema": spec.rule}
            for name, spec in workflow.inputs.items()
        ],
        "writes": [step.id for step in workflow.steps if step.undo or step.final],
    }


def _outcome(result: RunResult) -> dict[str, Any]:
    """A run's end without what the steps said: the report tells that."""
    return {
        "run_id": result.run_id,
        "workflow": result.workflow.id,
        "status": result.status,
        "steps": {
            name: {"state": step["state"], "ms": step["ms"], "error": step["error"]}
            for name, step in result.steps.items()
        },
    }


def _as_result(shape: dict[str, Any], *, text: str | None = None, is_error: bool = False) -> CallToolResult:
    shown = json.dumps(shape, ensure_ascii=False) if text is None else text
    return CallToolResult(is_error=is_error, content=[TextContent(type="text", text=shown)], structured_content=shape)


def _check(arguments: dict[str, Any], tool: Tool) -> None:
    fault = first_fault(arguments, tool.input_schema)
    if fault is not None:
        raise InvalidInput(f"The arguments do not fit {tool.name}: {fault}.", hint="See its input schema.")
