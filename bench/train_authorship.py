"""
Trains `tools/integrity/weights/authorship.json` on ArgRewrite, and judges it on unseen writers and topics.

    PYTHONPATH=src uv run --no-project --with numpy --with scikit-learn python bench/train_authorship.py [--write]

All 64 writers of ArgRewrite V.2 (CC BY 4.0) answer one question, so that topic cannot tell them apart; a pair is two
stretches of final drafts that share no sentence. ELLIPSE (CC BY-NC-SA 4.0) only judges: the halves of an essay against
halves of other learners' essays on the same prompt. Halves of one essay are of one sitting: texts of different days are
less alike, so the figures flatter.
"""

import argparse
import json
import os
import random
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

from scribetree.tools.integrity._authorship import _REFERENCE_WORDS, _ratio
from scribetree.tools.integrity._style import FAMILIES, Scales, distances, style_of

SEED = 20261124
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing"
WEIGHTS = ROOT / "tools" / "integrity" / "weights" / "authorship.json"
KEYS = {"word": 150, "two": 200, "three": 400, "mark": 12, "length": 13}
LENGTHS = (200, 260, 320, 500)
OTHERS = 10
DRAWS = 500
_WORD = re.compile(r"\S+")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "dev.jsonl").read_text("utf-8").splitlines()]


def stretch(text: str, start: int, count: int) -> str:
    places = [match.span() for match in _WORD.finditer(text)]
    return text[places[start][0] : places[min(start + count, len(places)) - 1][1]]


