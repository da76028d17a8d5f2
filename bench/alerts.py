"""
How alerts do in simulated years whose truths are known, beside the fixed thresholds of the origin system.

    .venv/bin/python bench/alerts.py            five years of 200 students; about two minutes
    .venv/bin/python bench/alerts.py --years 2

Limits were set on the years 1001 to 1004 (tools/alerts/_signals.py); the figures here are of the years 1 to 5, which
nothing was set on. An alert is right if something of that student's that it can be about is going on, or ended within
two weeks; a happening is found if at least one alert is right about it. A false alarm is counted for students to whom
nothing happens, by terms of 14 weeks.

The origin's rules: load above 0.8, engagement below 0.4, quality below 0.5, looked at once a week, each an alert. What
it is given: engagement as the week's sessions beside the class's median of the same week, quality as the latest marks'
mean, load as how far words a minute lie below the student's first six weeks. As written it repeats itself weekly; a
second line lets it keep quiet for five weeks after each alert, as ours does.
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import fmean, median

from simulated_year import DAYS, Happening, Student, year

from scribetree.tools.alerts import MOMENTS, Reflection, Session, Text, Work, watch_class

ABOUT: Mapping[str, frozenset[str]] = {
    "quality_decline": frozenset({"quality_decline", "intervention_needed", "urgent_support"}),
    "engagement_drop": frozenset({"engagement_drop", "intervention_needed", "urgent_support"}),
    "stuck": frozenset({"progress_concern", "intervention_needed", "urgent_support"}),
    "overload": frozenset(
        {"engagement_drop", "progress_concern", "quality_decline", "intervention_needed", "urgent_support"}
    ),
}
TERM, TERMS, WEEKS = 98, 3, DAYS // 7
GRACE = 14
QUIET = 5

Told = tuple[float, str]


@dataclass
class Tally:
    """What one way of alerting came to."""

    alerts: int = 0
    right: int = 0
    found: Counter[str] = field(default_factory=Counter[str])
    there: Counter[str] = field(default_factory=Counter[str])
    delays: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    quiet_terms: int = 0
    false_terms: int = 0
    teacher_weeks: int = 0
    severities: Counter[str] = field(default_factory=Counter[str])
    rises: Counter[str] = field(default_factory=Counter[str])

    def add(self, student: Student, told: Iterable[Told]) -> None:
        told = list(told)
        declines = [each for each in student.happenings if each.kind in ABOUT]
        for happening in declines:
            self.there[happening.kind] += 1
            about = [day for day, kind in told if is_about(day, kind, happening)]
            if about:
                self.found[happening.kind] += 1
                self.delays[happening.kind].append(min(about) - happening.begins)
        self.alerts += len(told)
        self.right += sum(any(is_about(day, kind, each) for each in declines) for day, kind in told)
        if not student.happenings:
            self.quiet_terms += TERMS
            self.false_terms += len({int(day - 1) // TERM for day, _ in told})

    def show(self, name: str) -> None:
        share = self.right / self.alerts if self.alerts else float("nan")
        print(f"\n{name}")
        print(f"  precision {share:.3f} ({self.right} of {self.alerts})", end="; ")
        print(f"recall {self.found.total() / self.there.total():.3f}", end="; ")
        print(f"alerts per teacher and week {self.alerts / self.teacher_weeks:.2f}", end="; ")
        print(f"false alarm per quiet student and term {self.false_terms / self.quiet_terms:.4f}")
        for kind in sorted(self.there):
            late = f"{median(self.delays[kind]):.0f} days" if self.delays[kind] else "-"
            print(f"    {kind:16} {self.found[kind]} of {self.there[kind]}, median delay {late}")


def is_about(day: float, kind: str, happening: Happening) -> bool:
    return kind in ABOUT[happening.kind] and happening.begins < day <= happening.ends + GRACE


def work_of(student: Student) -> Work:
    """What a teacher's installation holds of the student."""
    return Work(
        [Session(each.day, each.words, each.minutes) for each in student.sessions],
        [Text(each.day, each.prompt, each.skills) for each in student.assessments if each.judged_by == "teacher"],
        [Reflection(each.day, each.quality) for each in student.reflections],
    )


def origin(students: tuple[Student, ...]) -> dict[str, list[Told]]:
    """The origin's three rules, once a week."""
    weekly = {each.name: Counter(int(session.day // 7) for session in each.sessions) for each in students}
    told: dict[str, list[Told]] = {each.name: [] for each in students}
    for week in range(WEEKS):
        usual = median(weekly[each.name][week] for each in students)
        for student in students:
            told[student.name] += [((week + 1) * 7.0, kind) for kind in fired(student, week, weekly, usual)]
    return told


def fired(student: Student, week: int, weekly: Mapping[str, Counter[int]], usual: float) -> list[str]:
    found: list[str] = []
    if usual > 0 and weekly[student.name][week] / usual < 0.4:
        found.append("engagement_drop")
    marks = [each for each in student.assessments if each.judged_by == "teacher" and each.day < (week + 1) * 7]
    if marks and fmean(max(marks, key=lambda each: each.day).skills.values()) < 0.5:
        found.append("quality_decline")
    pace = [each.words / each.minutes for each in student.sessions if week * 7 <= each.day < week * 7 + 7]
    first = [each.words / each.minutes for each in student.sessions if each.day < 42]
    if week >= 6 and pace and first and 1 - fmean(pace) / fmean(first) > 0.8:
        found.append("intervention_needed")
    return found


def seldom(told: Iterable[Told]) -> list[Told]:
    """The same, which keeps quiet for five weeks after each alert of a kind."""
    until: dict[str, float] = {}
    kept: list[Told] = []
    for day, kind in told:
        if day >= until.get(kind, 0.0):
            kept.append((day, kind))
            until[kind] = day + QUIET * 7
    return kept


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--years", type=int, default=5)
    years = parser.parse_args().years
    ours, theirs, quieter = Tally(), Tally(), Tally()
    for seed in range(1, years + 1):
        known = year(seed, 200)
        for school_class in known.classes:
            students = known.in_class(school_class.name)
            signals = watch_class({each.name: work_of(each) for each in students}, until=DAYS - 1)
            fixed = origin(students)
            for tally in (ours, theirs, quieter):
                tally.teacher_weeks += WEEKS
            for student in students:
                found = [each for each in signals[student.name] if each.alert_type not in MOMENTS]
                ours.add(student, [(each.day, each.alert_type) for each in found])
                ours.severities.update(f"{each.alert_type}/{each.severity}" for each in found)
                theirs.add(student, fixed[student.name])
                quieter.add(student, seldom(fixed[student.name]))
                rises = [each for each in student.happenings if each.kind == "breakthrough"]
                told = [each.day for each in signals[student.name] if each.alert_type == "breakthrough_moment"]
                near = [[each.begins < day <= each.begins + TERM for each in rises] for day in told]
                ours.rises.update(told=len(told), right=sum(map(any, near)), there=len(rises))
                ours.rises.update(
                    found=sum(any(each.begins < day <= each.begins + TERM for day in told) for each in rises)
                )
    print(f"{years} simulated years of 200 students in classes of 25")
    ours.show("changes against the student's own usual work (ours)")
    print(f"    breakthroughs: {dict(ours.rises)}")
    print(f"    {dict(sorted(ours.severities.items()))}")
    theirs.show("fixed thresholds, as in the origin")
    quieter.show("fixed thresholds, quiet for five weeks after each alert")


if __name__ == "__main__":
    main()
