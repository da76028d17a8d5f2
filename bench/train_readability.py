"""
Trains and judges `tools/writing/readability.json`: how easily a text reads, learnt from OneStopEnglish alone.

    uv run --with . --with numpy --with scikit-learn bench/train_readability.py [DATA] [--ship]

Half of the easiness is a ridge regression on the levels within each article (so that topics play no part), half the
mean of five classical measures with fixed weights. One unit is the distance between neighbouring levels. The level
itself is a logistic regression. The result is under the corpus's CC BY-SA 4.0. CLEAR (non-commercial) only judges.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import GroupKFold

from scribetree.tools.text import read
from scribetree.tools.writing._features import families_of

ARGUMENTS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
DATA = Path(ARGUMENTS[0] if ARGUMENTS else "../shared/data") / "writing"
TARGET = Path(__file__).parents[1] / "tools" / "writing" / "readability.json"
LEVELS = ("adv", "int", "ele")
STRENGTH = 1_000.0
EXCERPTS = (60, 120, 240)

# Features that depend on how long the text is, or on the corpus that the model is trained on, take no part.
FAMILIES = ("length", "lexis", "syntax", "cohesion", "stance")
LEFT_OUT = frozenset(
    "words log_words sentences paragraphs words_per_paragraph sentences_per_paragraph longest_sentence "
    "words_per_sentence_sd root_type_token once_share repetition given_share ends_overlap paragraph_overlap "
    "pair_gain unusual_pair_share".split()
)
# Flesch 1948; Smith and Senter 1967; Dale and Chall 1948 with a list of common words by frequency; McLaughlin
# 1969 (SMOG); commonness itself.
CLASSICAL = (
    {"words_per_sentence": -1.015, "syllables_per_word": -84.6},
    {"letters_per_word": -4.71, "words_per_sentence": -0.5},
    {"uncommon_share": -15.79, "words_per_sentence": -0.0496},
    {"three_syllables_a_sentence_root": -1.0},
    {"content_zipf": 1.0},
)


def features(text: str) -> dict[str, float]:
    found = families_of(read(text))
    return {n: v for family in FAMILIES for n, v in found[family].items() if n not in LEFT_OUT}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "dev.jsonl").read_text("utf-8").splitlines()]


class Model:
    """Weights on features as distances from the OneStop mean in standard deviations, at most 3."""

    def __init__(self, x: np.ndarray, level: np.ndarray, article: np.ndarray, names: list[str]) -> None:
        self.mean, self.sd, self.names = x.mean(0), x.std(0) + 1e-9, names
        z = self.z(x)
        within = z - np.array([z[article == each].mean(0) for each in article])
        learnt = Ridge(alpha=STRENGTH).fit(within, level - 1).coef_
        classical = sum(self.classical(formula, x) for formula in CLASSICAL)
        weights = learnt / (z @ learnt).std() + classical / (z @ classical).std()
        easiness = z @ weights
        self.weights = 2 * weights / (easiness[level == 2].mean() - easiness[level == 0].mean())
        self.start = -float((z @ self.weights)[level == 1].mean())
        self.levels = LogisticRegression(C=0.02, max_iter=5_000).fit(z, level)

    def z(self, x: np.ndarray) -> np.ndarray:
        return np.clip((x - self.mean) / self.sd, -3, 3)

    def classical(self, formula: dict[str, float], x: np.ndarray) -> np.ndarray:
        weights = np.array([formula.get(name, 0.0) for name in self.names])
        return weights * self.sd / (x @ weights).std()

    def easiness(self, x: np.ndarray) -> np.ndarray:
        return self.start + self.z(x) @ self.weights

    def level(self, x: np.ndarray) -> np.ndarray:
        return self.levels.predict(self.z(x))


def main() -> None:
    texts = rows("onestop")
    found = [features(row["text"]) for row in texts]
    names = list(found[0])
    x = np.array([list(row.values()) for row in found])
    level = np.array([LEVELS.index(row["level"]) for row in texts])
    article = np.array([row["article"] for row in texts])
    said, easy = np.zeros(len(x)), np.zeros(len(x))
    for train, test in GroupKFold(10).split(x, groups=article):
        model = Model(x[train], level[train], article[train], names)
        said[test], easy[test] = model.level(x[test]), model.easiness(x[test])
    print(
        f"OneStop, 10 folds by article: accuracy {np.mean(said == level):.3f} {bootstrap(said == level, article)}, "
        f"Spearman of easiness {spearman(easy, level):.3f}, n = {len(x)}"
    )
    model = Model(x, level, article, names)
    judge_clear(model)
    noise = sampling_noise(model, texts, article)
    if "--ship" in sys.argv:
        ship(model, noise)


def judge_clear(model: Model) -> None:
    clear = rows("clear")
    truth = np.array([row["easiness"] for row in clear])
    easy = model.easiness(np.array([list(features(row["text"]).values()) for row in clear]))
    chance = np.random.default_rng(1)
    drawn = [np.corrcoef(easy[d], truth[d])[0, 1] for d in chance.integers(0, len(easy), (1000, len(easy)))]
    low, high = np.quantile(drawn, [0.05, 0.95])
    print(
        f"CLEAR, nothing learnt from it: Pearson {np.corrcoef(easy, truth)[0, 1]:.3f} "
        f"[{low:.3f}, {high:.3f}], n = {len(easy)}"
    )
    for name in ("Flesch-Reading-Ease", "New Dale-Chall Readability Formula", "CAREC_M"):
        published = np.array([row["published"][name] for row in clear])
        print(f"  {name}: {abs(np.corrcoef(published, truth)[0, 1]):.3f}")


def sampling_noise(model: Model, texts: list[dict[str, Any]], article: np.ndarray) -> float:
    """The standard deviation of an excerpt's easiness around its text's, times the root of its words."""
    tuned: list[float] = []
    for judge in (False, True):
        distances, sizes = [], []
        for row, name in zip(texts, article, strict=True):
            if (sum(map(ord, name)) % 2 == 1) == judge:
                whole = model.easiness(np.array([list(features(row["text"]).values())]))[0]
                for excerpt in excerpts(row["text"]):
                    part = model.easiness(np.array([list(features(excerpt).values())]))[0]
                    distances.append(part - whole)
                    sizes.append(len(excerpt.split()))
        spread = np.array(distances) * np.sqrt(sizes)
        if not judge:
            tuned.append(float(np.sqrt(np.mean(spread**2))))
        covered = np.mean(np.abs(spread) <= 1.645 * tuned[0])
        print(
            f"excerpts of {EXCERPTS} words: 90 % interval holds the whole text's easiness in {covered:.3f} "
            f"({'judge' if judge else 'tune'} half, n = {len(spread)})"
        )
    return tuned[0]


def excerpts(text: str) -> list[str]:
    """Runs of whole sentences from the middle of a text."""
    reading = read(text)
    middle = len(reading.sentences) // 3
    found = []
    for size in EXCERPTS:
        words, end = 0, middle
        while words < size and end < len(reading.sentences):
            words += len(reading.lower[end])
            end += 1
        if words >= size:
            found.append(text[reading.sentences[middle].start : reading.sentences[end - 1].end])
    return found


def bootstrap(right: np.ndarray, article: np.ndarray) -> str:
    chance, groups = np.random.default_rng(1), [np.flatnonzero(article == each) for each in sorted(set(article))]
    drawn = [
        right[np.concatenate([groups[g] for g in chance.integers(0, len(groups), len(groups))])].mean()
        for _ in range(1000)
    ]
    return f"[{np.quantile(drawn, 0.05):.3f}, {np.quantile(drawn, 0.95):.3f}]"


def spearman(a: np.ndarray, b: np.ndarray) -> float:
    return float(
        np.corrcoef(a.argsort().argsort(), np.array([np.mean(np.flatnonzero(np.sort(b) == v)) for v in b]))[0, 1]
    )


def ship(model: Model, noise: float) -> None:
    def rows_of(weights: np.ndarray) -> dict[str, list[float]]:
        return {
            name: [float(f"{value:.5g}") for value in (weight, mean, sd)]
            for name, weight, mean, sd in zip(model.names, weights, model.mean, model.sd, strict=True)
        }

    levels = {"adv": "advanced", "int": "intermediate", "ele": "elementary"}
    packaged = {
        "source": "OneStopEnglish (Vajjala and Lucic 2018), CC BY-SA 4.0; this file is under the same licence; "
        "trained by bench/train_readability.py",
        "start": round(model.start, 5),
        "weights": rows_of(model.weights),
        "noise": round(noise, 4),
        "levels": [
            {"name": levels[name], "start": round(float(start), 5), "weights": rows_of(weights)}
            for name, start, weights in zip(LEVELS, model.levels.intercept_, model.levels.coef_, strict=True)
        ],
    }
    TARGET.write_text(json.dumps(packaged, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
