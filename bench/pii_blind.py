# ruff: noqa: E501 - a table of layouts stands on its lines
"""
Four blind sets for privacy/pii: passages of many genres, people from `mimesis`, essays that nothing was trained on; and
whole texts (set `d`) written with their people in them, names of a dozen parts of the world that no list was asked for.

Sets `a` and `b` were counted once, then read, and are trained on since. Half of set `d` is read and half is counted once.
Set `c`, and the templates of
`presidio-evaluator`, which are not ours and were not read, were counted only. Of neither is anything trained on: not the
passages, not the names (mimesis, MIT; the gazetteers and the training have Faker's), not the essays around them
(ELLIPSE, CC BY-NC-SA, evaluation only).
A passage tells of the same people several times. Slots: {N1} full name, {F1} first, {L1} last, {I1} initial, {K} nickname,
{M1} a name in its own script, {T} title, {f1} first in small letters; {P1}, {S1} a public figure and its surname, {C1} a
cited surname, {Q1} a cited author, {G1} the author's or a character's first name; {E1} e-mail, {H} telephone, {U1} user, {R1} link, {D} number, {A} address, {B} birth date,
{Y} birth year, {W} town. Capitals with the same number are the same person.
"""

import importlib.util
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from build_pii_names import DATA
from pii_judge import Judged

HERE = Path(__file__).parent / "pii_blind"
_SLOT = re.compile(r"\{([A-Za-z])(\d?)\}")
_LATIN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_NICKNAMES = "Gabe Manny Lulu Bex Zizi Kiki Jojo Mags Dez Pip Tank Boo Nacho Cricket Ziggy Bubba Minnow Tish".split()
_TITLES = "Mr. Mrs. Ms. Dr. Miss Professor Coach Mr Señora Principal Prof.".split(" ")
# A dozen of those that the lists of privacy/pii have, and as many again that nobody looked up there.
_PUBLIC = [
    "Rosa Parks", "Albert Einstein", "Nelson Mandela", "Malala Yousafzai", "Michael Jordan", "Frida Kahlo", "Steve Jobs", "Maya Angelou",
    "Cesar Chavez", "Amelia Earhart", "Thomas Edison", "Anne Frank", "Bayard Rustin", "Wilma Rudolph", "Srinivasa Ramanujan", "Wangari Maathai",
    "Chimamanda Adichie", "Temple Grandin", "Lin-Manuel Miranda", "Simone Biles", "Trevor Noah", "Jesse Owens", "Sonia Sotomayor", "Bryan Stevenson",
    "Ursula Le Guin", "Kofi Annan", "Dolores Huerta", "Jim Thorpe", "Katherine Johnson", "Ernest Shackleton", "Misty Copeland", "Elie Wiesel",
]  # fmt: skip
_WORDS = "pepper comet velvet otter lunar maple cobalt raven mango glacier tulip turbo nimbus cedar".split()
_MONTHS = "January February March April May June July August September October November December".split()
_TOWNS = "Kisumu Cebu Recife Leipzig Oaxaca Fresno Lublin Izmir Dhaka Aarhus".split()
_NUMBERS = "one two three four five six seven eight nine".split()


@cache
def people() -> dict[str, tuple[list[str], list[str]]]:
    """First and last names of mimesis' locales."""
    base, found = Path(importlib.util.find_spec("mimesis").origin).parent / "datasets", {}
    for file in sorted(base.glob("*/person.json")):
        table = json.loads(file.read_text(encoding="utf-8"))
        first, last = (
            [name for name in flat(table.get(key, [])) if 1 < len(name) < 16] for key in ("names", "surnames")
        )
        if len(first) > 20 and len(last) > 20:
            found[file.parent.name] = (first, last)
    return found


def flat(value: object) -> Iterator[str]:
    """The strings in nested tables."""
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from flat(part)


@cache
def latin() -> dict[str, tuple[list[str], list[str]]]:
    """Those written in Latin letters."""
    found = {}
    for place, lists in people().items():
        first, last = (
            [name for name in names if _LATIN.fullmatch(name) and name[0].isupper() and name[0] < "\u0370"]
            for names in lists
        )
        if len(first) > 20 and len(last) > 20:
            found[place] = (first, last)
    return found


