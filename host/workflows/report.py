"""
What a run found, as a page that a teacher can read in two minutes.

Markdown: it reads well in a terminal, in a file and in an assistant. It points into the student's text by offsets and
quotes nothing of it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scribetree.host.workflows.definition import Step
from scribetree.host.workflows.engine import RunResult
from scribetree.host.workflows.writing_report import writing_sections
from scribetree.provenance import Rung
from scribetree.shapes import as_list, as_object

__all__ = ["render"]

_MOST_ENTRIES = 6
_LONGEST_TOLD = 400

_RUNGS: Mapping[Rung, str] = {
    "mcp": "the servers",
    "http": "servers over plain HTTP",
    "mock": "this machine in place of a server that is away",
    "static": "fixed advice, because a server is away",
}


def render(result: RunResult) -> str:
    """The report of a run; a workflow without one of its own tells what each step found."""
    if result.error is not None:
        return f"# {result.workflow.title}\n\nIt did not begin: {result.error['message']}\n{result.error['fix']}\n"
    sections = _writing_sections if result.workflow.report == "writing" else _plain_sections
    lines = [
        f"# {result.workflow.title}",
        "",
        *_degraded(result),
        *_undone(result),
        *sections(result),
        *_origin(result),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _undone(result: RunResult) -> Iterator[str]:
    """What was taken back after a failure or a cancelling, and what could not be."""
    undone = [(step, result.steps[step.id]["undone"]) for step in result.workflow.steps if _has_undone(result, step)]
    how = "failed" if any(step["state"] == "failed" for step in result.steps.values()) else "was cancelled"
    if result.status == "undone" and not undone:
        yield f"The run {how}; it had done nothing that has to be taken back."
        yield ""
    if undone:
        yield f"The run {how}, and what it had done was taken back:"
        yield ""
        for step, fate in undone:
            how = "taken back" if fate["state"] == "ok" else f"**not taken back**: {fate['why']}"
            yield f"- {step.title or step.id}: {how}"
        yield ""


def _degraded(result: RunResult) -> Iterator[str]:
    """Which steps were answered by less than their server."""
    titles = [step.title or step.id for step in result.workflow.steps if _is_degraded(result.steps[step.id])]
    if titles:
        yield (
            f"Degraded, because a server was away: {', '.join(titles)}. These raise no access level and clear no "
            "question; ask again when it is back."
        )
        yield ""


def _is_degraded(outcome: Mapping[str, Any]) -> bool:
    return bool(outcome["provenance"] and outcome["provenance"]["degraded"])


def _has_undone(result: RunResult, step: Step) -> bool:
    return "undone" in result.steps[step.id]


def _plain_sections(result: RunResult) -> Iterator[str]:
    """How each step ended, then what each of them found, as far as it can be told in a few lines."""
    for step in result.workflow.steps:
        outcome = result.steps[step.id]
        yield f"- {step.title or step.id}: {outcome['state']}{_why(outcome)}"
    yield ""
    for step in result.workflow.steps:
        found = as_object(result.steps[step.id]["result"])
        told = list(_told(found)) if found else []
        if told:
            yield from (f"## {step.title or step.id}", "", *told, "")


def _told(found: Mapping[str, Any]) -> Iterator[str]:
    """The figures, short texts and lists of a result; long texts may be a student's and are left out."""
    for name, value in found.items():
        words = name.replace("_", " ")
        entries = as_list(value)
        if entries:
            yield f"- {words}:"
            yield from (f"  - {entry}" for entry in map(_entry, entries[:_MOST_ENTRIES]) if entry)
            if len(entries) > _MOST_ENTRIES:
                yield f"  - and {len(entries) - _MOST_ENTRIES} more"
        elif entry := _entry(value):
            yield f"- {words}: {entry}"


def _entry(value: object) -> str:
    inner = as_object(value)
    if inner is not None:
        parts = {name: _scalar(part) for name, part in inner.items()}
        return ", ".join(f"{name.replace('_', ' ')} {part}" for name, part in parts.items() if part)
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value) if isinstance(value, int | str) and len(str(value)) <= _LONGEST_TOLD else ""


def _writing_sections(result: RunResult) -> Iterator[str]:
    yield from _not_known(result)
    yield from writing_sections(result.steps)


def _not_known(result: RunResult) -> Iterator[str]:
    """What the report is silent about, said before anything else."""
    missing = [
        f"- {step.title or step.id}: {result.steps[step.id]['state']}{_why(result.steps[step.id])}"
        for step in result.workflow.steps
        if result.steps[step.id]["state"] == "failed"
        or (result.steps[step.id]["state"] == "skipped" and step.id != "alerts")
    ]
    if missing:
        has_failed = any(step["state"] == "failed" for step in result.steps.values())
        yield "This report is incomplete:" if has_failed else "Not looked at, for want of what it needs:"
        yield ""
        yield from missing
        yield ""


def _origin(result: RunResult) -> Iterator[str]:
    calls = [call for step in result.steps.values() for call in step.get("items", [step])]
    rungs = {origin["served_by"] for call in calls if (origin := call["provenance"]) and origin["served_by"]}
    answered = ", ".join(words for rung, words in _RUNGS.items() if rung in rungs)
    yield "---"
    yield (
        "Rules and counts, not a grade and not a verdict: check them against what you know of the student. "
        f"Answered by: {answered or 'nobody'}. Run {result.run_id}."
    )


def _why(outcome: Mapping[str, Any]) -> str:
    if outcome.get("error"):
        return f": {outcome['error']['message']}"
    return f" ({outcome['why']})" if outcome.get("why") else ""
