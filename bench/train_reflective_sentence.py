"""
Train the reflective-sentence model and write its weights, or judge the method by cross-validation.

    uv run --with numpy --with scipy --with scikit-learn bench/train_reflective_sentence.py [--judge]

Reads CEReD (Apache-2.0; SCRIBETREE_DATA, else ../shared/data): `train.jsonl` to fit, `dev.jsonl` never. Judging holds
out whole groups of training sentences twice over: sentences whose passages overlap, and sentences that begin with the
same two words, because the official split was cut by the beginnings of sentences and a random fold flatters.
The same cues that the run-time reads are computed here, so there is one description of a sentence.
"""

import argparse
import base64
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import GroupKFold

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from scribetree.tools.writing._reflection_cues import FAMILIES, cues, tokens  # noqa: E402
from scribetree.tools.writing._reflective_sentence import CATEGORIES, DEEP, category_of  # noqa: E402

DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data")) / "writing" / "cered"
WEIGHTS = ROOT / "tools" / "writing" / "_reflective_sentence.json"
SEED = 20261124
FOLDS = 4
INVERSE_PENALTY = 3.0
UNIT = 0.3
LEAST_SENTENCES = {"words": 2, "letters": 3, "shape": 2}
SHARED = {"words": True, "letters": True, "shape": False}
DEEP_PLACES = [CATEGORIES.index(name) for name in sorted(DEEP)]

Cues = Mapping[str, set[str]]
Rows = Sequence[Mapping[str, Any]]


def rows(path: Path) -> list[dict[str, Any]]:
    """The labelled sentences, with the letters that were decoded wrongly on their way put right."""
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{**row, "text": mended(row["text"]), "context": mended(row["context"])} for row in found]


def mended(text: str) -> str:
    try:
        return text.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def labels(found: Rows) -> np.ndarray:
    return np.array([CATEGORIES.index(row["label"]) for row in found])


def agreement(found: Rows) -> np.ndarray:
    """The annotators' mean confidence, 1 to 6."""
    return np.array([np.mean(row["confidence"]) for row in found])


class Table:
    """The known cues of a set of sentences: their columns and how rare they are."""

    def __init__(self, described: Sequence[Cues]) -> None:
        self.columns: dict[tuple[str, str], int] = {}
        self.rarity: list[float] = []
        for family in FAMILIES:
            counts = Counter(name for each in described for name in each[family])
            for name in sorted(name for name, count in counts.items() if count >= LEAST_SENTENCES[family]):
                self.columns[family, name] = len(self.columns)
                rare = 1 + np.log((1 + len(described)) / (1 + counts[name]))
                self.rarity.append(rare if SHARED[family] else 1.0)

    def matrix(self, described: Sequence[Cues]) -> csr_matrix:
        values: list[float] = []
        places: list[int] = []
        ends = [0]
        for each in described:
            for family in FAMILIES:
                share = UNIT / (len(each[family]) or 1) ** 0.5 if SHARED[family] else UNIT
                known = [
                    place for name in sorted(each[family]) if (place := self.columns.get((family, name))) is not None
                ]
                places += known
                values += [share * self.rarity[place] for place in known]
            ends.append(len(places))
        return csr_matrix((values, places, ends), shape=(len(described), len(self.columns)))


def fitted(matrix: csr_matrix, label: np.ndarray, confidence: np.ndarray) -> LogisticRegression:
    """Sentences that the annotators found typical count more than doubtful ones."""
    weight = np.clip(confidence / 4.5, 0.2, 1.5) ** 1.5
    model = LogisticRegression(C=INVERSE_PENALTY, max_iter=200, tol=1e-3)
    return model.fit(matrix, label, sample_weight=weight)


def held_out(found: Rows, described: Sequence[Cues], groups: Sequence[int]) -> np.ndarray:
    """The log probabilities of every sentence from a model that saw none of its group."""
    scores = np.zeros((len(found), len(CATEGORIES)))
    label, confidence = labels(found), agreement(found)
    for train, test in GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(found, groups=groups):
        table = Table([described[i] for i in train])
        model = fitted(table.matrix([described[i] for i in train]), label[train], confidence[train])
        scores[test] = model.predict_log_proba(table.matrix([described[i] for i in test]))
    return scores


def by_beginning(found: Rows) -> list[int]:
    names = [" ".join(tokens(row["text"])[:2]) for row in found]
    numbers = {name: number for number, name in enumerate(sorted(set(names)))}
    return [numbers[name] for name in names]


