"""
Short answers that are copied, lightly revised, heavily revised or independent, built by rule from licensed texts.

Sources: ArgRewrite V.2 (Kashefi et al. 2022, CC BY 4.0), OneStopEnglish (Vajjala and Lucic 2018, CC BY-SA 4.0).
Copied, lightly and heavily revised answers are made by the rules below; OneStop's elementary version of an article is a
heavy revision made by people; independent answers are other writers' on the same question, or other passages on the
same subject. Writers and articles are split in two before anything is made: the halves share no text.
"""

import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scribetree.tools.text import sentences

KINDS = ("copied", "light", "heavy", "independent")

# Pairs that may stand for one another in most places: written for this file.
_PAIRS = """
big:large important:significant help:assist begin:start show:demonstrate use:employ many:numerous people:individuals
think:believe problem:difficulty car:vehicle cars:vehicles safe:secure accident:crash accidents:crashes reduce:decrease
increase:raise allow:permit need:require make:create gets:receives get:obtain buy:purchase money:funds job:occupation
jobs:occupations benefit:advantage benefits:advantages cost:price costs:expenses expensive:costly cheap:inexpensive
fast:quick quickly:rapidly slow:gradual hard:difficult easy:simple also:additionally but:yet however:nevertheless
because:since therefore:consequently often:frequently sometimes:occasionally always:constantly usually:generally
very:extremely good:beneficial bad:harmful new:novel old:ancient whole:entire large:huge small:little main:principal
different:distinct similar:alike certain:particular government:authorities company:firm companies:firms country:nation
countries:nations city:town child:youngster children:youngsters student:pupil students:pupils teacher:instructor
school:college study:research studies:investigations scientist:researcher scientists:researchers doctor:physician
doctors:physicians said:stated says:states told:informed asked:requested found:discovered find:discover believe:think
believes:thinks want:wish wants:wishes try:attempt tried:attempted keep:retain stop:halt stopped:halted end:finish
ended:finished change:alter changed:altered grow:expand growing:expanding fall:drop fell:dropped rise:climb rose:climbed
give:provide gave:provided given:provided take:grab took:grabbed drive:operate driver:motorist drivers:motorists
road:street roads:streets traffic:congestion technology:machinery machine:device computer:system danger:risk
dangerous:hazardous death:fatality deaths:fatalities die:perish died:perished kill:slay killed:slain injury:harm
injuries:wounds save:spare saved:spared time:period way:manner ways:methods place:location places:locations home:house
houses:homes work:labour worker:employee workers:employees working:labouring food:nourishment water:liquid world:globe
area:region areas:regions part:portion parts:portions number:amount amount:quantity group:band groups:bands
idea:notion ideas:notions reason:cause reasons:causes result:outcome results:outcomes effect:impact effects:impacts
answer:reply question:query talk:speak talking:speaking write:compose wrote:composed read:peruse learn:discover
understand:grasp know:realise known:recognised look:glance looks:appears looking:gazing feel:sense feels:senses
afraid:scared worried:anxious happy:glad sad:unhappy angry:furious famous:renowned popular:favoured rich:wealthy
poor:needy young:youthful strong:powerful weak:feeble clear:obvious clearly:obviously possible:feasible
impossible:unattainable likely:probable probably:presumably almost:nearly about:roughly around:approximately
over:above under:beneath between:among before:prior after:following during:throughout while:whereas although:though
if:whenever only:merely just:simply enough:sufficient more:further most:nearly less:fewer several:various some:certain
every:each all:entire both:together huge:enormous live:reside lived:resided living:residing move:shift moved:shifted
build:construct built:constructed produce:manufacture produced:manufactured develop:advance developed:advanced
support:back supported:backed agree:concur agreed:concurred disagree:differ argue:contend argued:contended claim:assert
claims:asserts claimed:asserted explain:clarify explained:clarified describe:depict described:depicted include:contain
includes:contains including:containing lead:guide leads:guides leading:guiding leave:exit left:exited travel:journey
trip:voyage fight:battle war:conflict peace:calm law:rule laws:rules court:tribunal police:officers crime:offence
protect:shield protects:shields prevent:avert prevents:averts avoid:escape cause:trigger causes:triggers
improve:enhance improved:enhanced better:superior worse:inferior best:finest worst:poorest first:initially
second:secondly finally:lastly today:nowadays now:currently then:afterwards again:anew never:seldom ever:once
society:community public:citizens family:household families:households friend:companion friends:companions
parent:guardian parents:guardians man:gentleman men:gentlemen woman:lady women:ladies human:person humans:persons
animal:creature animals:creatures plant:herb tree:timber sea:ocean land:ground air:atmosphere energy:power
power:strength fuel:petrol oil:petroleum heat:warmth cold:chilly weather:climate health:wellbeing disease:illness
diseases:illnesses sick:ill medicine:drug hospital:clinic business:trade market:marketplace price:charge pay:spend
paid:spent sell:market sold:marketed customer:client customers:clients owner:proprietor owners:proprietors
able:capable unable:incapable need:demand needs:demands must:should can:could will:shall would:could has:possesses
have:possess had:possessed
"""
_SWAPS = dict(pair.split(":") for pair in reversed(_PAIRS.split()) if pair.split(":")[0] != pair.split(":")[1])
_WORD = re.compile(r"[A-Za-z']+")
_FILLERS = (
    "in fact",
    "of course",
    "in this way",
    "as it happens",
    "to a degree",
    "it seems",
    "in many cases",
    "in short",
)
_DROPPED = re.compile(
    r"\b(?:very|really|quite|also|just|simply|actually|however|moreover|furthermore|especially|particularly|certainly"
    r"|clearly|in fact|of course)\b,? ?",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"^([^,;]{15,120}?),? (because|since|while|although|when|if|as|after|before) ([^,;]{12,120})([.!?]+)$"
)
_FRONTED = re.compile(r"^([A-Z][^,;]{6,60}), ([^;]{20,200})([.!?]+)$")
_RECASTS = (
    (re.compile(r"\bthere (?:is|are) (?:no|not any)\b", re.IGNORECASE), "we do not see any"),
    (re.compile(r"\bthere (?:is|are)\b", re.IGNORECASE), "one finds"),
    (re.compile(r"\bin order to\b", re.IGNORECASE), "so as to"),
    (re.compile(r"\bdue to\b", re.IGNORECASE), "on account of"),
    (re.compile(r"\bsuch as\b", re.IGNORECASE), "for instance"),
    (re.compile(r"\ba lot of\b", re.IGNORECASE), "plenty of"),
    (re.compile(r"\bas well as\b", re.IGNORECASE), "along with"),
    (re.compile(r"\bfor example\b", re.IGNORECASE), "to take one case"),
    (re.compile(r"\bcan't\b|\bcannot\b", re.IGNORECASE), "is not able to"),
    (re.compile(r"\bdon't\b", re.IGNORECASE), "do not"),
    (re.compile(r"\bit is\b", re.IGNORECASE), "this would be"),
    (re.compile(r"\bthat is\b", re.IGNORECASE), "namely"),
    (re.compile(r"\bwould be\b", re.IGNORECASE), "might turn out to be"),
    (re.compile(r"\bhave been\b", re.IGNORECASE), "used to be"),
    (re.compile(r"\bis able to\b", re.IGNORECASE), "can"),
    (re.compile(r"\bthe fact that\b", re.IGNORECASE), "how"),
)
_BRIDGES = (", and ", "; what is more, ", ", which means that ", "; besides, ")


