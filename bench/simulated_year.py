"""
A school year of writing that nobody wrote: students with known truths, and the records that such a year leaves.

    from simulated_year import year

    known = year(seed=1, students=200)
    known.students[0].levels["ideas"][120]    # what was true on day 120
    known.students[0].assessments             # what a teacher saw of it, with noise

What is true and what is seen are kept apart: `levels`, `engagement`, `genre_effects`, `happenings` and a prompt's
`difficulty` are truths; `assessments`, `sessions` and `reflections` are what a detector may look at. The same seed
gives the same year, and a student is the same whatever number of students is asked for.

The truths are no model's own: growth is even, logistic, late or none, changes come as steps, dips and slow recoveries,
levels end at 0 and 1, ratings are rounded to a rubric's steps, share a halo within a text and are missing now and then.
Half of all students have nothing happen to them. Whole classes have hard prompts, holidays and one bad week: causes
that are no single student's.

Sizes: a teacher's reading of one trait agrees with another's at about 0.5 to 0.7 (Diederich, French and Carlton, 1961;
Hayes, Hatch and Silk, 2000, for how little one text says of a writer), hence noise and prompt effects of about the
spread between students.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

__all__ = [
    "DAYS",
    "GENRES",
    "SKILLS",
    "START",
    "Assessment",
    "Happening",
    "HappeningKind",
    "Practice",
    "Prompt",
    "Reflection",
    "SchoolClass",
    "Session",
    "Student",
    "Year",
    "moment",
    "year",
]

SKILLS = ("ideas", "organization", "voice", "word_choice", "sentence_fluency", "conventions")
GENRES = ("narrative", "argument", "explanation", "response")
DAYS = 294
"""42 weeks; day 0 is a Monday."""
START = datetime(2025, 9, 1, tzinfo=UTC)

_HOLIDAYS = ((56, 63), (112, 126), (196, 210))
_PROMPT_EVERY = 14
_CLASS_SIZE = 25
_RUBRIC_STEP = 0.1

HappeningKind = Literal["quality_decline", "engagement_drop", "stuck", "overload", "breakthrough"]
Growth = Literal["steady", "logistic", "late", "none", "falling"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One task; `difficulty` is what it adds to everybody's observed level, mostly below what people think it is."""

    name: str
    genre: str
    opens: int
    due: int
    difficulty: float


@dataclass(frozen=True, slots=True)
class Happening:
    """
    Something true that a detector should notice, from `begins` to before `ends` (days).

    `quality_decline` lowers `skills` by `size` (levels); `engagement_drop` multiplies how often the student writes by
    1 - `size`; `stuck` multiplies words a minute by 1 - `size` and lengthens sessions; `overload` is all three;
    `breakthrough` lifts `skills` by `size`, for good.
    """

    kind: HappeningKind
    begins: int
    ends: int
    size: float
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Practice:
    """A recommendation that the student followed from `begins` to before `ends`, and what it truly added in all."""

    action: str
    skill: str
    begins: int
    ends: int
    gain: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """What somebody made of one text, on a rubric from 0 to 1; skills that were not looked at are absent."""

    day: float
    prompt: str
    genre: str
    judged_by: Literal["teacher", "self"]
    skills: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Session:
    """One writing session."""

    day: float
    prompt: str
    words: int
    minutes: float
    revisions: int


@dataclass(frozen=True, slots=True)
class Reflection:
    """One reflection, with its quality as a judge saw it, from 0 to 1."""

    day: float
    prompt: str
    quality: float


@dataclass(frozen=True, slots=True)
class Student:
    """One student: truths first, then what is seen of them."""

    name: str
    class_name: str
    growth: Growth
    levels: Mapping[str, tuple[float, ...]]
    engagement: tuple[float, ...]
    genre_effects: Mapping[str, Mapping[str, float]]
    happenings: tuple[Happening, ...]
    practices: tuple[Practice, ...]
    assessments: tuple[Assessment, ...]
    sessions: tuple[Session, ...]
    reflections: tuple[Reflection, ...]


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """Students with one teacher and the same prompts; in `bad_week` (its first day) all of them wrote half as much."""

    name: str
    teacher: str
    prompts: tuple[Prompt, ...]
    bad_week: int
    severity: float


