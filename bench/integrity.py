"""
Accuracy and speed of the integrity and validator tools, beside plain peers in the same run.

Times are processor times, since the machine may be shared.

    PYTHONPATH=src uv run --no-project --with scikit-learn --with rapidfuzz python bench/integrity.py [--index N]

Reuse is judged on the half of the built short answers (`short_answers.py`) that nothing was tuned on. The peers get the
tuning half to set their limits: difflib's and RapidFuzz's ratio as one number each, and a bag-of-words cosine.
`--index` builds a corpus of N essays (100,000 takes some minutes and 1 GB) and times searches in it.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path

from rapidfuzz import fuzz
from short_answers import KINDS, Pair, halves
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics.pairwise import cosine_similarity

from scribetree.tools.integrity import CorpusIndex, ProcessSummary, analyse, assistance, compare, same_author
from scribetree.tools.validator import reply

SEED = 20261124
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data"))
DRAWS = 1000


def texts(name: str) -> list[str]:
    lines = (DATA / "writing" / name / "dev.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def bag_of_words(pair: Pair) -> float:
    counts = CountVectorizer().fit_transform([pair.source, pair.answer])
    return float(cosine_similarity(counts)[0, 1])


PEERS: dict[str, Callable[[Pair], float]] = {
    "bag of words, cosine": bag_of_words,
    "difflib, words": lambda pair: SequenceMatcher(
        None, pair.source.split(), pair.answer.split(), autojunk=False
    ).ratio(),
    "RapidFuzz, token set": lambda pair: fuzz.token_set_ratio(pair.source, pair.answer) / 100,
    "RapidFuzz, partial": lambda pair: fuzz.partial_ratio(pair.source, pair.answer) / 100,
}


def limits_of(scores: Sequence[float], kinds: Sequence[str]) -> tuple[float, ...]:
    """The three limits between four kinds that are right most often on the tuning half."""
    grid = sorted({round(score, 2) for score in scores})[:: max(1, len(set(scores)) // 40)]

    def right(limits: tuple[float, ...]) -> int:
        return sum(kind_of(score, limits) == kind for score, kind in zip(scores, kinds, strict=True))

    return max(combinations(grid, 3), key=right)


def kind_of(score: float, limits: Sequence[float]) -> str:
    return KINDS[3 - sum(score >= limit for limit in limits)]


def interval(right: Sequence[bool]) -> str:
    chance = random.Random(SEED)
    drawn = sorted(statistics.mean(chance.choices(right, k=len(right))) for _ in range(DRAWS))
    return f"{statistics.mean(right):.3f} [{drawn[DRAWS // 20]:.3f}, {drawn[-DRAWS // 20]:.3f}]"


def reuse() -> None:
    tune, judge = halves(DATA, seed=SEED)
    started = time.process_time()
    found = [compare(pair.source, pair.answer).kind for pair in judge]
    took = (time.process_time() - started) / len(judge) * 1000
    right = [kind == pair.kind for kind, pair in zip(found, judge, strict=True)]
    print(f"reuse, {len(judge)} pairs kept aside: compare {interval(right)}, {took:.2f} ms a pair")
    for kind in KINDS:
        own = [ok for ok, pair in zip(right, judge, strict=True) if pair.kind == kind]
        print(f"   {kind}: {statistics.mean(own):.3f} of {len(own)}")
    for name, peer in PEERS.items():
        limits = limits_of([peer(pair) for pair in tune], [pair.kind for pair in tune])
        started = time.process_time()
        scores = [peer(pair) for pair in judge]
        took = (time.process_time() - started) / len(judge) * 1000
        print(
            f"   {name}: {interval([kind_of(s, limits) == p.kind for s, p in zip(scores, judge, strict=True)])}, "
            f"{took:.2f} ms a pair"
        )


def median_ms(calls: Sequence[Callable[[], object]]) -> float:
    times = []
    for call in calls:
        started = time.process_time()
        call()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


def speed() -> None:
    essays = texts("argrewrite_essays")
    pairs = list(zip(essays[::2], essays[1::2], strict=False))[:60]
    words = statistics.mean(len(each.split()) for each in essays)
    print(f"speed, essays of {words:.0f} words, medians of processor time:")
    print(f"   compare two essays: {median_ms([lambda p=p: compare(*p) for p in pairs]):.1f} ms")
    difflib = [lambda p=p: SequenceMatcher(None, p[0].split(), p[1].split(), autojunk=False).ratio() for p in pairs]
    print(f"   difflib on the words of two essays: {median_ms(difflib):.1f} ms")
    print(f"   same_author: {median_ms([lambda p=p: same_author(*p) for p in pairs]):.1f} ms")
    log = ProcessSummary(paste_share=0.1, minutes=40)
    analyses = [lambda p=p: analyse(p[1], earlier_draft=p[0], process=log) for p in pairs]
    print(f"   analyse with draft and log: {median_ms(analyses):.1f} ms")
    rows = [json.loads(line) for line in (DATA / "tutoring" / "dev.jsonl").read_text("utf-8").splitlines()][:300]
    print(f"   reply: {median_ms([lambda r=r: reply(r['history'], r['response']) for r in rows]):.2f} ms")


def fairness() -> None:
    """How often a question is raised about the second half of a learner's essay beside its first, by proficiency."""
    rows = [json.loads(line) for line in (DATA / "writing" / "ellipse" / "dev.jsonl").read_text("utf-8").splitlines()]
    raised: dict[str, list[bool]] = {"below 3": [], "3 to 3.5": [], "4 and more": []}
    for row in rows:
        words, overall = row["text"].split(), row["scores"]["Overall"]
        if len(words) < 520:
            continue
        first, second = " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])
        asked = bool(assistance(second, consistency=same_author(first, second)).questions)
        raised["below 3" if overall < 3 else "3 to 3.5" if overall < 4 else "4 and more"].append(asked)
    print("fairness, questions raised on ELLIPSE by overall score (nobody had two writers):")
    for band, asked in raised.items():
        print(f"   {band}: {interval(asked)} of {len(asked)}")
    alone = [assistance(row["text"]) for row in rows]
    print(f"   with the text alone: {sum(bool(each.questions) for each in alone)} questions in {len(alone)} essays")


