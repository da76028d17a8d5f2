"""
What a run found, as a page that a teacher can read in two minutes.

Markdown: it reads well in a terminal, in a file and in an assistant. It points into the student's text by offsets and
quotes nothing of it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scribetree.host.workflows.definition import Step
from scribetree.host.workflows.engine import RunResult
from scribetree.shapes import as_list, as_object
from scribetree.tools.access import row

__all__ = ["render"]

_MOST_ENTRIES = 6
_LONGEST_TOLD = 400

Steps = Mapping[str, Mapping[str, Any]]


def render(result: RunResult) -> str:
    """The report of a run; a workflow without one of its own tells what each step found."""
    if result.error is not None:
        return f"# {result.workflow.title}\n\nIt did not begin: {result.error['message']}\n{result.error['fix']}\n"
    sections = _writing_sections if result.workflow.report == "writing" else _plain_sections
    lines = [f"# {result.workflow.title}", "", *_undone(result), *sections(result), *_origin(result)]
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
    for title, step_id, section in _SECTIONS:
        outcome = result.steps.get(step_id)
        if outcome is not None and outcome["result"] is not None:
            yield f"## {title}"
            yield ""
            yield from section(outcome["result"], result.steps)
            yield ""


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


def _reflection(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    if found["abstained"]:
        yield f"No judgement: {found['reason']}"
    else:
        yield (
            f"Quality {found['overall']} of 100, depth {found['depth']} of 4 ({_DEPTHS[found['depth']]}), "
            f"specificity {found['specificity']:.1f} of 4."
        )
        names = sorted({element["kind"] for element in found["elements"]})
        yield f"It holds: {', '.join(names) or 'nothing reflective yet'}."
        yield from _places(found["elements"])
    yield ""
    yield f"AI help now: **{found['access_level']}** ({row(found['access_level']).says})."
    yield from found["next_level"]
    if found["authenticity_reasons"]:
        yield ""
        yield f"Worth asking about: {' '.join(found['authenticity_reasons'])}"
    yield ""
    yield found["caution"]
    if found["feedback"]:
        yield ""
        yield "Questions to ask the student:"
        yield ""
        yield from (f"- {question}" for question in found["feedback"])


def _places(elements: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where each sign but mere telling is surest, as offsets in the reflection."""
    surest: dict[str, Mapping[str, Any]] = {}
    for element in sorted(elements, key=lambda each: -each["probability"]):
        surest.setdefault(element["sign"], element)
    places: dict[tuple[int, int], list[str]] = {}
    for sign, element in surest.items():
        if sign != "description":
            places.setdefault((element["start"], element["end"]), []).append(sign)
    if places:
        yield ""
        yield from (
            f"- characters {start} to {end} of the reflection: {', '.join(sorted(signs))}"
            for (start, end), signs in sorted(places.items())
        )


_DEPTHS = (
    "nothing reflective",
    "tells what was done",
    "names a difficulty or a judgement",
    "gives reasons and something understood",
    "weighs another view and plans ahead",
)


def _patterns(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    structure, complexity, style = found["structure"], found["complexity"], found["style"]
    yield (
        f"{_count(structure['words'], 'word')} in {_count(structure['sentences'], 'sentence')} "
        f"and {_count(structure['paragraphs'], 'paragraph')}. "
        f"Sentences have {structure['mean_sentence_length']:.0f} words on average, "
        f"from {structure['shortest_sentence']} to {structure['longest_sentence']}."
    )
    if complexity:
        yield f"It reads at about US grade {complexity['grade_level']:.0f}, in a {style['tone']} tone."
    yield f"Its vocabulary diversity is {style['vocabulary_diversity']:.2f} (0 to 1)."
    if found["notes"]:
        yield ""
        yield "Worth a look:"
        yield ""
        yield from (f"- {note['text']} (characters {note['start']} to {note['end']})" for note in found["notes"])


def _revision(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    if not found["changes"]:
        yield "The two drafts are the same."
        return
    yield (
        f"{found['words_before']} words became {found['words_after']}. {_count(found['added'], 'sentence')} added, "
        f"{found['deleted']} taken out, {found['modified']} changed, {found['unchanged']} kept. "
        + (found["note"] or f"{found['content_share']:.0%} of the changes are about content.")
    )


def _process(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    yield from found["description"]


def _integrity(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    if found["abstained"]:
        yield f"No judgement: {found['reason']}"
    yield from (f"- {each['observation']}" for each in found["evidence"])
    if found["evidence"]:
        yield ""
    yield from found["recommendations"]


def _skills(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    for skill in found["skills"]:
        state = "goal reached" if skill["reached"] else f"{skill['gap']:.0%} to the goal; {skill['recommendation']}"
        yield f"- {skill['skill_name']}: {state}"


def _next_steps(found: Mapping[str, Any], steps: Steps) -> Iterator[str]:
    if not found["recommendations"]:
        yield found["note"]
    for each in found["recommendations"]:
        yield f"- **{each['type'].replace('_', ' ')}** (sure: {each['confidence']:.0%}): {each['rationale']}"
        yield from (f"  - {action['description']}" for action in each["suggested_actions"])
    sent = steps.get("alerts", {}).get("result")
    if sent and sent.get("state") == "queued":
        yield ""
        yield "The alerts wait in the outbox until their server is back: see `scribetree outbox`."
    elif sent:
        told = len(sent["sent"]) + len(sent["queued"]) + len(sent["known"])
        later = " (after the batch or the quiet hours)" if sent["queued"] else ""
        yield ""
        yield f"{_count(told, 'alert')} put into the teacher's inbox{later}."


def _questions(found: Mapping[str, Any], _steps: Steps) -> Iterator[str]:
    levels = [each["name"] or "no level" for each in found["questions"]]
    yield f"The questions above ask to: {', '.join(levels)}."
    yield from found["recommendations"]


_SECTIONS: tuple[tuple[str, str, Callable[[Mapping[str, Any], Steps], Iterator[str]]], ...] = (
    ("What to do next", "recommendations", _next_steps),
    ("The reflection", "reflection", _reflection),
    ("What the questions ask for", "questions", _questions),
    ("Skills beside goals", "skills", _skills),
    ("The text", "patterns", _patterns),
    ("From draft to draft", "revision", _revision),
    ("How it was written", "process", _process),
    ("Continuity", "integrity", _integrity),
)


def _origin(result: RunResult) -> Iterator[str]:
    calls = [call for step in result.steps.values() for call in step.get("items", [step])]
    rungs = {origin["served_by"] for call in calls if (origin := call["provenance"]) and origin["served_by"]}
    yield "---"
    degraded = [name for name, step in result.steps.items() if step["provenance"] and step["provenance"]["degraded"]]
    if degraded:
        yield (
            f"Degraded, because a server was away: {', '.join(degraded)}. These raise no access level and clear no "
            "question; ask again when it is back."
        )
        yield ""
    yield (
        "Rules and counts, not a grade and not a verdict: check them against what you know of the student. "
        f"Answered by: {', '.join(sorted(rungs)) or 'nobody'}. Run {result.run_id}."
    )


def _why(outcome: Mapping[str, Any]) -> str:
    if outcome.get("error"):
        return f": {outcome['error']['message']}"
    return f" ({outcome['why']})" if outcome.get("why") else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
