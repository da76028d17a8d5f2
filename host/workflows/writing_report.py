"""The report of a whole writing analysis: what to do next, the reflection, the text, how it came to be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from scribetree.tools.access import row

__all__ = ["writing_sections"]

Steps = Mapping[str, Mapping[str, Any]]


def writing_sections(steps: Steps) -> Iterator[str]:
    """Each part of the analysis that was made, what to do next before all."""
    for title, step_id, section in _SECTIONS:
        outcome = steps.get(step_id)
        if outcome is not None and outcome["result"] is not None:
            yield from (f"## {title}", "", *section(outcome["result"], steps), "")


def _reflection(found: Mapping[str, Any], steps: Steps) -> Iterator[str]:
    if found["abstained"]:
        yield f"No judgement: {found['reason']}"
    else:
        yield (
            f"Quality {found['overall']} of 100, depth {found['depth']} of 4 ({_DEPTHS[found['depth']]}), "
            f"specificity {found['specificity']:.1f} of 4."
        )
        names = sorted({element["kind"] for element in found["elements"]})
        yield f"Found in it: {', '.join(names) or 'nothing reflective yet'}."
        yield from _places(found["elements"])
    yield ""
    yield f"AI help now: **{found['access_level']}** ({row(found['access_level']).says})."
    yield from found["next_level"]
    if found["authenticity_reasons"]:
        yield from ("", f"Worth asking about: {' '.join(found['authenticity_reasons'])}")
    yield from ("", found["caution"])
    if found["feedback"]:
        yield from ("", "Questions to ask the student:", "", *_questions(found["feedback"], steps))


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
        yield from ("", "Where it shows most, in characters from the beginning of the reflection:", "")
        yield from (f"- {start} to {end}: {', '.join(sorted(signs))}" for (start, end), signs in sorted(places.items()))


def _questions(questions: Sequence[str], steps: Steps) -> Iterator[str]:
    """The questions, each with what it asks for as far as that was looked at."""
    found: Mapping[str, Any] = steps.get("questions", {}).get("result") or {"questions": ()}
    asks = [f" (asks to {each['name']})" if each["name"] else "" for each in found["questions"]]
    for number, question in enumerate(questions):
        yield f"- {question}{asks[number] if number < len(asks) else ''}"


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
        yield from ("", "Worth a look:", "")
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
        missing = f"at {skill['level']:.0%}, the goal is {skill['target']:.0%}: {skill['recommendation']}"
        yield f"- {skill['skill_name']}: {'goal reached' if skill['reached'] else missing}"


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


_SECTIONS: tuple[tuple[str, str, Callable[[Mapping[str, Any], Steps], Iterator[str]]], ...] = (
    ("What to do next", "recommendations", _next_steps),
    ("The reflection", "reflection", _reflection),
    ("Skills beside goals", "skills", _skills),
    ("The text", "patterns", _patterns),
    ("From draft to draft", "revision", _revision),
    ("How it was written", "process", _process),
    ("Continuity", "integrity", _integrity),
)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
