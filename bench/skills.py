"""
How well levels, growth and sudden changes of skills are told, on students whose truths are known and on real drafts.

    .venv/bin/python bench/skills.py simulated --seed 21      # the judge; 1 to 3 were for tuning
    .venv/bin/python bench/skills.py drafts ../shared/data/writing/argrewrite_essays/dev.jsonl
    .venv/bin/python bench/skills.py speed
    .venv/bin/python bench/skills.py tools      # each tool on a year of one student's sealed records

`simulated`: for each skill of each student, at four times of the year, the interval beside the truth of that day; then
the plain mean, the last judgement and Theil and Sen's slope beside it. `drafts`: for each writer of ArgRewrite V.2, the
third draft's rubric rows beside what the first two foretold. `_SURE` in `_together.py` was set on seeds 1 to 4.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from math import sqrt
from pathlib import Path

from simulated_year import DAYS, SKILLS, Student, moment, year

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext
from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling._dashboard import create_student_privacy_dashboard
from scribetree.servers.student_profiling._profile import build_student_profile
from scribetree.servers.student_profiling._recommendations import generate_personalized_recommendations
from scribetree.servers.student_profiling._skills import assess_skill_development
from scribetree.servers.student_profiling._trajectory import track_learning_trajectory
from scribetree.settings import Settings
from scribetree.tools.profiling import Observation, estimate, estimates
from scribetree.tools.profiling._estimate import _BLURS, _mixed, _shares
from scribetree.tools.profiling._kalman import filtered
from scribetree.tools.profiling._together import changes_together
from scribetree.tools.writing import trend

GOAL = 0.7
TIMES = (100, 170, 230, 294)


def observations(student: Student, skill: str, until: float = DAYS) -> list[Observation]:
    return [
        Observation(each.day, each.skills[skill], each.judged_by, each.genre, each.prompt)
        for each in student.assessments
        if each.day <= until
    ]


def share(hits: Sequence[bool], by: Sequence[str]) -> str:
    """A share with a 90 % interval from a bootstrap over students."""
    groups: dict[str, list[bool]] = {}
    for hit, name in zip(hits, by, strict=True):
        groups.setdefault(name, []).append(hit)
    chance, sums = random.Random(1), [(sum(each), len(each)) for each in groups.values()]
    draws = []
    for _ in range(1000):
        drawn = chance.choices(sums, k=len(sums))
        draws.append(sum(a for a, _ in drawn) / max(1, sum(b for _, b in drawn)))
    draws.sort()
    return f"{sum(hits) / max(1, len(hits)):.3f} [{draws[50]:.3f}, {draws[949]:.3f}] (n {len(hits)})"


def levels(students: Iterable[Student]) -> None:
    inside, who, ours, means, lasts, widths, none = [], [], [], [], [], [], 0
    for student in students:
        for until in TIMES:
            judged = {skill: observations(student, skill, until) for skill in SKILLS}
            for skill, found in estimates({skill: seen for skill, seen in judged.items() if seen}).items():
                seen = judged[skill]
                if found.level is None:
                    none += 1
                    continue
                truth = student.levels[skill][int(found.last_day)]
                inside.append(found.low <= truth <= found.high)
                who.append(student.name)
                widths.append(found.high - found.low)
                ours.append(found.level - truth)
                by_teacher = [each.level for each in seen if each.judged_by == "teacher"] or [seen[-1].level]
                means.append(statistics.mean(by_teacher) - truth)
                lasts.append(by_teacher[-1] - truth)
    print("levels: 90 % intervals that hold the truth", share(inside, who), f"; width {statistics.mean(widths):.3f}")
    for name, errors in (("this", ours), ("mean of all", means), ("last judgement", lasts)):
        print(f"   RMSE {name:<16} {sqrt(statistics.mean(e * e for e in errors)):.4f}")
    print("   not said for want of evidence:", none)


def needs(students: Iterable[Student]) -> None:
    """Whether a goal is reached as often as the probability says, beside the last judgement taken at its word."""
    told: list[tuple[float, bool, bool]] = []
    for student in students:
        judged = {skill: observations(student, skill) for skill in SKILLS}
        for skill, found in estimates(judged).items():
            seen = judged[skill]
            chance = found.chance_above(GOAL)
            if chance is not None:
                told.append((chance, student.levels[skill][int(found.last_day)] >= GOAL, seen[-1].level >= GOAL))
    bins = [[each for each in told if int(each[0] * 10 - 1e-9) == part] for part in range(10)]
    gaps = [abs(statistics.mean(p for p, *_ in part) - statistics.mean(t for _, t, _ in part)) for part in bins if part]
    weights = [len(part) / len(told) for part in bins if part]
    error = sum(gap * weight for gap, weight in zip(gaps, weights, strict=True))
    brier = statistics.mean((p - t) ** 2 for p, t, _ in told)
    last = statistics.mean((float(said) - t) ** 2 for _, t, said in told)
    print(f"goal reached: calibration error {error:.3f}, Brier {brier:.3f}; last judgement {last:.3f} (n {len(told)})")


def growth(students: Sequence[Student]) -> None:
    inside, who, claimed, right, sen_claimed, sen_right = [], [], [], [], [], []
    truly, said = [], []
    for student in students:
        judged = {skill: observations(student, skill) for skill in SKILLS}
        for skill, found in estimates(judged).items():
            seen = judged[skill]
            if found.growth is None:
                continue
            begins = min(each.day for each in seen)
            truth = student.levels[skill][int(found.last_day)] - student.levels[skill][int(begins)]
            inside.append(found.growth.low <= truth <= found.growth.high)
            who.append(student.name)
            if found.growth.direction != "unclear":
                claimed.append(student.name)
                right.append((found.growth.direction == "rising") == (truth > 0))
            sen = trend([each.day for each in seen], [each.level for each in seen])
            if sen.direction in {"rising", "falling"}:
                sen_claimed.append(student.name)
                sen_right.append((sen.direction == "rising") == (truth > 0))
            truly.append(truth)
            said.append(found.growth.change)
    print("growth: 90 % intervals that hold the truth", share(inside, who))
    print("   directions claimed", len(claimed), "of which right", share(right, claimed))
    print("   Theil-Sen claims", len(sen_claimed), "of which right", share(sen_right, sen_claimed))
    print(f"   correlation with the truth {statistics.correlation(truly, said):.3f}")


def changes(students: Sequence[Student]) -> None:
    false, quiet, hits, near, who = [], [], [], [], []
    for student in students:
        for skill, found in changes_together({skill: observations(student, skill) for skill in SKILLS}).items():
            touching = [each for each in student.happenings if skill in each.skills]
            if not touching:
                false.append(bool(found))
                quiet.append(student.name)
            for each in touching:
                if each.kind == "overload":
                    continue
                sign = 1 if each.kind == "breakthrough" else -1
                close = [c for c in found if abs(c.day - each.begins) <= 42 and c.size * sign > 0]
                hits.append(bool(close))
                who.append(student.name)
                near += [abs(c.day - each.begins) for c in close[:1]]
    print("changes: skills without one where one was claimed", share(false, quiet))
    print("   true ones found within six weeks", share(hits, who), f"; median {statistics.median(near):.0f} days off")


def simulated(seed: int, students: int) -> None:
    known = year(seed, students).students
    levels(known)
    needs(known)
    growth(known)
    changes(known)


ROWS = ("avg_thesis", "avg_claim", "avg_evi", "avg_reas", "avg_reb", "avg_org", "avg_prec", "avg_flu", "avg_conv")


def drafts(path: Path) -> None:
    writers: dict[int, dict[int, dict[str, float]]] = {}
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        writers.setdefault(row["writer"], {})[row["draft"]] = row["scores"]
    inside, who, ours, lasts, means = [], [], [], [], []
    for writer, by_draft in writers.items():
        for name in ROWS if set(by_draft) == {1, 2, 3} else ():
            # Rubric rows go from 1 to 5; all drafts are on one task.
            first, second, third = ((by_draft[draft][name] - 1) / 4 for draft in (1, 2, 3))
            error, deviation = foretold([first, second, third])
            inside.append(abs(error) <= 1.645 * deviation)
            who.append(str(writer))
            ours.append(error)
            lasts.append(third - second)
            means.append(third - (first + second) / 2)
    print("third draft's rows inside what the first two foretold", share(inside, who))
    for label, errors in (("this", ours), ("last", lasts), ("mean", means)):
        print(f"   RMSE {label:<6} {sqrt(statistics.mean(e * e for e in errors)):.4f}")


def foretold(levels: Sequence[float]) -> tuple[float, float]:
    """By how much the last level differs from what those before it foretold, and the deviation that was foretold."""
    seen = [Observation(7.0 * number, level, "teacher", "argument", "task") for number, level in enumerate(levels)]
    shares = _shares([filtered(seen[:-1], blur) for blur in _BLURS])
    last = [filtered(seen, blur).steps[-1] for blur in _BLURS]
    return _mixed([(step.surprise, sqrt(step.variance)) for step in last], shares)


def speed() -> None:
    seen = [observations(student, skill) for student in year(1, 25).students for skill in SKILLS]
    started = time.process_time()
    for each in seen:
        estimate(each)
    ms = (time.process_time() - started) / len(seen) * 1000
    print(f"one skill, a year: {ms:.2f} ms, {statistics.mean(map(len, seen)):.0f} judgements")


def tools() -> None:
    """Processor time and time on the wall of each tool, in the process, on the records of one student's year."""
    student = max(year(1, 25).students, key=lambda each: len(each.assessments))
    with tempfile.TemporaryDirectory() as home:
        clock = FixedClock(moment(0))
        wiring = Wiring(settings=replace(Settings.from_environment(), home=Path(home)), clock=clock)
        me = PrivacyContext("s-1", "student", "learning", "bench-1")
        put_on_record(wiring, clock, student, me)
        for tool in (
            build_student_profile,
            track_learning_trajectory,
            assess_skill_development,
            generate_personalized_recommendations,
            create_student_privacy_dashboard,
        ):
            cpu, wall = times_of(lambda tool=tool: tool("s-1", me, wiring))
            print(f"{tool.__name__:<40} {cpu:6.1f} ms of processor time, {wall:6.1f} ms on the wall")
        wiring.close()


