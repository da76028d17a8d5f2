"""
What changed for one student and is worth a teacher's look, found week by week in what the class left behind.

Each student is held against their own usual level. The class is the prior for that level, and it takes out what is
nobody's own: a hard task, a holiday, a week in which all wrote half as much. Four measures are watched: sessions a
week, words a minute, marks by skill (the third of them that moved most, for a change seldom takes them all), and the
depth of reflections; a fifth, the pasted share, where it is known. Limits are set so that a student whose work does
not change is the subject of an alert in about two of 100 terms; see docs/cards/alerts.md for how that was set and
what came of it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import exp, floor, hypot, log

from scribetree.errors import InvalidInput
from scribetree.tools.alerts._change import Evidence, Measure, Signal, signal
from scribetree.tools.alerts._streams import Counts, Levels, Stretch, extremes, middle, spread

__all__ = ["Reflection", "Session", "Text", "Work", "watch_class"]

_WEEK = 7.0
_FEWEST_CLASSMATES = 5
"""Fewer say nothing of how hard a task was."""
_MOST_WEEKS = 110
_QUIET_WEEKS = 5
"""After an alert, so long nothing of the same cause: the teacher has been told."""
_SUPPORTS = 0.4
"""A second measure that has gone this share of the way to its own limit makes it a larger cause."""

_UNUSUAL: Mapping[Measure, float] = {
    "sessions_a_week": 3.2,
    "words_a_minute": 2.85,
    "marks": 3.1,
    "reflection_depth": 2.8,
    "pasted_share": 3.2,
}
"""How far each measure strays in about one term of a hundred without anything having happened."""
_EXPECTED, _LIMIT = 1 / 3, 0.77
"""Of that, what every term holds and says nothing; and how much beyond is enough, all measures together."""
_RISE = 3.1
"""The same for rising marks: a breakthrough."""
_MILESTONES = (10_000, 25_000, 50_000, 100_000)
"""Words written in all."""


@dataclass(frozen=True, slots=True)
class Session:
    """One writing session; `pasted` is the share of its text that was pasted, where that is known."""

    day: float
    words: float
    minutes: float
    pasted: float | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One judged text: what was asked, and a mark from 0 to 1 for each skill that was looked at."""

    day: float
    task: str
    skills: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reflection:
    """One reflection and its depth from 0 to 1."""

    day: float
    depth: float


@dataclass(frozen=True, slots=True)
class Work:
    """What one student left behind, in any order; days are counted from any day, the same for the whole class."""

    sessions: Sequence[Session] = ()
    texts: Sequence[Text] = ()
    reflections: Sequence[Reflection] = ()


def watch_class(
    works: Mapping[str, Work], *, until: float, only: str | None = None
) -> Mapping[str, tuple[Signal, ...]]:
    """
    The signals of each student (or of `only` one) up to the day `until`, each found with what was known by then.

    A student with fewer than a handful of observations has none: there is no usual level to leave.
    """
    days = [day for work in works.values() for day in _days(work) if day <= until]
    if not days:
        return dict.fromkeys(works, ())
    first, last = floor(min(days) / _WEEK), floor(until / _WEEK)
    if last - first > _MOST_WEEKS:
        raise InvalidInput(f"The records span more than {_MOST_WEEKS} weeks.", hint="Give one school year or less.")
    group = _Class({name: _Watched(_by_week(work)) for name, work in works.items()})
    for week in range(first, last + 1):
        group.see(week)
    return {name: tuple(each.signals) for name, each in group.students.items() if only in {None, name}}


def _days(work: Work) -> Iterator[float]:
    yield from (session.day for session in work.sessions)
    yield from (text.day for text in work.texts)
    yield from (reflection.day for reflection in work.reflections)


@dataclass
class _Week:
    sessions: list[Session] = field(default_factory=list[Session])
    texts: list[Text] = field(default_factory=list[Text])
    reflections: list[Reflection] = field(default_factory=list[Reflection])


def _by_week(work: Work) -> Mapping[int, _Week]:
    weeks: dict[int, _Week] = defaultdict(_Week)
    for session in work.sessions:
        weeks[floor(session.day / _WEEK)].sessions.append(session)
    for text in work.texts:
        weeks[floor(text.day / _WEEK)].texts.append(text)
    for reflection in work.reflections:
        weeks[floor(reflection.day / _WEEK)].reflections.append(reflection)
    return weeks