def halves(text: str, count: int) -> tuple[str, str]:
    words = len(text.split())
    size = min(count, words // 2)
    return stretch(text, 0, size), stretch(text, words - size, size)


def scales(styles: list[dict[str, float]]) -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = {}
    present = Counter(key for style in styles for key in style)
    for family in FAMILIES:
        keys = [key for key in present if key.startswith(f"{family}:") and present[key] >= max(3, len(styles) * 0.05)]
        rates = {key: np.array([style.get(key, 0.0) for style in styles]) for key in keys}
        best = sorted(keys, key=lambda key: (-rates[key].mean(), key))[: KEYS[family]]
        found[family] = {
            key: [round(float(rates[key].mean()), 6), round(float(rates[key].std()) + 1e-5, 6)] for key in best
        }
    return found


class Pairs:
    """Pairs of stretches as figures: unlikeness, whether one writer wrote both, whose they are, and how long."""

    def __init__(self) -> None:
        self.unlikeness: list[dict[str, float]] = []
        self.same: list[int] = []
        self.writer: list[str] = []
        self.words: list[int] = []

    def add(self, texts: dict[str, tuple[str, str]], pools: dict[str, str], scale: Scales, seed: int) -> None:
        chance = random.Random(seed)
        styles = {name: (style_of(one), style_of(other)) for name, (one, other) in texts.items()}
        for name, (one, own) in sorted(styles.items()):
            others = [each for each in sorted(styles) if each != name and pools[each] == pools[name]]
            drawn = chance.sample(others, min(OTHERS, len(others)))
            for other, is_same in [(own, 1), *((styles[each][1], 0) for each in drawn)]:
                self.unlikeness.append(distances(one[0], one[1], other[0], other[1], scale))
                self.same.append(is_same)
                self.writer.append(name)
                self.words.append(min(one[1], other[1]))

    def design(self) -> np.ndarray:
        return np.array([list(each.values()) for each in self.unlikeness])


def fitted(pairs: Pairs) -> tuple[LogisticRegression, LogisticRegression, np.ndarray]:
    """The score, its calibration on writers that the score had not seen, and those scores."""
    design, same, writers = pairs.design(), np.array(pairs.same), np.array(pairs.writer)
    unseen = np.zeros(len(same))
    for train, test in GroupKFold(5).split(design, same, writers):
        unseen[test] = scorer().fit(design[train], same[train]).decision_function(design[test])
    length = np.log(np.minimum(pairs.words, 600) / _REFERENCE_WORDS)
    calibration = LogisticRegression(C=100, class_weight="balanced", max_iter=2000).fit(
        np.column_stack([unseen, length, unseen * length]), same
    )
    return scorer().fit(design, same), calibration, unseen


def scorer() -> LogisticRegression:
    return LogisticRegression(C=0.3, class_weight="balanced", max_iter=2000)


def cost(ratios: np.ndarray, same: np.ndarray) -> float:
    """Cllr: 0 is perfect, 1 is saying nothing (Bruemmer and du Preez 2006)."""
    natural = ratios * np.log(10)
    return float((np.log2(1 + np.exp(-natural[same == 1])).mean() + np.log2(1 + np.exp(natural[same == 0])).mean()) / 2)


def report(name: str, pairs: Pairs, ratios: np.ndarray) -> None:
    same, writers = np.array(pairs.same), np.array(pairs.writer)
    chance = np.random.default_rng(SEED)
    places = [np.flatnonzero(writers == each) for each in sorted(set(writers))]
    drawn = []
    for _ in range(DRAWS):
        picked = np.concatenate([places[i] for i in chance.integers(0, len(places), len(places))])
        drawn.append(roc_auc_score(same[picked], ratios[picked]))
    low, high = np.quantile(drawn, (0.05, 0.95))
    delta = roc_auc_score(same, [-each["word_delta"] for each in pairs.unlikeness])
    wrong_same, wrong_other = (ratios[same == 1] < 0).mean(), (ratios[same == 0] > 0).mean()
    print(
        f"{name}: AUC {roc_auc_score(same, ratios):.3f} [{low:.3f}, {high:.3f}], Cllr {cost(ratios, same):.2f}; "
        f"Delta alone {delta:.3f}; one writer's below 0: {wrong_same:.0%}, two writers' above 0: {wrong_other:.0%}; "
        f"{len(set(writers))} writers",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights")
    arguments = parser.parse_args()
    essays = rows("argrewrite_essays")
    scale = scales([style_of(row["text"])[0] for row in essays])
    last = {str(row["writer"]): row["text"] for row in essays if row["draft"] == 3}
    pools: dict[str, str] = defaultdict(str)
    pairs = Pairs()
    for length in LENGTHS:
        pairs.add({writer: halves(text, length) for writer, text in last.items()}, pools, scale, SEED + length)
    score, calibration, unseen = fitted(pairs)
    base, (by_score, by_length, by_both) = calibration.intercept_[0], calibration.coef_[0]
    weights = {
        "licence": "CC BY 4.0, https://creativecommons.org/licenses/by/4.0/",
        "attribution": "Learnt from ArgRewrite V.2: Kashefi, Afrin, Dale, Olshefski, Godley, Litman and Hwa (2022). "
        "Changed: essays became rates of common words and masked letters, and weights.",
        "made_by": f"bench/train_authorship.py --write, seed {SEED}",
        "intercept": round(float(score.intercept_[0]), 4),
        "figures": {
            name: round(float(value), 4) for name, value in zip(pairs.unlikeness[0], score.coef_[0], strict=True)
        },
        "calibration": {
            "base": round(float(base), 4),
            "score": round(float(by_score), 4),
            "length": round(float(by_length), 4),
            "score_by_length": round(float(by_both), 4),
        },
        "scales": scale,
    }
    length = np.log(np.minimum(pairs.words, 600) / _REFERENCE_WORDS)
    natural = base + by_length * length + unseen * (by_score + by_both * length)
    ratios = np.clip(natural / np.log(10), -1.5, 1.5)
    report("ArgRewrite, writers unseen by score (in cross-validation)", pairs, ratios)
    same = np.array(pairs.same) == 1
    weights["within"] = [round(float(each), 3) for each in np.quantile(ratios[same], np.linspace(0.01, 0.99, 50))]
    for count, least in ((250, 500), (300, 600), (500, 1000)):
        judged = Pairs()
        long = {row["id"]: row for row in rows("ellipse") if len(row["text"].split()) >= least}
        judged.add(
            {name: halves(row["text"], count) for name, row in long.items()},
            {name: row["prompt"] for name, row in long.items()},
            scale,
            SEED + count,
        )
        found = [_ratio(each, words, weights) for each, words in zip(judged.unlikeness, judged.words, strict=True)]
        report(f"ELLIPSE, {count} words a side, same prompt", judged, np.array(found))
    if arguments.write:
        WEIGHTS.parent.mkdir(exist_ok=True)
        WEIGHTS.write_text(json.dumps(weights, separators=(",", ":")) + "\n", "utf-8")
        print(f"wrote {WEIGHTS.relative_to(ROOT)}, {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