def put_on_record(wiring: Wiring, clock: FixedClock, student: Student, me: PrivacyContext) -> None:
    office, teacher = wiring.office, PrivacyContext("t-1", "educator", "assessment", "bench-1")
    office.consent.record_birth(office.pseudonym("s-1"), date(2007, 5, 1), by="administrator")
    office.enrol(PrivacyContext("a-1", "administrator", "support", "bench-1"), "s-1", "t-1", course="writing")
    essay = (Path(__file__).parents[1] / "examples" / "essay-draft-2.txt").read_text("utf-8")
    records: list[tuple[float, PrivacyContext, str, dict[str, object]]] = []
    for each in student.assessments:
        judged = {"skills": dict(each.skills), "assignment": each.prompt, "genre": each.genre}
        records.append((each.day, teacher, "assessment", {**judged, "judged_by": each.judged_by}))
    for each in student.sessions:
        done = {"words": each.words, "minutes": each.minutes, "revisions": each.revisions}
        records.append((each.day, me, "session", {**done, "assignment": each.prompt}))
    for each in student.reflections:
        records.append((each.day, me, "reflection", {"quality": each.quality, "assignment": each.prompt}))
        records.append((each.day, me, "draft", {"text": essay, "assignment": each.prompt}))
    for day, writer, kind, values in sorted(records, key=lambda record: record[0]):
        clock.moment = moment(day)
        wiring.guard.write(writer, "s-1", kind, values)
    clock.moment = moment(DAYS)


def times_of(action: Callable[[], object], runs: int = 15) -> tuple[float, float]:
    action()
    found: list[tuple[float, float]] = []
    for _ in range(runs):
        started = time.process_time(), time.perf_counter()
        action()
        found.append((time.process_time() - started[0], time.perf_counter() - started[1]))
    return 1000 * statistics.median(cpu for cpu, _ in found), 1000 * statistics.median(wall for _, wall in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("simulated", "drafts", "speed", "tools"))
    parser.add_argument("path", nargs="?", type=Path)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--students", type=int, default=200)
    chosen = parser.parse_args()
    if chosen.what == "simulated":
        simulated(chosen.seed, chosen.students)
    elif chosen.what == "drafts":
        drafts(chosen.path)
    elif chosen.what == "speed":
        speed()
    else:
        tools()


if __name__ == "__main__":
    main()