@dataclass
class _Watched:
    """One student's streams, and what was said of them so far."""

    weeks: Mapping[int, _Week]
    activity: Counts = field(default_factory=lambda: Counts(window=8))
    pace: Levels = field(default_factory=lambda: Levels(spread=0.5, between=0.35, drift=0.1, window=24, shortest=3))
    depth: Levels = field(default_factory=lambda: Levels(spread=0.1, between=0.12, drift=0.03, window=3))
    pasted: Levels = field(default_factory=lambda: Levels(spread=0.08, between=0.08, drift=0.05, window=12, shortest=3))
    skills: dict[str, Levels] = field(default_factory=dict[str, Levels])
    signals: list[Signal] = field(default_factory=list[Signal])
    quiet_until: dict[Measure, int] = field(default_factory=dict[Measure, int])
    has_written: bool = False
    words: float = 0.0
    milestones: int = 0

    def skill(self, name: str, class_spread: float) -> Levels:
        """The stream of one skill's marks, against the class's."""
        stream = self.skills.setdefault(name, Levels(spread=0.1, between=0.15, drift=0.05, window=3))
        stream.spread = class_spread
        return stream

    def marks(self) -> list[Stretch]:
        """The newest texts of each number, by the skills that fell most and those that rose most."""
        by_length: dict[int, list[Stretch]] = defaultdict(list)
        for stream in self.skills.values():
            for stretch in stream.stretches(0.0):
                by_length[stretch.length].append(stretch)
        return [third for group in by_length.values() for third in _outer(group)]