def index(count: int) -> None:
    base = [sentence for text in texts("argrewrite_essays") for sentence in text.split(". ") if len(sentence) > 30]
    vocabulary = sorted({word for sentence in base for word in sentence.split()})
    chance = random.Random(SEED)

    def essay() -> str:
        own = [" ".join(chance.choices(vocabulary, k=18)) for _ in range(26)]
        return ". ".join([*own, *chance.sample(base, 1)])

    corpus = CorpusIndex(bytes(32))
    started = time.process_time()
    for start in range(0, count, 10_000):
        corpus = corpus.with_essays(
            [(f"e{n}", f"o{n % 500}", essay()) for n in range(start, min(count, start + 10_000))]
        )
    built = time.process_time() - started
    wanted = [f"{essay()} {'. '.join(chance.sample(base, 3))}" for _ in range(40)]
    searches = median_ms([lambda text=text: corpus.search(text) for text in wanted])
    size = sum(len(segment) * 8 for segment in corpus.segments) / 1e6
    started = time.process_time()
    corpus.without("o7")
    print(
        f"index of {count} essays: search {searches:.1f} ms (median of {len(wanted)}), built in {built:.0f} s, "
        f"{size:.0f} MB in {len(corpus.segments)} segments, one owner erased in {time.process_time() - started:.1f} s"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=int, default=0, help="build an index of this many essays too")
    arguments = parser.parse_args()
    reuse()
    speed()
    fairness()
    if arguments.index:
        index(arguments.index)


if __name__ == "__main__":
    main()
