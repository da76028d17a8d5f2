"""
Accuracy and speed of the integrity and validator tools, beside plain peers in the same run.

Times are processor times, since the machine may be shared.

    PYTHONPATH=src uv run --no-project --with scikit-learn --with rapidfuzz python bench/integrity.py [--index N]

Reuse is judged on the half of the built short answers (`short_answers.py`) that nothing was tuned on. The peers get the
tuning half to set their limits: difflib's and RapidFuzz's ratio as one number each, and a bag-of-words cosine.
`--index` times searches in an index as large as one of N essays (100,000 takes about 1 GB).
"""

import argparse
import json
import os
import random
import statistics
import time
from array import array
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
    """
    Searches in an index of `count` essays: 400 real essay-like texts, the rest as many random fingerprints.

    A search takes bisections, so what the other fingerprints are does not matter, only how many; making 100,000 texts
    would take an hour on a shared machine.
    """
    base = [sentence for text in texts("argrewrite_essays") for sentence in text.split(". ") if len(sentence) > 30]
    chance = random.Random(SEED)

    def essay() -> str:
        return ". ".join(chance.sample(base, 22))

    started = time.process_time()
    real = CorpusIndex(bytes(32)).with_essays([(f"e{n}", f"o{n % 50}", essay()) for n in range(400)])
    built = (time.process_time() - started) / 400 * 1000
    each = sum(map(len, real.segments)) // 400
    filler = array("Q")
    filler.frombytes(chance.randbytes(8 * each * count))
    low = (1 << 24) - 1
    postings = array("Q", sorted(value & ~low | 400 + place // each for place, value in enumerate(filler)))
    names = (*real.documents, *((f"f{n}", f"p{n % 500}") for n in range(count)))
    corpus = CorpusIndex(bytes(32), names, (postings, *real.segments))
    wanted = [essay() for _ in range(40)]
    searches = median_ms([lambda text=text: corpus.search(text) for text in wanted])
    print(
        f"index of {count + 400} essays, {each} fingerprints each, {len(postings) * 8 / 1e6:.0f} MB: "
        f"search {searches:.1f} ms (median of 40), adding {built:.1f} ms an essay"
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
