"""
How far the reflection tools agree with people, beside the PyPI package `reflection-analyser`.

    uv run --no-project --with reflection-analyser bench/reflection.py

Reads SCRIBETREE_DATA, else ../shared/data: `writing/cered/dev.jsonl` (CEReD, Apache-2.0; the model never saw it),
`writing/argrewrite_essays` (CC BY 4.0) and `writing/ellipse` (CC BY-NC-SA 4.0, judged only). Without the package the
peer's rows are left out. Intervals are 90 % bootstrap percentiles; sentences are drawn by their first word, because
the official split was cut by the beginnings of sentences.
"""

import json
import math
import os
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests" / "tools" / "writing")]

from attacks import FAMILIES, UNSEEN, attacks  # noqa: E402 # pyright: ignore[reportMissingImports, reportUnknownVariableType]

from scribetree.tools.access import LEVELS  # noqa: E402
from scribetree.tools.writing import reflection, reflective_sentence  # noqa: E402
from scribetree.tools.writing._reflective_sentence import DEEP  # noqa: E402

DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing"
DRAWS = 1000
SEED = 7

Row = dict[str, Any]
Score = Callable[[Sequence[Any]], float]


def rows(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def kappa(pairs: Sequence[tuple[Any, Any]]) -> float:
    """Cohen's kappa of (label, judgement) pairs."""
    n = len(pairs)
    agreed = sum(label == judged for label, judged in pairs) / n
    labels, judgements = Counter(label for label, _ in pairs), Counter(judged for _, judged in pairs)
    chance = sum(labels[each] * judgements[each] for each in labels) / n**2
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def accuracy(pairs: Sequence[tuple[Any, Any]]) -> float:
    return sum(label == judged for label, judged in pairs) / len(pairs)


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error, ten bins of equal width, of (probability, whether right) pairs."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for sure, right in pairs:
        bins[min(9, int(10 * sure))].append((sure, right))
    gaps = [abs(sum(sure for sure, _ in each) - sum(right for _, right in each)) for each in bins.values()]
    return sum(gaps) / len(pairs)


def interval(groups: Sequence[Sequence[Any]], score: Score) -> tuple[float, float]:
    """The 90 % bootstrap interval, drawing whole groups."""
    chance = random.Random(SEED)
    drawn = sorted(
        score([each for group in chance.choices(groups, k=len(groups)) for each in group]) for _ in range(DRAWS)
    )
    return drawn[DRAWS // 20], drawn[-DRAWS // 20]


def report(name: str, kept: Sequence[tuple[Row, Any]], score: Score) -> None:
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row, pair in kept:
        groups[row["text"].split()[0].lower()].append(pair)
    low, high = interval(list(groups.values()), score)
    print(f"  {name}: {score([pair for _, pair in kept]):.3f} [{low:.3f}, {high:.3f}], n = {len(kept)}")


def sentences_against_people() -> None:
    found = [(row, reflective_sentence(row["text"], row["context"])) for row in rows(DATA / "cered" / "dev.jsonl")]
    print("Sentence category, CEReD official dev split")
    for least in (3, 4, 5):
        sure = [(row, judged) for row, judged in found if statistics.mean(row["confidence"]) >= least]
        categories = [(row, (row["label"], judged.category)) for row, judged in sure]
        deep = [(row, (row["label"] in DEEP, judged.category in DEEP)) for row, judged in sure]
        report(f"accuracy, agreement >= {least}", categories, accuracy)
        report(f"kappa, agreement >= {least}", categories, kappa)
        report(f"deep or not, kappa, agreement >= {least}", deep, kappa)
    certain = [
        (row, (judged.probabilities[judged.category], row["label"] == judged.category))
        for row, judged in found
        if statistics.mean(row["confidence"]) >= 3
    ]
    report("calibration error, agreement >= 3", certain, calibration_error)


def peer_against_people() -> None:
    try:
        from reflection_analyser import ReflectionAnalyser  # noqa: PLC0415
    except ImportError:
        print("  (reflection-analyser is not installed: its rows are left out)")
        return
    peer = ReflectionAnalyser()
    sure = [row for row in rows(DATA / "cered" / "dev.jsonl") if statistics.mean(row["confidence"]) >= 3]
    scored = [(row, peer.analyse_text(row["text"])) for row in sure]
    print("The same sentences by reflection-analyser")
    for name in ("composite", "metacognition"):
        values = [each.composite_depth_score if name == "composite" else each.metacognition.count for _, each in scored]
        pairs = [(row, (row["label"] in DEEP, value > 0)) for (row, _), value in zip(scored, values, strict=True)]
        report(f"deep or not by {name} > 0, kappa", pairs, kappa)
    best = max(
        kappa([(row["label"] in DEEP, each.composite_depth_score >= cut / 100) for row, each in scored])
        for cut in range(1, 100)
    )
    print(f"  deep or not, the best of 99 cuts of its composite on these very data, kappa: {best:.3f}")
    print(f"  median processor ms a sentence: {_median_ms(peer.analyse_text, [row['text'] for row in sure]):.3f}")


def correlation(one: Sequence[float], other: Sequence[float]) -> float:
    return statistics.correlation(_ranks(one), _ranks(other)) if len(set(one)) > 1 and len(set(other)) > 1 else 0.0


def _ranks(values: Sequence[float]) -> list[float]:
    places: defaultdict[float, list[int]] = defaultdict(list)
    for place, value in enumerate(sorted(values)):
        places[value].append(place)
    return [statistics.mean(places[value]) for value in values]


def partial(one: Sequence[float], other: Sequence[float], held: Sequence[float]) -> float:
    """The rank correlation of two with a third held constant."""
    ab, ac, bc = correlation(one, other), correlation(one, held), correlation(other, held)
    return (ab - ac * bc) / math.sqrt(max(1e-9, (1 - ac**2) * (1 - bc**2)))


def passages() -> Iterator[tuple[float, str]]:
    """Passages of five labelled sentences each, none of which the model saw, with the share that people call deep."""
    chance = random.Random(SEED)
    sure = [row for row in rows(DATA / "cered" / "dev.jsonl") if statistics.mean(row["confidence"]) >= 3]
    deep = [row["text"] for row in sure if row["label"] in DEEP | {"Difficulty", "Feeling"}]
    plain = [row["text"] for row in sure if row["label"] in {"Other", "Experience"}]
    for _ in range(400):
        length, share = chance.randint(4, 16), chance.random()
        count = round(length * share)
        chosen = chance.sample(deep, min(count, len(deep))) + chance.sample(plain, length - count)
        chance.shuffle(chosen)
        yield count / length, " ".join(chosen)


def length_alone() -> None:
    made = list(passages())
    judged = [reflection(text) for _, text in made]
    kept = [(share, text, each) for (share, text), each in zip(made, judged, strict=True) if not each.abstained]
    people, words = [share for share, _, _ in kept], [float(len(text.split())) for _, text, _ in kept]
    print(f"Passages put together from sentences of CEReD dev, n = {len(kept)}; Spearman with the share of reflective")
    print("  sentences in them (by people), the same with the number of words held constant, and with words alone")
    columns: dict[str, list[float]] = {
        "overall": [float(each.overall) for _, _, each in kept],
        "sum of the depth likelihoods": [sum(each.depth_likelihoods) for _, _, each in kept],
        "specificity": [each.specificity for _, _, each in kept],
        "number of words": words,
    }
    for name, values in columns.items():
        held = partial(values, people, words) if values is not words else 0.0
        print(f"  {name}: {correlation(values, people):+.2f}, {held:+.2f}, {correlation(values, words):+.2f}")
    _tellings()


def _tellings() -> None:
    """Ever more sentences of plain telling: what length buys when nothing else is there."""
    chance = random.Random(SEED)
    plain = [
        row["text"]
        for row in rows(DATA / "cered" / "dev.jsonl")
        if row["label"] in {"Other", "Experience"} and statistics.mean(row["confidence"]) >= 4
    ]
    for size in (5, 10, 20, 40):
        found = [reflection(" ".join(chance.sample(plain, size))) for _ in range(60)]
        depths = Counter(each.depth for each in found)
        beyond = sum(LEVELS.index(each.access_level) > 0 for each in found)
        print(f"  plain telling of {size} sentences: depths {dict(depths.most_common())}, beyond restricted {beyond}")


def what_is_not_a_reflection() -> None:
    print("Essays given in place of a reflection, without a draft")
    for name in ("argrewrite_essays", "ellipse"):
        texts = [row["text"] for row in rows(DATA / name / "dev.jsonl")]
        found = [reflection(text) for text in random.Random(SEED).sample(texts, min(190, len(texts)))]
        levels = Counter(each.access_level for each in found)
        deep = sum((each.depth or 0) >= 3 for each in found)
        abstained = sum(each.abstained for each in found) / len(found)
        print(f"  {name}: abstains {abstained:.0%}, depth 3 or more {deep} of {len(found)}, levels {dict(levels)}")


def gaming() -> None:
    essay = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")
    prompt = json.loads((ROOT / "examples" / "submission.json").read_text("utf-8"))["prompt"]
    for title, families in (("seeded", FAMILIES), ("of families written after the tool was finished", UNSEEN)):
        tried: defaultdict[str, list[bool]] = defaultdict(list)
        basic: Counter[str] = Counter()
        for family, text in attacks(essay, prompt, each=50, seed=SEED, families=families):
            found = reflection(text, essay, prompt)
            tried[family].append((found.depth or 0) >= 3 or LEVELS.index(found.access_level) >= 2)
            basic[family] += found.access_level != "restricted"
        won, total = sum(map(sum, tried.values())), sum(map(len, tried.values()))
        print(f"Attempts {title} that reach depth 3 or more than basic: {won} of {total} ({won / total:.1%})")
        for family, outcome in tried.items():
            print(f"  {family}: {sum(outcome)} of {len(outcome)}; beyond restricted {basic[family]}")


def honest() -> None:
    """Reflections on their own draft, and on the drafts of others, which are attempts of another kind."""
    drafts: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows(DATA / "argrewrite_essays" / "dev.jsonl"):
        drafts[int(row["writer"])][row["draft"]] = row["text"]
    latest = {writer: found.get(2) or found[max(found)] for writer, found in drafts.items()}
    prompt = json.loads((ROOT / "examples" / "submission.json").read_text("utf-8"))["prompt"]
    written = json.loads((ROOT / "bench" / "honest_reflections.json").read_text("utf-8"))["reflections"]
    for part in sorted({each["part"] for each in written}):
        own: list[tuple[int, str]] = []
        others: list[bool] = []
        for each in (one for one in written if one["part"] == part):
            found = reflection(each["text"], latest[each["writer"]], prompt)
            own.append((len(found.places), found.access_level))
            for writer in sorted(latest)[::4]:
                if writer != each["writer"]:
                    found = reflection(each["text"], latest[writer], prompt)
                    others.append(LEVELS.index(found.access_level) >= 2)
        held = sum(not places for places, _ in own)
        levels = dict(Counter(level for _, level in own))
        print(f"Honest reflections ({part}), {len(own)}: held for want of places {held}, levels {levels}")
        print(f"  the same on other writers' drafts: beyond basic {sum(others)} of {len(others)}")


def _median_ms(judge: Callable[[str], object], texts: Sequence[str]) -> float:
    taken: list[float] = []
    for text in texts:
        start = time.process_time()
        judge(text)
        taken.append(1000 * (time.process_time() - start))
    return statistics.median(taken)


def speed() -> None:
    texts = [row["text"] for row in rows(DATA / "cered" / "dev.jsonl")]
    start = time.process_time()
    reflective_sentence("I read the weights.")
    print(f"Speed: processor time of the first call {1000 * (time.process_time() - start):.0f} ms")
    sample = (ROOT / "examples" / "reflection.txt").read_text("utf-8")
    essay = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")
    print(f"  reflective_sentence, median processor ms a sentence: {_median_ms(reflective_sentence, texts):.3f}")
    whole = _median_ms(lambda text: reflection(text, essay), [sample] * 30)
    print(f"  reflection, the sample with its draft, median processor ms: {whole:.2f}")


def main() -> None:
    if not DATA.is_dir():
        sys.exit(
            "error: the labelled data are not there\nhint: set SCRIBETREE_DATA to the folder that holds `writing/`"
        )
    speed()
    sentences_against_people()
    peer_against_people()
    length_alone()
    what_is_not_a_reflection()
    gaming()
    honest()


if __name__ == "__main__":
    main()