@cache
def foreign() -> dict[str, tuple[list[str], list[str]]]:
    """Those written in other scripts, one locale a script."""
    return {
        place: people()[place] for place in ("ar", "el", "fa", "ja", "kk", "ko", "ru", "uk", "zh") if place in people()
    }


@cache
def hosts(part: str) -> list[str]:
    """Essays of one third of ELLIPSE, those in which nobody is named."""
    rows = [json.loads(line)["text"] for line in (DATA / "writing" / "ellipse" / "dev.jsonl").open()]
    rows = [row for row in rows if "_" not in row]  # ELLIPSE writes Generic_Name in place of a name
    third = len(rows) // 3
    return {"a": rows[:third], "b": rows[third : 2 * third], "c": rows[2 * third :]}[part]


Lists = dict[str, tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Cast:
    """
    Whom and what a filler chooses from: names by origin, names in other scripts, nicknames, public figures, foreign
    words, towns.
    """

    latin: Lists
    foreign: Lists
    nicknames: list[str]
    public: list[str]
    words: list[str]
    towns: list[str]


@cache
def mimesis() -> Cast:
    """Those of the blind sets."""
    return Cast(latin(), foreign(), _NICKNAMES, _PUBLIC, [], _TOWNS)


class Filler:
    """The people and the data of one essay."""

    def __init__(self, seed: str, cast: Cast | None = None) -> None:
        self.chance, self.cast = random.Random(seed), cast or mimesis()
        self.origin = self.chance.choice(sorted(self.cast.latin))
        self._known: dict[str, tuple[str, str]] = {}

    def value(self, slot: str, number: str) -> tuple[str, str]:
        """What stands in a slot, and its label (`PUBLIC`, or nothing, where it is not personal)."""
        chance = self.chance
        if slot in "NFLIfln":
            first, last = self.person(number)
            whole = {
                "N": f"{first} {last}",
                "F": first,
                "L": last,
                "I": f"{first[0]}.",
                "f": first.lower(),
                "l": last.lower(),
                "n": f"{first} {last}".lower(),
            }[slot]
            return whole, "" if slot == "I" else "NAME"
        if slot == "M":
            return self.once("M" + number, self.in_script), "NAME"
        if slot == "K":
            return self.once("K" + number, lambda: chance.choice(self.cast.nicknames)), "NAME"
        if slot in "PSp":
            whole = self.once("P" + number, lambda: chance.choice(self.cast.public))
            return {"P": whole, "S": whole.rsplit(" ", 1)[-1], "p": whole.lower()}[slot], "PUBLIC"
        if slot in "CQG":
            first, last = self.cast.latin[chance.choice(sorted(self.cast.latin))]
            given, family = chance.choice(first), chance.choice(last)
            whole = self.once("C" + number, lambda: f"{given} {family}")
            given, _, family = whole.partition(" ")
            return {"C": family, "Q": whole, "G": given}[slot], "PUBLIC"
        if slot in "Tt":
            title = chance.choice(_TITLES)
            return (title if slot == "T" else title.lower()), ""
        if slot == "X":
            return self.once("X" + number, lambda: chance.choice(self.cast.words)), ""
        if slot == "W":
            return chance.choice(self.cast.towns), ""
        label = {
            "E": "EMAIL",
            "H": "PHONE",
            "U": "USERNAME",
            "R": "URL_PERSONAL",
            "D": "ID_NUM",
            "A": "STREET_ADDRESS",
            "B": "DATE_OF_BIRTH",
            "Y": "DATE_OF_BIRTH",
        }[slot]
        return chance.choice(self.layouts(label, year_only=slot == "Y")), label

    def person(self, number: str) -> tuple[str, str]:
        """Somebody of this essay."""
        if number not in self._known:
            place = self.origin if self.chance.random() < 0.7 else self.chance.choice(sorted(self.cast.latin))
            first, last = self.cast.latin[place]
            self._known[number] = (self.chance.choice(first), self.chance.choice(last))
        return self._known[number]

    def once(self, key: str, make: object) -> str:
        """The same value for the same slot."""
        if key not in self._known:
            self._known[key] = (make(), "")
        return self._known[key][0]

    def in_script(self) -> str:
        """A name in its own script."""
        place = self.chance.choice(sorted(self.cast.foreign))
        first, last = self.cast.foreign[place]
        given, family = self.chance.choice(first), self.chance.choice(last)
        if place[:2] in {"zh", "ja", "ko"}:
            return family + given
        return given if self.chance.random() < 0.3 else f"{given} {family}"

    def layouts(self, label: str, *, year_only: bool) -> list[str]:
        """Made-up data of one kind, in several layouts."""
        chance = self.chance
        digits = lambda count: str(chance.randint(1, 9)) + "".join(str(chance.randint(0, 9)) for _ in range(count - 1))  # noqa: E731 - one line, local
        first, last = self.person("1")
        f, n = (re.sub(r"[^a-z]", "", part.lower()) or "kim" for part in (first, last))
        word, other = chance.choice(_WORDS), chance.choice(_WORDS)
        area, middle, tail = f"{chance.randint(2, 9)}{digits(2)}", f"{chance.randint(2, 9)}{digits(2)}", digits(4)
        year, month, day = chance.randint(1999, 2013), chance.randint(1, 12), chance.randint(1, 28)
        name = _MONTHS[month - 1]
        if year_only:
            return [str(year)]
        return {
            "EMAIL": [f"{f}.{n}@{word}mail.com", f"{f[0]}{n}{digits(2)}@stu.{word}.k12.ca.us", f"{n}_{f}@yahoo.fr", f"{word}{other}{digits(2)}@icloud.com", f"{f}@{n}.name", f"{f}+school@gmail.com", f"{f} at {word}mail dot com", f"{f}.{n} (at) gmail (dot) com", f"{f}{digits(2)} AT hotmail DOT com", f"{f}_{n}@{word}-college.edu.au", f"{word}.{f}@mail.{word}.co.in", f"{f}(at){word}.org"],
            "PHONE": [f"{area}-{middle}-{tail}", f"({area}) {middle}-{tail}", f"({area}){middle}-{tail}", f"{area}.{middle}.{tail}", f"1-{area}-{middle}-{tail}", f"+1 ({area}) {middle}-{tail}", f"{area} {middle} {tail}", f"{area}{middle}{tail}", f"+44 20 7{digits(3)} {digits(4)}", f"07{digits(3)} {digits(6)}", f"+49 151 {digits(8)}", f"+52 55 {digits(4)} {digits(4)}", f"+61 4{digits(2)} {digits(3)} {digits(3)}", f"+33 6 {digits(2)} {digits(2)} {digits(2)} {digits(2)}", f"({area}) {middle}-{tail} ext. {digits(3)}", f"+91-98{digits(3)}-{digits(5)}", f"+234 803 {digits(3)} {digits(4)}"],
            "URL_PERSONAL": [f"https://{f}{n}.com", f"www.{f}-{n}.net/about", f"https://www.instagram.com/{f}.{n}", f"https://medium.com/@{f}{digits(2)}", f"{word}{f}.blogspot.com", f"https://{f}.github.io/{word}", f"http://{word}by{f}.weebly.com", f"https://vimeo.com/{f}{n}", f"{f}.substack.com", f"https://sites.google.com/view/{f}-{n}"],
            "ID_NUM": [digits(7), digits(8), digits(9), f"{chance.choice('ABCDEKSUX')}{digits(6)}", f"{chance.choice('ABCDEKSUX')}{digits(8)}", f"{digits(2)}-{digits(6)}", f"20{digits(2)}{digits(5)}", f"{n[:2].upper()}-{digits(5)}", f"{digits(3)}-{digits(3)}-{digits(3)}", f"{digits(6)}{chance.choice('ABX')}", f"{f[:1]}{n[:3]}{digits(4)}".upper(), f"#{digits(6)}"[1:]],
            "USERNAME": [f"{f}{n}{digits(2)}", f"{word}_{other}", f"{word}{other}{digits(3)}", f"xX{word.title()}{f.title()}Xx", f"{f}.{word}", f"not_{f}", f"{word.title()}{other.title()}{digits(2)}", f"{f}the{word}{digits(1)}", f"real-{f}-{n}", f"{f[0]}{n}_{digits(4)}", f"{word.title()}Queen{digits(2)}", f"@{word}{other}"[1:]],
            "STREET_ADDRESS": [f"{digits(3)} {word.title()} Hollow Road", f"{digits(4)} N. {other.title()} Ave., Apt. {digits(1)}C", f"{digits(2)} {word.title()} Close, Leeds LS6 {chance.randint(1, 9)}AB", f"{digits(4)} {other.title()} Blvd, Sacramento, CA 95{digits(3)}", f"Flat {digits(1)}, {digits(2)} {word.title()} Street, London", f"Rua das {word.title()}s {digits(3)}", f"{word.title()}straße {digits(2)}", f"{digits(2)} rue de la {word.title()}", f"{digits(3)}/{digits(1)} {other.title()} Nagar", f"{digits(5)} County Road {digits(2)}", f"{digits(3)} West {digits(1)}th St, New York, NY 100{digits(2)}", f"Calle {word.title()} {digits(2)}", f"P.O. Box {digits(4)}", f"{digits(4)} {word.title()} Trail, Unit {digits(2)}, Denver, Colorado 802{digits(2)}"],
            "DATE_OF_BIRTH": [f"{name} {day}, {year}", f"{day} {name} {year}", f"{month}/{day}/{year}", f"{month:02}-{day:02}-{year}", f"{year}-{month:02}-{day:02}", f"{day}.{month}.{year}", f"{name[:3]}. {day}, {year}", f"{month}/{day}/{year % 100:02}", f"the {day}th of {name}, {year}"[4:] if 3 < day < 21 else f"{name} {day}, {year}", f"{name} {day}"],
        }[label]  # fmt: skip


def passages(part: str) -> list[str]:
    """The passages of a set."""
    return [one.strip("\n") for one in (HERE / f"{part}.txt").read_text(encoding="utf-8").split("---\n")]


def blind(part: str, count: int) -> list[Judged]:
    """Essays of a set: of every three, one is only passages, one has a few of them in an essay, one in two essays."""
    found = []
    for number in range(count):
        filler = Filler(f"{part}/{number}")
        chosen = filler.chance.sample(passages(part), 3 + number % 3)
        found.append(filled(chosen, filler.chance.sample(hosts(part), number % 3), filler))
    return found


def filled(chosen: list[str], around: list[str], filler: Filler) -> Judged:
    """Passages filled in, somewhere between the lines of the essays."""
    essay: list[str | tuple[int, str]] = [*"\n".join(around).split("\n")]
    for index, passage in enumerate(chosen):
        essay.insert(filler.chance.randint(0, len(essay)), (index, passage))
    return _filled(essay, filler)


def _filled(essay: list[str | tuple[int, str]], filler: Filler) -> Judged:
    text, spans, public = "", [], []
    for piece in essay:
        pattern, prefix = (piece, "") if isinstance(piece, str) else (piece[1], str(piece[0]))
        done = 0
        for slot in _SLOT.finditer(pattern) if prefix else ():
            text += pattern[done : slot.start()]
            done = slot.end()
            value, label = filler.value(slot[1], slot[2] and prefix + slot[2])
            place = (len(text), len(text) + len(value))
            if label == "PUBLIC":
                public.append(place)
            elif label:
                spans.append((*place, label))
            text += value
        text += pattern[done:] + ("\n" if prefix else filler.chance.choice(["\n", "\n\n"]))
    return Judged(text, tuple(_joined(text, spans)), tuple(public), filler.origin)


def _joined(text: str, spans: list[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """First and last name, with an initial between or before them, are one name."""
    last: tuple[int, int, str] | None = None
    for begin, end, label in spans:
        start = begin
        initial = re.search(r"\b[^\W\d_]\. $", text[max(0, begin - 4) : begin])
        if label == "NAME" and initial:
            start -= 3
        if last and label == last[2] == "NAME" and text[last[1] : start] in {" ", ""}:
            last = (last[0], end, label)
            continue
        if last:
            yield last
        last = (start, end, label)
    if last:
        yield last


_MARKED = re.compile(r"\{([NPEHURDAB]):([^}]*)\}")
_LABELS = {
    "N": "NAME",
    "E": "EMAIL",
    "H": "PHONE",
    "U": "USERNAME",
    "R": "URL_PERSONAL",
    "D": "ID_NUM",
    "A": "STREET_ADDRESS",
    "B": "DATE_OF_BIRTH",
}


def written(half: str) -> list[Judged]:
    """Half of set `d`, whole texts with their people in them: every other one is `read`, the rest is `counted`."""
    return [_written(passage) for passage in passages("d")[half == "counted" :: 2]]


def _written(passage: str) -> Judged:
    about, _, marked = passage.partition("\n")
    text, spans, public, done = "", list[tuple[int, int, str]](), list[tuple[int, int]](), 0
    for mark in _MARKED.finditer(marked):
        text += marked[done : mark.start()]
        done = mark.end()
        place = (len(text), len(text) + len(mark[2]))
        if mark[1] == "P":
            public.append(place)
        else:
            spans.append((*place, _LABELS[mark[1]]))
        text += mark[2]
    return Judged(text + marked[done:], tuple(spans), tuple(public), about.partition(";")[0])


_TEMPLATE_SLOT = re.compile(r"\{\{(\w+)\}\}")
_TEMPLATE_LABELS = {
    **dict.fromkeys(("person", "name", "name_female", "name_male"), "N"),
    **dict.fromkeys(("first_name", "first_name_male", "first_name_female", "first_name_nonbinary"), "F"),
    **dict.fromkeys(("last_name", "last_name_male", "last_name_female"), "L"),
    "email": "E", "phone_number": "H", "date_of_birth": "B",
}  # fmt: skip


def templates(times: int) -> list[Judged]:
    """The sentences of `presidio-evaluator`, filled as often as asked; those with addresses in parts are left out."""
    folder = Path(importlib.util.find_spec("presidio_evaluator").origin).parent / "data_generator" / "raw_data"
    lines = [
        line.strip().replace("\\n", "\n")
        for line in (folder / "templates.txt").read_text(encoding="utf-8").splitlines()
    ]
    left_out = {
        "street_name",
        "building_number",
        "secondary_address",
        "address",
        "url",
        "nation_plural",
        "nation_woman",
    }
    kept = [line for line in lines if line and left_out.isdisjoint(_TEMPLATE_SLOT.findall(line))]
    return [
        _of_template(line, Filler(f"templates/{number}/{time}"))
        for number, line in enumerate(kept)
        for time in range(times)
    ]


def _of_template(line: str, filler: Filler) -> Judged:
    plain = {"organization": "Brightwell Foods", "city": "Fresno", "country": "Norway", "nationality": "Norwegian", "year": "2014", "age": "17", "job": "baker", "day_of_week": "Monday", "date_time": "May 4",
             "prefix_male": "Mr.", "prefix_female": "Mrs.", "prefix": "Dr.", "credit_card_number": "4111 1111 1111 1111", "ssn": "219-09-9999", "ip_address": "203.0.113.7", "iban": "DE89 3704 0044 0532 0130 00",
             "postcode": "93650", "zipcode": "93650", "state_abbr": "CA", "us_driver_license": "D4620571"}  # fmt: skip
    other = {
        "credit_card_number": "CREDIT_CARD",
        "ssn": "SSN",
        "ip_address": "IP_ADDRESS",
        "iban": "BANK_ACCOUNT",
        "us_driver_license": "ID_NUM",
    }
    text, spans, done = "", [], 0
    for count, slot in enumerate(_TEMPLATE_SLOT.finditer(line), 1):
        text += line[done : slot.start()]
        done = slot.end()
        kind = _TEMPLATE_LABELS.get(slot[1])
        value, label = filler.value(kind, str(count)) if kind else (plain[slot[1]], other.get(slot[1], ""))
        if label:
            spans.append((len(text), len(text) + len(value), label))
        text += value
    return Judged(text + line[done:], tuple(_joined(text + line[done:], spans)), (), filler.origin)