@dataclass(frozen=True, slots=True)
class Year:
    """The whole year."""

    seed: int
    classes: tuple[SchoolClass, ...]
    students: tuple[Student, ...]

    def in_class(self, name: str) -> tuple[Student, ...]:
        """The students of one class."""
        return tuple(student for student in self.students if student.class_name == name)


def year(seed: int = 1, students: int = 200) -> Year:
    """The year of that seed."""
    classes = tuple(_class(seed, number) for number in range(math.ceil(students / _CLASS_SIZE)))
    return Year(seed, classes, tuple(_student(seed, n, classes[n // _CLASS_SIZE]) for n in range(students)))


def moment(day: float) -> datetime:
    """The time of a day of the year, in UTC."""
    return START + timedelta(days=day)


def is_holiday(day: float) -> bool:
    """Whether nobody has to write on that day."""
    return any(begins <= day < ends for begins, ends in _HOLIDAYS)


# Classes


def _class(seed: int, number: int) -> SchoolClass:
    chance = random.Random(f"{seed}/class/{number}")
    opens = [day for day in range(0, DAYS - _PROMPT_EVERY + 1, _PROMPT_EVERY) if not is_holiday(day)]
    prompts = tuple(
        Prompt(
            name=f"task-{place + 1:02}",
            genre=chance.choice(GENRES),
            opens=day,
            due=day + 11,
            difficulty=round(chance.gauss(0, 0.06), 4),
        )
        for place, day in enumerate(opens)
    )
    bad_week = chance.choice([day for day in range(28, DAYS - 28, 7) if not is_holiday(day)])
    return SchoolClass(
        f"class-{number + 1}", f"teacher-{number + 1}", prompts, bad_week, round(chance.gauss(0, 0.03), 4)
    )


# Truths


def _student(seed: int, number: int, school_class: SchoolClass) -> Student:
    chance = random.Random(f"{seed}/student/{number}")
    growth: Growth = chance.choices(("steady", "logistic", "late", "none", "falling"), (45, 15, 12, 20, 8))[0]
    happenings = _happenings(chance)
    practices = _practices(chance)
    ability = min(0.8, max(0.2, chance.gauss(0.48, 0.13)))
    yearly = _yearly_gain(chance, growth)
    levels = {skill: _levels(chance, skill, growth, ability, yearly, happenings, practices) for skill in SKILLS}
    effects = {skill: {genre: round(chance.gauss(0, 0.05), 4) for genre in GENRES} for skill in SKILLS}
    pace = _Pace(
        a_week=min(7.0, max(1.2, chance.gauss(3.4, 1.0))),
        minutes=min(60.0, max(12.0, chance.gauss(28, 8))),
        words_a_minute=min(24.0, max(4.0, chance.gauss(11, 3))),
        hour=min(21.0, max(8.0, chance.gauss(15, 3))),
    )
    engagement = tuple(_engagement(day, happenings, school_class) for day in range(DAYS))
    sessions = _sessions(chance, pace, engagement, happenings, school_class)
    return Student(
        name=f"student-{number + 1:03}",
        class_name=school_class.name,
        growth=growth,
        levels=levels,
        engagement=engagement,
        genre_effects=effects,
        happenings=happenings,
        practices=practices,
        assessments=_assessments(chance, levels, effects, engagement, school_class),
        sessions=sessions,
        reflections=_reflections(chance, levels, engagement, happenings, school_class),
    )


def _yearly_gain(chance: random.Random, growth: Growth) -> float:
    """What a year adds to a level: about 0.4 of the spread between students, as large gains in writing are."""
    if growth == "none":
        return 0.0
    gain = max(0.03, chance.gauss(0.14, 0.05))
    return -0.7 * gain if growth == "falling" else gain


def _happenings(chance: random.Random) -> tuple[Happening, ...]:
    """Nothing for half of all students, one thing for most others, two for a few; they do not overlap."""
    number = chance.choices((0, 1, 2), (50, 38, 12))[0]
    begins = [chance.randrange(70, 126), chance.randrange(182, 240)]
    if number == 1:
        begins = [chance.choice(begins)]
    return tuple(_happening(chance, day) for day in begins[:number])


def _happening(chance: random.Random, begins: int) -> Happening:
    kind: HappeningKind = chance.choices(
        ("quality_decline", "engagement_drop", "stuck", "overload", "breakthrough"), (24, 24, 14, 12, 26)
    )[0]
    some = tuple(sorted(chance.sample(SKILLS, chance.randint(2, 4))))
    size = {
        "quality_decline": chance.uniform(0.12, 0.30),
        "engagement_drop": chance.uniform(0.45, 0.90),
        "stuck": chance.uniform(0.40, 0.75),
        "overload": chance.uniform(0.35, 0.60),
        "breakthrough": chance.uniform(0.12, 0.28),
    }[kind]
    lasts = chance.randrange(28, 56)
    ends = DAYS if kind == "breakthrough" else begins + lasts
    touches_levels = kind in {"quality_decline", "overload", "breakthrough"}
    return Happening(kind, begins, ends, round(size, 3), some if touches_levels else ())


def _practices(chance: random.Random) -> tuple[Practice, ...]:
    """A third of all students followed a recommendation for six weeks; some did not help."""
    if chance.random() > 1 / 3:
        return ()
    action = chance.choice(("sentence_combining", "planning", "self_assessment", "peer_review", "strategy_instruction"))
    begins = chance.randrange(42, 200)
    gain = max(0.0, chance.gauss(0.07, 0.05))
    return (Practice(action, chance.choice(SKILLS), begins, begins + 42, round(gain, 3)),)


def _levels(
    chance: random.Random,
    skill: str,
    growth: Growth,
    ability: float,
    yearly: float,
    happenings: Sequence[Happening],
    practices: Sequence[Practice],
) -> tuple[float, ...]:
    """The true level on each day; it wanders a little around its course."""
    start = ability + chance.gauss(0, 0.08)
    gain = yearly * math.exp(chance.gauss(0, 0.25))
    wander, course = 0.0, []
    for day in range(DAYS):
        wander = 0.97 * wander + chance.gauss(0, 0.004)
        level = start + gain * _share_of_year(growth, day / DAYS) + wander
        level += sum(_shift(happening, skill, day) for happening in happenings)
        level += sum(each.gain * _progress(day, each.begins, each.ends) for each in practices if each.skill == skill)
        course.append(round(min(1.0, max(0.0, level)), 4))
    return tuple(course)


def _share_of_year(growth: Growth, share: float) -> float:
    if growth == "logistic":
        return 1 / (1 + math.exp(-12 * (share - 0.5)))
    if growth == "late":
        return max(0.0, (share - 0.6) / 0.4)
    return share


def _shift(happening: Happening, skill: str, day: int) -> float:
    """What a happening adds to a level: a step up for good, or a dip that heals over two weeks once it has ended."""
    if skill not in happening.skills or day < happening.begins:
        return 0.0
    if happening.kind == "breakthrough":
        return happening.size
    loss = happening.size if happening.kind == "quality_decline" else 0.5 * happening.size
    return -loss * (1 - _progress(day, happening.ends, happening.ends + 14))


def _progress(day: int, begins: int, ends: int) -> float:
    return min(1.0, max(0.0, (day - begins) / (ends - begins)))


def _engagement(day: int, happenings: Sequence[Happening], school_class: SchoolClass) -> float:
    """How much of the usual the student writes on that day."""
    if is_holiday(day):
        return 0.05
    share = 0.5 if school_class.bad_week <= day < school_class.bad_week + 7 else 1.0
    for happening in happenings:
        if happening.kind in {"engagement_drop", "overload"} and happening.begins <= day < happening.ends:
            share *= 1 - happening.size
    return round(share, 4)


# What is seen


@dataclass(frozen=True, slots=True)
class _Pace:
    a_week: float
    minutes: float
    words_a_minute: float
    hour: float


def _sessions(
    chance: random.Random,
    pace: _Pace,
    engagement: Sequence[float],
    happenings: Sequence[Happening],
    school_class: SchoolClass,
) -> tuple[Session, ...]:
    found: list[Session] = []
    for day in range(DAYS):
        usual = pace.a_week / 7 * (0.55 if day % 7 >= 5 else 1.18)
        number = _poisson(chance, usual * engagement[day])
        found += [_session(chance, pace, day, happenings, school_class) for _ in range(number)]
    return tuple(sorted(found, key=lambda session: session.day))


def _session(
    chance: random.Random, pace: _Pace, day: int, happenings: Sequence[Happening], school_class: SchoolClass
) -> Session:
    stuck = max(
        (each.size for each in happenings if each.kind in {"stuck", "overload"} and each.begins <= day < each.ends),
        default=0.0,
    )
    minutes = pace.minutes * (1 + 0.6 * stuck) * math.exp(chance.gauss(0, 0.4))
    words = minutes * pace.words_a_minute * (1 - stuck) / (1 + 0.6 * stuck) * math.exp(chance.gauss(0, 0.35))
    hour = min(23.5, max(6.0, chance.gauss(pace.hour, 1.5)))
    return Session(
        day=round(day + hour / 24, 4),
        prompt=_prompt_on(day, school_class).name,
        words=round(words),
        minutes=round(max(1.0, minutes), 1),
        revisions=_poisson(chance, words / 25 * (1 + stuck)),
    )


def _prompt_on(day: int, school_class: SchoolClass) -> Prompt:
    return max((each for each in school_class.prompts if each.opens <= day), key=lambda each: each.opens)


def _assessments(
    chance: random.Random,
    levels: Mapping[str, Sequence[float]],
    effects: Mapping[str, Mapping[str, float]],
    engagement: Sequence[float],
    school_class: SchoolClass,
) -> tuple[Assessment, ...]:
    """Each prompt once by the teacher, one in three by the student as well; one in eight is missing."""
    found: list[Assessment] = []
    for prompt in school_class.prompts:
        handed_in = chance.random() < 0.875 * min(1.0, 0.4 + 0.6 * engagement[prompt.due])
        halo = chance.gauss(0, 0.05)
        for judge in ("teacher", "self") if chance.random() < 1 / 3 else ("teacher",):
            bias, noise = (school_class.severity, 0.07) if judge == "teacher" else (0.06, 0.12)
            seen = {
                skill: _rated(
                    levels[skill][prompt.due]
                    + effects[skill][prompt.genre]
                    + prompt.difficulty
                    + halo
                    + bias
                    + chance.gauss(0, noise)
                )
                for skill in SKILLS
            }
            if handed_in:
                found.append(Assessment(prompt.due + 0.7, prompt.name, prompt.genre, judge, seen))
    return tuple(found)


def _rated(level: float) -> float:
    """The level on a rubric's steps."""
    return round(min(1.0, max(0.0, round(level / _RUBRIC_STEP) * _RUBRIC_STEP)), 2)


def _reflections(
    chance: random.Random,
    levels: Mapping[str, Sequence[float]],
    engagement: Sequence[float],
    happenings: Sequence[Happening],
    school_class: SchoolClass,
) -> tuple[Reflection, ...]:
    """One a prompt from most; shallower while the student is overloaded or does not want to."""
    depth = chance.gauss(0.5, 0.12)
    found: list[Reflection] = []
    for prompt in school_class.prompts:
        day = prompt.due
        tired = sum(
            0.5 * each.size
            for each in happenings
            if each.kind in {"overload", "engagement_drop"} and each.begins <= day < each.ends
        )
        growth = 0.4 * (levels["ideas"][day] - levels["ideas"][0])
        quality = depth + growth - tired + chance.gauss(0, 0.09)
        if chance.random() < 0.85 * min(1.0, 0.3 + 0.7 * engagement[day]):
            found.append(Reflection(day + 0.8, prompt.name, round(min(1.0, max(0.0, quality)), 3)))
    return tuple(found)


def _poisson(chance: random.Random, mean: float) -> int:
    """Knuth's way, for small means in pieces of at most 30."""
    count = 0
    while mean > 0:
        step, mean = min(mean, 30.0), max(0.0, mean - 30.0)
        limit, product = math.exp(-step), chance.random()
        while product > limit:
            count += 1
            product *= chance.random()
    return count


if __name__ == "__main__":
    known = year()
    kinds = [each.kind for student in known.students for each in student.happenings]
    print(f"{len(known.students)} students in {len(known.classes)} classes, {DAYS} days")
    print(
        {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "and",
        sum(not s.happenings for s in known.students),
        "with none",
    )
    for what in ("assessments", "sessions", "reflections"):
        print(what, sum(len(getattr(student, what)) for student in known.students))
