"""Skills beside their goals: the gaps, how sure each is, the next step for each, and the whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput
from scribetree.tools.profiling._estimate import Direction, Estimate
from scribetree.tools.profiling._traits import MODEL, skill_name, title_of

__all__ = ["SECURE", "Band", "Skill", "SkillAssessment", "SkillFinding", "assess_skills", "band_of"]

Band = Literal["beginning", "developing", "secure"]

SECURE = 0.7
_BEGINNING = 0.3
"""The origin's bands: below 0.3, below 0.7, above."""

_NEXT: Mapping[Band, str] = {
    "beginning": "work through one worked example together, then try one alone",
    "developing": "practise it in the next draft, and say where",
    "secure": "use it in a new kind of text, and explain it to somebody",
}


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: its level now, the level aimed at, and the share of the way that was gone (all 0 to 1)."""

    skill_name: str
    current_level: float
    target_level: float
    progress: float


@dataclass(frozen=True, slots=True)
class SkillFinding:
    """
    One skill, what is missing to its goal (0 to 1), and the next step.

    `level` is estimated from the judgements of `texts`, with a 90 % interval, or with fewer than three as it was given.
    `chance_reached` is how probable it is that the goal is reached, `growth` where the level is going.
    """

    skill_name: str
    gap: float
    band: Band
    reached: bool
    recommendation: str
    level: float
    low: float | None
    high: float | None
    target: float
    chance_reached: float | None
    growth: Direction | None
    texts: int
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkillAssessment:
    """All skills, widest gap first; `overall_progress` is the mean progress in percent, None where nothing is known."""

    overall_progress: int | None
    skills: tuple[SkillFinding, ...]
    recommendations: tuple[str, ...]
    model: str = MODEL
    notes: tuple[str, ...] = ()


def assess_skills(
    skills: Sequence[Skill], known: Mapping[str, Estimate] | None = None, *, notes: tuple[str, ...] = ()
) -> SkillAssessment:
    """
    The gaps between levels and goals, and the three next steps that matter most.

    `known` are estimates from earlier judgements by the skill's one name. A skill that has one and no goal aims at
    secure; of one that is known too little and was not given, nothing is said.
    """
    for skill in skills:
        _check(skill)
    known = known or {}
    named = {skill_name(skill.skill_name): skill for skill in skills}
    pairs = [(skill, known.get(name)) for name, skill in named.items()]
    pairs += [
        (_aim(name, each.level), each) for name, each in known.items() if name not in named and each.level is not None
    ]
    findings = tuple(sorted((_finding(*pair) for pair in pairs), key=lambda each: (-each.gap, each.skill_name)))
    open_findings = [finding for finding in findings if not finding.reached]
    progress = [skill.progress for skill, _ in pairs]
    return SkillAssessment(
        overall_progress=round(100 * mean(progress)) if progress else None,
        skills=findings,
        recommendations=tuple(f"{each.skill_name}: {each.recommendation}." for each in open_findings[:3]),
        notes=notes,
    )


def band_of(level: float) -> Band:
    """The band of a level."""
    if level < _BEGINNING:
        return "beginning"
    return "developing" if level < SECURE else "secure"


def _aim(name: str, level: float) -> Skill:
    """A skill of the records with the common goal; its progress is the share of the goal that is reached."""
    return Skill(title_of(name), level, SECURE, min(1.0, level / SECURE))


def _check(skill: Skill) -> None:
    for name in ("current_level", "target_level", "progress"):
        if not 0 <= getattr(skill, name) <= 1:
            raise InvalidInput(f"`{name}` of a skill must be between 0 and 1.", hint="Give levels as shares.")


def _finding(skill: Skill, estimate: Estimate | None) -> SkillFinding:
    is_known = estimate is not None and estimate.level is not None
    level = estimate.level if estimate is not None and estimate.level is not None else skill.current_level
    gap = max(0.0, skill.target_level - level)
    band = band_of(level)
    return SkillFinding(
        skill_name=skill.skill_name,
        gap=round(gap, 3),
        band=band,
        reached=gap == 0,
        recommendation=_NEXT[band],
        level=round(level, 3),
        low=estimate.low if estimate is not None and is_known else None,
        high=estimate.high if estimate is not None and is_known else None,
        target=skill.target_level,
        chance_reached=_rounded(estimate.chance_above(skill.target_level)) if estimate is not None else None,
        growth=estimate.growth.direction if estimate is not None and estimate.growth is not None else None,
        texts=estimate.texts if estimate is not None else 0,
        needed=estimate.needed if estimate is not None else (),
    )


def _rounded(chance: float | None) -> float | None:
    return None if chance is None else round(chance, 2)
