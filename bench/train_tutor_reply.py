"""
Trains `tools/validator/weights/tutor_reply.json`, and says by nested cross-validation what such a model is worth.

    PYTHONPATH=src uv run --no-project --with numpy --with scikit-learn python bench/train_tutor_reply.py [--write]

SCRIBETREE_DATA holds `tutoring/dev.jsonl` (MRBench, Maurya et al. 2025, CC BY-SA 4.0). Folds keep a conversation
together. In each outer fold the inner folds choose the model's kind and its decision point; the outer fold only judges.
Beside it in the same folds stands a bag-of-words logistic model.
"""

import argparse
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from scribetree.tools.validator._dialogue import Dialogue, Reply
from scribetree.tools.validator._reply import _rules
from scribetree.tools.validator._reply_features import reply_features
from scribetree.tools.validator._reply_model import TARGETS, grams

SEED = 20261124
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data"))
WEIGHTS = ROOT / "tools" / "validator" / "weights" / "tutor_reply.json"
LABELS = {
    "reveals_answer": lambda labels: labels["Revealing_of_the_Answer"].startswith("Yes"),
    "guidance": lambda labels: labels["Providing_Guidance"] == "Yes",
    "actionable": lambda labels: labels["Actionability"] == "Yes",
    "tone": lambda labels: labels["Tutor_Tone"] == "Encouraging",
}
MIN_REPLIES = 4
FIGURE_SCALE, GRAM_SCALE = 0.6, 3.0
"""How strongly the penalty holds figures and words: fixed beforehand, by the usual ratio of their variances."""
SHARES = (0.0, 0.5, 1.0)
CLIP = 3.0
DRAWS = 1000


class Model:
    """A logistic model and boosted trees of depth 2, whose log-odds are averaged."""

    def __init__(self, rows: list[dict[str, float]], texts: list[set[str]], wanted: np.ndarray) -> None:
        self.names = list(rows[0])
        figures = self.matrix(rows)
        self.mean, self.scale = figures.mean(0), figures.std(0)
        self.scale[self.scale == 0] = 1.0
        counts: dict[str, int] = {}
        for text in texts:
            for gram in text:
                counts[gram] = counts.get(gram, 0) + 1
        self.vocabulary = sorted(gram for gram, count in counts.items() if count >= MIN_REPLIES)
        self.index = {gram: column for column, gram in enumerate(self.vocabulary)}
        self.linear = LogisticRegression(C=0.05, max_iter=1000).fit(self.design(rows, texts), wanted)
        self.trees = GradientBoostingClassifier(
            n_estimators=200,
            max_depth=2,
            learning_rate=0.05,
            subsample=0.5,
            max_features=0.2,
            min_samples_leaf=8,
            random_state=SEED,
        ).fit(figures, wanted)

    def matrix(self, rows: list[dict[str, float]]) -> np.ndarray:
        return np.array([[float(row[name]) for name in self.names] for row in rows])

    def design(self, rows: list[dict[str, float]], texts: list[set[str]]) -> np.ndarray:
        scaled = ((self.matrix(rows) - self.mean) / self.scale).clip(-CLIP, CLIP) * FIGURE_SCALE
        words = np.zeros((len(rows), len(self.vocabulary)))
        for row, text in enumerate(texts):
            known = [self.index[gram] for gram in text if gram in self.index]
            words[row, known] = GRAM_SCALE / np.sqrt(len(known) or 1)
        return np.hstack([scaled, words])

    def odds(self, rows: list[dict[str, float]], texts: list[set[str]]) -> tuple[np.ndarray, np.ndarray]:
        return (
            self.linear.decision_function(self.design(rows, texts)),
            self.trees.decision_function(self.matrix(rows)),
        )

    def as_json(self, share: float, shift: float) -> dict[str, Any]:
        coefficients = self.linear.coef_[0]
        split = len(self.names)
        first = float(self.trees.init_.class_prior_[1])
        return {
            "intercept": rounded(self.linear.intercept_[0]),
            "figures": {
                name: rounded(value * FIGURE_SCALE)
                for name, value in zip(self.names, coefficients[:split], strict=True)
            },
            "grams": {
                gram: rounded(value * GRAM_SCALE)
                for gram, value in zip(self.vocabulary, coefficients[split:], strict=True)
            },
            "trees": [self.tree(each[0].tree_, 0) for each in self.trees.estimators_] if share else [],
            "trees_intercept": rounded(np.log(first / (1 - first))) if share else 0.0,
            "trees_share": share,
            "shift": rounded(shift),
        }

    def tree(self, tree: object, node: int) -> object:
        if tree.children_left[node] < 0:
            return rounded(tree.value[node][0][0] * self.trees.learning_rate)
        return [
            self.names[tree.feature[node]],
            rounded(tree.threshold[node]),
            self.tree(tree, tree.children_left[node]),
            self.tree(tree, tree.children_right[node]),
        ]


def rounded(value: float) -> float:
    return round(float(value), 5)