def by_passage(found: Rows) -> list[int]:
    """Sentences whose passages share ten words in a row are of one group."""
    parent = list(range(len(found)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    seen: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(found):
        words = tokens(row["context"])
        for start in range(max(1, len(words) - 9)):
            first = seen.setdefault(tuple(words[start : start + 10]), place)
            parent[root(place)] = root(first)
    return [root(place) for place in range(len(found))]


def softmax(scores: np.ndarray) -> np.ndarray:
    raised = np.exp(scores - scores.max(1, keepdims=True))
    return raised / raised.sum(1, keepdims=True)


def best_temperature(scores: np.ndarray, label: np.ndarray) -> float:
    def loss(temperature: float) -> float:
        return float(-np.log(softmax(scores / temperature)[np.arange(len(label)), label]).mean())

    return float(minimize_scalar(loss, bounds=(0.5, 3), method="bounded").x)


def calibration_error(likely: np.ndarray, label: np.ndarray) -> float:
    """Expected calibration error of the likeliest category, ten bins of equal width."""
    sure, right = likely.max(1), likely.argmax(1) == label
    bins = np.minimum((sure * 10).astype(int), 9)
    return float(sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)))


def judged(name: str, likely: np.ndarray, label: np.ndarray, confidence: np.ndarray) -> None:
    print(name)
    named = np.array([CATEGORIES.index(category_of(dict(zip(CATEGORIES, row, strict=True)))) for row in likely])
    for least in (0, 3, 5):
        keep = confidence >= least
        chosen, true = named[keep], label[keep]
        deep = cohen_kappa_score(np.isin(chosen, DEEP_PLACES), np.isin(true, DEEP_PLACES))
        print(
            f"  agreement >= {least}: n {keep.sum()}, accuracy {(chosen == true).mean():.3f}, "
            f"kappa {cohen_kappa_score(chosen, true):.3f}, deep or not kappa {deep:.3f}, "
            f"calibration error {calibration_error(likely[keep], true):.3f}"
        )


def judge(found: Rows, described: Sequence[Cues]) -> None:
    label, confidence = labels(found), agreement(found)
    odd = np.arange(len(found)) % 2 == 1
    for name, groups in (("held out by passage", by_passage(found)), ("held out by beginning", by_beginning(found))):
        scores = held_out(found, described, groups)
        temperature = best_temperature(scores[odd], label[odd])
        even = ~odd
        judged(
            f"{name}, temperature {temperature:.3f} fitted on the other half",
            softmax(scores[even] / temperature),
            label[even],
            confidence[even],
        )


def packed(model: LogisticRegression, table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each family with its weights as bytes around 128; what never reaches half a step is left out."""
    effective = model.coef_ * np.array(table.rarity) * UNIT
    for family in FAMILIES:
        names = {name: place for (kin, name), place in table.columns.items() if kin == family}
        unit = float(np.abs(effective[:, list(names.values())]).max() / 127)
        steps = {name: np.rint(effective[:, place] / unit).astype(int) for name, place in names.items()}
        kept = {
            name: base64.b64encode(bytes((row + 128).tolist())).decode() for name, row in steps.items() if row.any()
        }
        yield family, {"unit": float(f"{unit:.6g}"), "shared": SHARED[family], "weights": kept}


def train(found: Rows, described: Sequence[Cues]) -> None:
    table = Table(described)
    model = fitted(table.matrix(described), labels(found), agreement(found))
    temperature = best_temperature(held_out(found, described, by_beginning(found)), labels(found))
    weights = {
        "licence": "Apache-2.0",
        "source": "CEReD (EduMUNI/reflection-classification), English sentences, official training split",
        "categories": list(CATEGORIES),
        "bias": [float(f"{each:.6g}") for each in model.intercept_ - model.intercept_.mean()],
        "temperature": round(temperature, 4),
        "families": dict(packed(model, table)),
    }
    WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, indent=0, sort_keys=True) + "\n", "utf-8")
    print(f"{len(table.columns)} cues, temperature {temperature:.3f}, {WEIGHTS.stat().st_size / 1e6:.2f} MB")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the reflective-sentence model, or judge the method.")
    parser.add_argument("--judge", action="store_true", help="cross-validate instead of writing weights")
    wanted = parser.parse_args()
    if not DATA.is_dir():
        sys.exit("error: CEReD is not there\nhint: set SCRIBETREE_DATA to the folder that holds `writing/cered`")
    found = rows(DATA / "train.jsonl")
    described = [cues(row["text"]) for row in found]
    (judge if wanted.judge else train)(found, described)


if __name__ == "__main__":
    main()