def _outer(group: Sequence[Stretch]) -> Iterator[Stretch]:
    """The third of the skills that fell most, and that which rose most: a change seldom takes them all."""
    ordered = sorted(group, key=lambda each: each.score)
    some = max(1, len(ordered) // 3)
    for part in (ordered[:some], ordered[-some:]):
        yield Stretch(
            part[0].length,
            sum(each.score for each in part) / some,
            sum(each.usual for each in part) / some,
            sum(each.lately for each in part) / some,
        )


class _Class:
    """The students of one class, seen week by week."""

    def __init__(self, students: Mapping[str, _Watched]) -> None:
        self.students = students
        self._marks: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
        self._paces: list[float] = []
        self._depths: list[float] = []
        self._changes: list[float] = []
        self._latest: dict[tuple[str, str], float] = {}

    def see(self, week: int) -> None:
        """One week more."""
        present = {name: each.weeks.get(week, _Week()) for name, each in self.students.items()}
        for name, found in present.items():
            self.students[name].has_written |= bool(found.sessions)
            self._note(name, found)
        class_rate = middle([each.activity.rate(3.0) for each in self._writing()], 3.0)
        busy = {name: self._busy(name, present, class_rate) for name in present}
        for name, found in present.items():
            student = self.students[name]
            self._weigh(name, student, found, busy=busy[name])
            student.signals += _said(student, week, self._pace_level(), self._depth_level(), class_rate)

    def _writing(self) -> list[_Watched]:
        return [each for each in self.students.values() if each.has_written]

    def _note(self, name: str, found: _Week) -> None:
        """What the class's levels are drawn from."""
        for text in found.texts:
            for skill, mark in text.skills.items():
                self._marks[text.task, skill][name] = mark
        self._paces += _paces(found)
        self._depths += [each.depth for each in found.reflections]

    def _busy(self, name: str, present: Mapping[str, _Week], class_rate: float) -> float:
        """How much the others did this week, beside what is usual for them; they weigh more the more they are."""
        others = [other for other in present if other != name and self.students[other].has_written]
        done = sum(len(present[other].sessions) for other in others)
        usual = sum(self.students[other].activity.rate(class_rate) for other in others)
        return min(2.0, max(0.05, (2.0 + done) / (2.0 + usual)))

    def _pace_level(self) -> float:
        return middle(self._paces[-400:], log(11))

    def _depth_level(self) -> float:
        return middle(self._depths[-100:], 0.5)

    def _weigh(self, name: str, student: _Watched, found: _Week, *, busy: float) -> None:
        if student.has_written:
            student.activity.see(len(found.sessions), busy=busy)
        for pace in _paces(found):
            student.pace.see(pace)
        for session in found.sessions:
            student.words += session.words
            if session.pasted is not None:
                student.pasted.see(session.pasted)
        for text in found.texts:
            self._weigh_text(name, student, text)
        for reflection in found.reflections:
            student.depth.see(reflection.depth)

    def _weigh_text(self, name: str, student: _Watched, text: Text) -> None:
        usual_change = spread(self._changes[-600:], 0.14) / 2**0.5
        for skill, mark in text.skills.items():
            others = [each for other, each in self._marks[text.task, skill].items() if other != name]
            known = len(others) >= _FEWEST_CLASSMATES
            above = mark - (middle(others, 0.5) if known else 0.5)
            # A task's own difficulty stays in where too few others did it.
            student.skill(skill, usual_change).see(above, noise=0.0 if known else 0.08)
            before = self._latest.get((name, skill))
            if before is not None and known:
                self._changes.append(above - before)
            self._latest[name, skill] = above


def _paces(found: _Week) -> list[float]:
    return [log(each.words / each.minutes) for each in found.sessions if each.words >= 1 and each.minutes >= 2]


def _said(student: _Watched, week: int, pace: float, depth: float, class_rate: float) -> Iterator[Signal]:
    """What is to be said of the student at the end of this week."""
    day = (week + 1) * _WEEK
    evidence = list(_evidence(student, pace, depth, class_rate))
    working = [each for each in evidence if each.measure != "pasted_share"]
    is_enough = hypot(*(each.strength for each in working)) >= 1
    shown = tuple(each for each in working if is_enough and each.strength >= _SUPPORTS)
    yield from _told(student, week, shown)
    yield from _told(student, week, tuple(each for each in evidence if each not in working and each.strength >= 1))
    yield from _moments(student, day)


def _told(student: _Watched, week: int, evidence: tuple[Evidence, ...]) -> Iterator[Signal]:
    """The signal, unless the teacher has just been told of the same cause; what then lasts is the new usual."""
    causes: set[Measure] = {each.measure for each in evidence}
    news = {measure for measure in causes if week >= student.quiet_until.get(measure, -1)}
    if not news:
        return
    yield signal((week + 1) * _WEEK, evidence)
    for measure in causes:
        lasts = week < student.quiet_until.get(measure, -_QUIET_WEEKS) + _QUIET_WEEKS
        student.quiet_until[measure] = week + _QUIET_WEEKS
        _restart(student, measure, as_usual=lasts)


def _evidence(student: _Watched, pace: float, depth: float, class_rate: float) -> Iterator[Evidence]:
    yield _part("sessions_a_week", extremes(student.activity.stretches(class_rate))[0])
    yield _part("words_a_minute", extremes(student.pace.stretches(pace))[0], shown=exp)
    yield _part("marks", extremes(student.marks())[0])
    yield _part("reflection_depth", extremes(student.depth.stretches(depth))[0])
    yield _part("pasted_share", extremes(student.pasted.stretches(0.05))[1])


def _part(measure: Measure, stretch: Stretch, shown: Callable[[float], float] = float) -> Evidence:
    amount = stretch.score if measure == "pasted_share" else -stretch.score
    return Evidence(
        measure,
        round(shown(stretch.usual), 3),
        round(shown(stretch.lately), 3),
        stretch.length,
        round(max(0.0, amount / _UNUSUAL[measure] - _EXPECTED) / _LIMIT, 2),
    )


def _restart(student: _Watched, measure: Measure, *, as_usual: bool) -> None:
    streams: Mapping[Measure, Sequence[Counts | Levels]] = {
        "sessions_a_week": (student.activity,),
        "words_a_minute": (student.pace,),
        "marks": tuple(student.skills.values()),
        "reflection_depth": (student.depth,),
        "pasted_share": (student.pasted,),
    }
    for stream in streams[measure]:
        stream.restart(as_usual=as_usual)


def _moments(student: _Watched, day: float) -> Iterator[Signal]:
    """What went well."""
    best = extremes(student.marks())[1]
    if best.score >= _RISE:
        part = Evidence("marks", round(best.usual, 3), round(best.lately, 3), best.length, round(best.score / _RISE, 2))
        yield Signal(day, "breakthrough_moment", "low", "Marks have risen beyond this student's usual ones.", (part,))
        _restart(student, "marks", as_usual=True)
    passed = [each for each in _MILESTONES if student.words >= each]
    if len(passed) > student.milestones:
        student.milestones = len(passed)
        yield Signal(day, "milestone_reached", "low", f"{passed[-1]:,} words written so far.", ())
