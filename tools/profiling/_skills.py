"""Skills beside their goals: the gaps, the next step for each, and the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Literal

from scribetree.errors import InvalidInput

__all__ = ["Skill", "SkillAssessment", "SkillFinding", "assess_skills"]

Band = Literal["beginning", "developing", "secure"]


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill: its level now, the level aimed at, and the share of the way that was gone (all 0 to 1)."""

    skill_name: str
    current_level: float
    target_level: float
    progress: float


@dataclass(frozen=True, slots=True)
class SkillFinding:
    """One skill, what is missing to its goal (0 to 1), and the next step."""

    skill_name: str
    gap: float
    band: Band
    reached: bool
    recommendation: str


@dataclass(frozen=True, slots=True)
class SkillAssessment:
    """All skills, widest gap first; `overall_progress` is the mean progress in percent."""

    overall_progress: int
    skills: tuple[SkillFinding, ...]
    recommendations: tuple[str, ...]


_NEXT: dict[Band, str] = {
    "beginning": "work through one worked example together, then try one alone",
    "developing": "practise it in the next draft, and say where",
    "secure": "use it in a new kind of text, and explain it to somebody",
}


def assess_skills(skills: Sequence[Skill]) -> SkillAssessment:
    """The gaps between levels and goals, and the three next steps that matter most."""
    if not skills:
        raise InvalidInput("`skills` is empty.", hint="Give at least one skill with its levels.")
    for skill in skills:
        _check(skill)
    findings = tuple(sorted(map(_finding, skills), key=lambda finding: (-finding.gap, finding.skill_name)))
    open_findings = [finding for finding in findings if not finding.reached]
    return SkillAssessment(
        overall_progress=round(100 * mean(skill.progress for skill in skills)),
        skills=findings,
        recommendations=tuple(f"{each.skill_name}: {each.recommendation}." for each in open_findings[:3]),
    )


def _check(skill: Skill) -> None:
    for name in ("current_level", "target_level", "progress"):
        if not 0 <= getattr(skill, name) <= 1:
            raise InvalidInput(f"`{name}` of a skill must be between 0 and 1.", hint="Give levels as shares.")


def _finding(skill: Skill) -> SkillFinding:
    gap = max(0.0, skill.target_level - skill.current_level)
    band = _band(skill.current_level)
    return SkillFinding(skill.skill_name, round(gap, 3), band, gap == 0, _NEXT[band])


def _band(level: float) -> Band:
    """The origin's bands: below 0.3, below 0.7, above."""
    if level < 0.3:
        return "beginning"
    return "developing" if level < 0.7 else "secure"