def folds(wanted: np.ndarray, groups: np.ndarray, count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    return list(splitter.split(np.zeros(len(wanted)), wanted, groups))


def chosen(rows: list, texts: list, wanted: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """The share of the trees with the best area, and the shift that puts the best F1 at probability 0.5."""
    linear, trees = np.zeros(len(wanted)), np.zeros(len(wanted))
    for train, test in folds(wanted, groups, 4, SEED + 1):
        model = Model([rows[i] for i in train], [texts[i] for i in train], wanted[train])
        linear[test], trees[test] = model.odds([rows[i] for i in test], [texts[i] for i in test])
    share = max(SHARES, key=lambda part: roc_auc_score(wanted, (1 - part) * linear + part * trees))
    mixed = (1 - share) * linear + share * trees
    limits = np.linspace(-2.0, 1.0, 61)
    scores = np.array([f1_score(wanted, mixed > limit) for limit in limits])
    near = limits[scores >= scores.max() - 0.01]  # the middle of the plateau, not its luckiest point
    return share, -float(np.median(near))


def bag_of_words(texts: list[str], wanted: np.ndarray, train: np.ndarray, test: np.ndarray) -> np.ndarray:
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    design = vectors.fit_transform([texts[i] for i in train])
    model = LogisticRegression(C=3, max_iter=1000, class_weight="balanced").fit(design, wanted[train])
    return model.predict_proba(vectors.transform([texts[i] for i in test]))[:, 1]


def interval(
    wanted: np.ndarray, scores: np.ndarray, groups: np.ndarray, measure: Callable[..., float]
) -> tuple[float, float]:
    """The 90 % bootstrap interval, drawing whole conversations."""
    chance = np.random.default_rng(SEED)
    places = [np.flatnonzero(groups == name) for name in sorted(set(groups))]
    drawn = []
    for _ in range(DRAWS):
        rows = np.concatenate([places[i] for i in chance.integers(0, len(places), len(places))])
        if 0 < wanted[rows].sum() < len(rows):
            drawn.append(measure(wanted[rows], scores[rows]))
    return tuple(np.quantile(drawn, (0.05, 0.95)))


def f1_at_half(wanted: np.ndarray, scores: np.ndarray) -> float:
    return f1_score(wanted, scores > 0.5)


def judge(
    name: str, rows: list, texts: list, replies: list, fired: np.ndarray, wanted: np.ndarray, groups: np.ndarray
) -> None:
    ours, bag = np.zeros(len(wanted)), np.zeros(len(wanted))
    for train, test in folds(wanted, groups, 5, SEED):
        part = [rows[i] for i in train], [texts[i] for i in train]
        share, shift = chosen(*part, wanted[train], groups[train])
        linear, trees = Model(*part, wanted[train]).odds([rows[i] for i in test], [texts[i] for i in test])
        ours[test] = 1 / (1 + np.exp(-((1 - share) * linear + share * trees + shift)))
        bag[test] = bag_of_words(replies, wanted, train, test)
    report(name, ours, bag, wanted, groups)
    if name == "reveals_answer":
        report("  with rules", np.where(fired, np.maximum(ours, 0.9), ours), bag, wanted, groups)


def report(name: str, ours: np.ndarray, bag: np.ndarray, wanted: np.ndarray, groups: np.ndarray) -> None:
    for label, measure in (("F1", f1_at_half), ("AUC", roc_auc_score)):
        low, high = interval(wanted, ours, groups, measure)
        print(
            f"{name:15} {label:4} {measure(wanted, ours):.3f} [{low:.3f}, {high:.3f}]"
            f"   bag of words {measure(wanted, bag):.3f}   n = {len(wanted)}, yes {wanted.mean():.0%}",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="train on everything and write the weights")
    parser.add_argument("--no-judge", action="store_true", help="leave the cross-validation out")
    arguments = parser.parse_args()
    data = [json.loads(line) for line in (DATA / "tutoring" / "dev.jsonl").read_text("utf-8").splitlines()]
    replies = [Reply.of(row["response"]) for row in data]
    rows = [reply_features(Dialogue.of(row["history"]), each) for row, each in zip(data, replies, strict=True)]
    texts = [grams(each.text) for each in replies]
    groups = np.array([row["conversation_id"] for row in data])
    fired = np.array(
        [
            any(_rules(Dialogue.of(row["history"]), each, row["response"]))
            for row, each in zip(data, replies, strict=True)
        ]
    )
    targets: dict[str, Any] = {}
    model: Model | None = None
    for name in TARGETS:
        wanted = np.array([int(LABELS[name](row["labels"])) for row in data])
        if not arguments.no_judge:
            judge(name, rows, texts, [row["response"] for row in data], fired, wanted, groups)
        if arguments.write:
            share, shift = chosen(rows, texts, wanted, groups)
            model = Model(rows, texts, wanted)
            targets[name] = model.as_json(share, shift)
    if model is not None:
        scales = {
            name: [rounded(mean), rounded(scale)]
            for name, mean, scale in zip(model.names, model.mean, model.scale, strict=True)
        }
        WEIGHTS.parent.mkdir(exist_ok=True)
        WEIGHTS.write_text(
            json.dumps(
                {
                    "licence": "CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/",
                    "attribution": "Learnt from MRBench: Maurya, Srivatsa, Petukhova and Kochmar (2025), Unifying AI "
                    "Tutor Evaluation, with dialogues of MathDial and Bridge. "
                    "Changed: labels and texts became weights.",
                    "made_by": f"bench/train_tutor_reply.py --write, seed {SEED}",
                    "scales": scales,
                    "vocabulary": model.vocabulary,
                    "targets": targets,
                },
                sort_keys=True,
                separators=(",", ":"),
            ).replace('"targets"', '\n"targets"')
            + "\n",
            "utf-8",
        )
        print(f"wrote {WEIGHTS.relative_to(ROOT)}, {WEIGHTS.stat().st_size} bytes")


if __name__ == "__main__":
    main()
