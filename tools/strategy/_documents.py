"""
Notes read for insights and for facts about the project: by rules that can be seen, each hit with its sentence.

What a document says is data: an instruction in it is a sentence like any other.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scribetree.tools.strategy._answer import Analysis, Finding, figure
from scribetree.tools.strategy._model import Category, Context, Fact, Plan

__all__ = ["Candidate", "Document", "candidates", "extraction", "facts_in", "implications", "with_document"]

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[a-z][a-z'-]+")
_MOST_CANDIDATES = 100

# Stems by category; a word counts that begins with one.
_CUES: Mapping[Category, tuple[str, ...]] = {
    "competitive-advantage": ("competit", "rival", "differentiat", "unique", "advantage", "faster", "better"),
    "market-opportunity": ("market", "demand", "customer", "school", "district", "segment", "opportunit", "adopt"),
    "technical-capability": ("architect", "latency", "performance", "integrat", "scal", "api", "model", "engine"),
    "business-model": ("price", "pricing", "revenue", "subscription", "licen", "margin", "cost", "budget"),
    "risk-mitigation": ("risk", "privacy", "security", "compliance", "outage", "threat", "breach", "delay"),
    "resource-optimization": ("team", "hire", "capacity", "automat", "efficien", "staff", "time", "workload"),
}
_INSIGHT_CUES = (
    "because",
    "therefore",
    "learned",
    "learnt",
    "found",
    "shows",
    "showed",
    "means",
    "suggest",
    "realis",
    "realiz",
    "turns out",
)
_REFLECTION_CUES = ("i think", "we think", "i feel", "in hindsight", "next time", "looking back", "we wonder")
_FACT_LINES: Mapping[str, re.Pattern[str]] = {
    "name": re.compile(r"(?im)^\s*(?:project|product|name)\s*:\s*(.{1,200})$"),
    "stage": re.compile(r"(?im)^\s*stage\s*:\s*(.{1,100})$"),
    "audience": re.compile(r"(?im)^\s*(?:audience|users|customers)\s*:\s*(.{1,300})$"),
    "team_size": re.compile(r"(?im)^\s*team(?: size)?\s*:\s*(\d{1,6})\b"),
    "budget": re.compile(r"(?im)^\s*budget\s*:\s*\D{0,4}?([\d][\d,. ]{0,18})"),
    "horizon_months": re.compile(r"(?im)^\s*horizon\s*:\s*(\d{1,3})\s*months?\b"),
}


@dataclass(frozen=True, slots=True)
class Document:
    """A note by its name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence that may be an insight: its likely category, its relevance of 100, and what that is made of."""

    text: str
    source: str
    category: Category
    relevance: float
    reasons: tuple[str, ...]


def candidates(
    documents: Iterable[Document], *, insights: bool = True, reflections: bool = False, min_relevance: float = 40
) -> list[Candidate]:
    """The sentences that bear on the business, most relevant first; at most a hundred."""
    found: dict[str, Candidate] = {}
    for document in documents:
        for sentence in _sentences(document.text):
            candidate = _rated(sentence, document.name, insights=insights, reflections=reflections)
            if candidate and candidate.relevance >= min_relevance:
                found.setdefault(candidate.text.lower(), candidate)
    return sorted(found.values(), key=lambda each: -each.relevance)[:_MOST_CANDIDATES]


def extraction(found: Sequence[Candidate]) -> Analysis:
    """What was found, as an answer: quoted sentences, which are data."""
    return Analysis.bounded(
        "Possible insights",
        figures=[figure("documents", "sentences found", float(len(found)), "sentences", method="rules")],
        findings=[
            Finding(
                each.source,
                each.category,
                f"\u201c{each.text}\u201d",
                f"relevance {each.relevance:.0f}: {', '.join(each.reasons)}",
                "Keep it with link_insight_to_conversation.",
            )
            for each in found
        ],
        methods=("words of six categories, figures and conclusions in a sentence; each reason is shown",),
        assumptions=("Quoted sentences are what the documents say, and nobody has checked them.",),
        missing=() if found else ("No sentence bears on the business: lower the relevance, or give other notes.",),
    )


def implications(plan: Plan, *, min_relevance: float = 0, with_goals: bool = True) -> Analysis:
    """Which goals each kept insight touches, by the words they share, and which insights touch none."""
    kept = [each for each in plan.insights.values() if (each.relevance or 0) >= min_relevance or each.relevance is None]
    goals = {goal.id: _content(f"{goal.title} {goal.description}") for goal in plan.goals.values()}
    findings: list[Finding] = []
    for insight in kept:
        words = _content(insight.text)
        shared = {
            plan.goals[name].title: sorted(words & about) for name, about in goals.items() if len(words & about) >= 2
        }
        if shared and with_goals:
            findings += [
                Finding(
                    insight.text[:80],
                    insight.impact,
                    f"It bears on '{title}'.",
                    f"shared words: {', '.join(common[:6])}",
                    "Say in the goal what changes.",
                )
                for title, common in shared.items()
            ]
        elif not shared:
            findings.append(
                Finding(
                    insight.text[:80],
                    insight.impact,
                    "It bears on no goal that was entered.",
                    next_step="Make it a goal, or let it go.",
                )
            )
    return Analysis.bounded(
        "What the insights imply",
        figures=[figure("insights", "looked at", float(len(kept)), "insights", method="count")],
        findings=findings,
        methods=("two shared content words between an insight and a goal",),
        missing=() if kept else ("There are no such insights: capture one, or extract some from notes.",),
    )


def facts_in(document: Document) -> dict[str, str]:
    """The lines `Stage: ...`, `Team: ...` and their like, by the field of the context that they fill."""
    return {name: found.group(1).strip() for name, line in _FACT_LINES.items() if (found := line.search(document.text))}


def with_document(context: Context, document: Document, today: date) -> Context:
    """The context with what the document says: lines as fields still empty, sentences with figures as facts."""
    told = facts_in(document)
    known = {fact.statement for fact in context.facts}
    facts = [
        Fact(sentence, document.name, today)
        for sentence in _sentences(document.text)
        if _NUMBER.search(sentence) and ":" not in sentence[:20] and sentence not in known
    ]
    return replace(
        context,
        stage=context.stage or told.get("stage", ""),
        audience=context.audience or told.get("audience", ""),
        team_size=_first(context.team_size, _amount(told.get("team_size", ""))),
        budget=_first(context.budget, _amount(told.get("budget", ""))),
        horizon_months=context.horizon_months or (int(told["horizon_months"]) if "horizon_months" in told else None),
        facts=(*context.facts, *facts)[:200],
    )


def _rated(sentence: str, source: str, *, insights: bool, reflections: bool) -> Candidate | None:
    lowered = sentence.lower()
    words = _WORD.findall(lowered)
    hits: dict[Category, list[str]] = {
        name: [word for word in words if word.startswith(stems)] for name, stems in _CUES.items()
    }
    category: Category = max(hits, key=lambda name: len(hits[name]))
    cues = hits[category]
    concludes = any(cue in lowered for cue in _INSIGHT_CUES)
    reflects = any(cue in lowered for cue in _REFLECTION_CUES)
    if not cues or not ((insights and (concludes or not reflects)) or (reflections and reflects)):
        return None
    reasons = [f"words of {category}: {', '.join(dict.fromkeys(cues))}"]
    relevance = min(60, 20 * len(set(cues)))
    if concludes:
        relevance, reasons = relevance + 20, [*reasons, "draws a conclusion"]
    if _NUMBER.search(sentence):
        relevance, reasons = relevance + 20, [*reasons, "holds a figure"]
    return Candidate(sentence, source, category, float(relevance), tuple(reasons))


def _sentences(text: str) -> Iterable[str]:
    """Sentences of 4 to 60 words, as they stand."""
    for found in _SENTENCE.finditer(text):
        sentence = found.group().strip(" -*#\t>")
        if 4 <= sentence.count(" ") + 1 <= 60:
            yield sentence[:500]


def _content(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.lower()) if len(word) > 4}


def _first(known: float | None, told: float | None) -> float | None:
    return told if known is None else known


def _amount(text: str) -> float | None:
    digits = text.strip().rstrip(".,").replace(",", "").replace(" ", "")
    try:
        return float(digits)
    except ValueError:
        return None