@dataclass(frozen=True, slots=True)
class Pair:
    """A source, an answer, how the answer came to be, and by which rule."""

    source: str
    answer: str
    kind: str
    made_by: str


def halves(data: Path, *, seed: int) -> tuple[list[Pair], list[Pair]]:
    """The pairs to tune on and the pairs to judge on."""
    essays, articles = _essays(data), _articles(data)
    writers, names = sorted(essays), sorted(articles)
    random.Random(seed).shuffle(writers)
    random.Random(seed + 1).shuffle(names)
    parts = []
    for side in (0, 1):
        chance = random.Random(seed + 2 + side)
        some = {writer: essays[writer] for writer in writers[side::2]}
        other = {name: articles[name] for name in names[side::2]}
        parts.append([*_of_essays(some, chance), *_of_articles(other, chance)])
    return parts[0], parts[1]


def _essays(data: Path) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for line in (data / "writing" / "argrewrite_essays" / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["writer"], []).append(row["text"])
    return found


def _articles(data: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in (data / "writing" / "onestop" / "dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["article"], {})[row["level"]] = row["text"]
    return {name: levels for name, levels in found.items() if {"ele", "adv"} <= levels.keys()}


def _of_essays(essays: dict[int, list[str]], chance: random.Random) -> Iterator[Pair]:
    writers = sorted(essays)
    for writer in writers:
        for source in _answers(essays[writer][0], chance)[:2]:
            yield from _made(source, chance)
            other = chance.choice([each for each in writers if each != writer])
            yield Pair(source, chance.choice(_answers(essays[other][-1], chance)), "independent", "another writer")
            rest = [answer for each in writers if each != writer for answer in _answers(essays[each][-1], chance)]
            yield Pair(
                source, max(rest, key=lambda text: _overlap(text, source)), "independent", "the nearest of others"
            )


def _of_articles(articles: dict[str, dict[str, str]], chance: random.Random) -> Iterator[Pair]:
    names = sorted(articles)
    for name in names:
        hard, simple = _answers(articles[name]["adv"], chance), _answers(articles[name]["ele"], chance)
        if len(hard) < 3 or not simple:
            continue
        yield from _made(hard[0], chance)
        yield Pair(articles[name]["adv"], simple[0], "heavy", "elementary version")
        yield Pair(hard[0], hard[2], "independent", "another passage of the article")
        other = chance.choice([each for each in names if each != name])
        yield Pair(articles[name]["adv"], _answers(articles[other]["ele"], chance)[0], "independent", "another article")


def _overlap(text: str, source: str) -> float:
    words, there = set(text.lower().split()), set(source.lower().split())
    return len(words & there) / len(words)


def _answers(text: str, chance: random.Random) -> list[str]:
    """Neighbouring sentences of 60 to 200 words in all."""
    found: list[str] = []
    current: list[str] = []
    wanted = chance.randint(60, 160)
    for span in sentences(text):
        current.append(span.of(text))
        if len(" ".join(current).split()) >= wanted:
            found.append(" ".join(current))
            current, wanted = [], chance.randint(60, 160)
    return found or [text]


def _made(source: str, chance: random.Random) -> Iterator[Pair]:
    parts = [span.of(source) for span in sentences(source)]
    yield Pair(source, *_copied(parts, chance))
    yield Pair(source, *_light(parts, chance))
    yield Pair(source, *_heavy(parts, chance))


def _copied(parts: list[str], chance: random.Random) -> tuple[str, str, str]:
    rule = chance.choice(["verbatim", "a few slips", "a part, with an opening of its own"])
    if rule == "a few slips":
        return " ".join(_reworded(each, chance, 0.04) for each in parts), "copied", rule
    if rule.startswith("a part") and len(parts) > 2:
        return " ".join(["Here is what I found about this.", *parts[: max(2, len(parts) * 3 // 4)]]), "copied", rule
    return " ".join(parts), "copied", "verbatim"


def _light(parts: list[str], chance: random.Random) -> tuple[str, str, str]:
    share = chance.uniform(0.35, 0.7)
    changed = [_filled(_reworded(each, chance, share), chance, 0.25) for each in parts]
    if chance.random() < 0.4 and len(changed) > 2:
        place = chance.randrange(len(changed) - 1)
        changed[place : place + 2] = reversed(changed[place : place + 2])
    return " ".join(changed), "light", f"{share:.0%} of the words that have a pair replaced"


def _heavy(parts: list[str], chance: random.Random) -> tuple[str, str, str]:
    changed = [_recast(_DROPPED.sub("", each), chance) for each in parts]
    changed = [_reworded(each, chance, chance.uniform(0.8, 1.0)) for each in changed]
    changed = [_shaken(each, chance) for each in changed]
    changed = _merged(changed, chance)
    if chance.random() < 0.6:
        chance.shuffle(changed)
    if chance.random() < 0.5:
        return " ".join(_thinned(each, chance) for each in changed), "heavy", "recast, reworded and shortened"
    return " ".join(changed), "heavy", "recast, reworded, merged and reordered"


def _thinned(sentence: str, chance: random.Random) -> str:
    """A third of the long words gone, as when a paraphrase finds other words for them."""
    words = sentence.split(" ")
    kept = [word for word in words if len(word) < 5 or not word.isalpha() or chance.random() > 0.35]
    return " ".join(kept)


def _reworded(sentence: str, chance: random.Random, share: float) -> str:
    def swap(match: re.Match[str]) -> str:
        word = match.group()
        other = _SWAPS.get(word.lower())
        if other is None or chance.random() > share:
            return word
        return other.capitalize() if word[0].isupper() else other

    return _WORD.sub(swap, sentence)


def _filled(sentence: str, chance: random.Random, share: float) -> str:
    words = sentence.split(" ")
    if len(words) > 6 and chance.random() < share:
        words.insert(chance.randrange(2, len(words) - 2), chance.choice(_FILLERS))
    return " ".join(words)


def _recast(sentence: str, chance: random.Random) -> str:
    for pattern, other in _RECASTS:
        sentence = pattern.sub(other, sentence)
    turned = _SUBORDINATE.match(sentence)
    if turned:
        main, link, clause, stop = turned.groups()
        return f"{link.capitalize()} {clause}, {main[0].lower()}{main[1:]}{stop}"
    fronted = _FRONTED.match(sentence)
    if fronted and chance.random() < 0.7:
        opening, rest, stop = fronted.groups()
        return f"{rest[0].upper()}{rest[1:]} {opening[0].lower()}{opening[1:]}{stop}"
    return sentence


def _shaken(sentence: str, chance: random.Random) -> str:
    """Some of the small words left out or put in, and neighbours exchanged, as in a hasty paraphrase."""
    words = sentence.split(" ")
    kept = [word for word in words if word.lower() not in {"the", "a", "an", "that", "of"} or chance.random() > 0.35]
    for _ in range(len(kept) // 7):
        place = chance.randrange(max(1, len(kept) - 1))
        if kept[place].isalpha() and place + 1 < len(kept) and kept[place + 1].isalpha():
            kept[place], kept[place + 1] = kept[place + 1], kept[place]
    return _filled(" ".join(kept), chance, 0.5)


def _merged(parts: list[str], chance: random.Random) -> list[str]:
    found: list[str] = []
    for part in parts:
        if found and chance.random() < 0.3 and found[-1].endswith("."):
            found[-1] = found[-1][:-1] + chance.choice(_BRIDGES) + part[:1].lower() + part[1:]
        else:
            found.append(part)
    return found
