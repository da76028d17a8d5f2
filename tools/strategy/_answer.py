"""The one shape of a computed answer: figures with their intervals and methods, and what is missing for more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

__all__ = ["MOST_ROWS", "Analysis", "Figure", "Finding", "figure", "joined", "without_next_steps"]

MOST_ROWS = 200
"""Figures and findings that one answer holds; what is left out is said."""


@dataclass(frozen=True, slots=True)
class Figure:
    """
    One number: of what, which measure, its unit, and the interval around it at `level` where there is one.

    `value` is a number or an ISO date. `method` names a key of the answer's `methods`.
    """

    subject: str
    measure: str
    value: float | str
    unit: str = ""
    low: float | str | None = None
    high: float | str | None = None
    level: float | None = None
    method: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that the figures say, what it rests on, and what could be done next."""

    subject: str
    severity: str
    statement: str
    basis: str = ""
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    Computed figures and what they say.

    `methods` names each method and its source; `assumptions` are what the figures rest on beyond what was entered;
    `missing` says what to enter for what could not be computed. Nothing is filled in.
    """

    title: str
    figures: tuple[Figure, ...] = ()
    findings: tuple[Finding, ...] = ()
    methods: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @classmethod
    def bounded(
        cls,
        title: str,
        *,
        figures: Iterable[Figure] = (),
        findings: Iterable[Finding] = (),
        methods: Iterable[str] = (),
        assumptions: Iterable[str] = (),
        missing: Iterable[str] = (),
    ) -> "Analysis":
        """An answer of at most 200 figures and findings, that says how many it leaves out."""
        all_figures, all_findings, gaps = tuple(figures), tuple(findings), list(dict.fromkeys(missing))
        left_out = max(0, len(all_figures) - MOST_ROWS) + max(0, len(all_findings) - MOST_ROWS)
        shown = gaps[:MOST_ROWS]
        if left_out or len(gaps) > MOST_ROWS:
            shown.append(f"{left_out + max(0, len(gaps) - MOST_ROWS)} further rows are left out: ask for less at once.")
        return cls(
            title,
            all_figures[:MOST_ROWS],
            all_findings[:MOST_ROWS],
            tuple(dict.fromkeys(methods)),
            tuple(dict.fromkeys(assumptions)),
            tuple(shown),
        )

    def of(self, measure: str, subject: str | None = None) -> Figure:
        """The first figure of that measure (and subject); KeyError if there is none."""
        for each in self.figures:
            if each.measure == measure and subject in {None, each.subject}:
                return each
        raise KeyError(measure)


def figure(subject: str, measure: str, value: float, unit: str = "", **more: object) -> Figure:
    """A figure whose numbers are rounded to four digits after the point."""
    numbers = {name: round(given, 4) if isinstance(given, float) else given for name, given in more.items()}
    return Figure(subject, measure, round(value, 4), unit, **numbers)  # type: ignore[arg-type]


def joined(first: Analysis, *others: Analysis) -> Analysis:
    """Several analyses as one, under the title of the first."""
    parts = (first, *others)
    return Analysis.bounded(
        first.title,
        figures=[each for part in parts for each in part.figures],
        findings=[each for part in parts for each in part.findings],
        methods=[each for part in parts for each in part.methods],
        assumptions=[each for part in parts for each in part.assumptions],
        missing=[each for part in parts for each in part.missing],
    )


def without_next_steps(analysis: Analysis) -> Analysis:
    """The same analysis, which only tells and advises nothing."""
    return replace(analysis, findings=tuple(replace(each, next_step="") for each in analysis.findings))
