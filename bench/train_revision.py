"""
Trains and judges `tools/writing/revision.json`: content or surface, and the purpose of a revision.

    uv run --with . --with numpy --with scikit-learn bench/train_revision.py [DATA] [--ship]

ArgRewrite V.2 (CC BY 4.0), split by writer: settings were chosen inside the tune half, the figures are those of the
judge half. With --ship the same settings are trained on all development writers and written.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, cohen_kappa_score, f1_score
from sklearn.model_selection import GroupKFold
from sklearn.tree._tree import Tree

from scribetree.tools.writing._edits import Edit, edit_features

ARGUMENTS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
DATA = Path(ARGUMENTS[0] if ARGUMENTS else "../shared/data") / "writing" / "argrewrite_revisions" / "dev.jsonl"
TARGET = Path(__file__).parents[1] / "tools" / "writing" / "revision.json"
DRAWS = 1_000
Node = float | list[Any]


def kind_model() -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=200,
        max_depth=3,
        learning_rate=0.04,
        subsample=0.6,
        min_samples_leaf=8,
        max_features=0.25,
        random_state=1,
    )


def purpose_model() -> GradientBoostingClassifier:
    return GradientBoostingClassifier(
        n_estimators=60,
        max_depth=3,
        learning_rate=0.06,
        subsample=0.6,
        min_samples_leaf=8,
        max_features=0.25,
        random_state=1,
    )


def main() -> None:
    rows = [json.loads(line) for line in DATA.read_text("utf-8").splitlines()]
    features = [edit_features(Edit(row["old"] or "", row["new"] or "")) for row in rows]
    names = list(features[0])
    x = np.array([list(row.values()) for row in features])
    content = np.array([row["kind"] == "content" for row in rows])
    purpose = np.array([row["purpose"].split(",")[0] for row in rows])
    writer = np.array([row["writer"] for row in rows])
    modified = np.array([bool((row["old"] or "").strip() and (row["new"] or "").strip()) for row in rows])
    tune = np.array([int(hashlib.sha256(f"rev{each}".encode()).hexdigest(), 16) % 1000 < 600 for each in writer])
    held_out = crossed(x, content, writer, tune & modified)
    scale = calibrated(held_out, content[tune & modified])
    threshold = chosen_threshold(probability(held_out, scale), content[tune & modified])
    kind = kind_model().fit(x[tune & modified], content[tune & modified])
    likely = probability(kind.decision_function(x), scale)
    said = np.where(modified, likely > threshold, True)
    print(f"threshold {threshold:.2f}; judge: {len(set(writer[~tune]))} writers, {sum(~tune)} revisions")
    report("content or surface, macro-F1", content, said, ~tune, writer)
    report("modified only, macro-F1", content, said, ~tune & modified, writer)
    calibration(likely, content, ~tune & modified)
    lift = chosen_lift(x, purpose, writer, tune)
    judge_purpose(x, purpose, content, tune, said, lift)
    if "--ship" in sys.argv:
        held_out = crossed(x, content, writer, modified)
        ship(x, content, purpose, modified, names, threshold, calibrated(held_out, content[modified]), lift)


def crossed(x: np.ndarray, content: np.ndarray, writer: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Log odds of content for that part, each from a model that saw none of the writer."""
    places = np.flatnonzero(part)
    odds = np.zeros(len(places))
    for train, test in GroupKFold(6).split(places, groups=writer[places]):
        odds[test] = kind_model().fit(x[places[train]], content[places[train]]).decision_function(x[places[test]])
    return odds


def calibrated(odds: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    """Platt's slope and shift, which make probabilities of log odds."""
    fitted = LogisticRegression(C=1e6).fit(odds[:, None], truth)
    return float(fitted.coef_[0][0]), float(fitted.intercept_[0])


def probability(odds: np.ndarray, scale: tuple[float, float]) -> np.ndarray:
    return 1 / (1 + np.exp(-(scale[0] * odds + scale[1])))


def chosen_threshold(likely: np.ndarray, truth: np.ndarray) -> float:
    """The threshold with the best macro-F1 over folds of writers of the tune half."""
    scores = {t: f1_score(truth, likely > t, average="macro") for t in np.arange(0.25, 0.55, 0.05)}
    print("tune, modified only, macro-F1 by threshold", {round(t, 2): round(s, 3) for t, s in scores.items()})
    return float(max(scores, key=lambda t: scores[t]))


def chosen_lift(x: np.ndarray, purpose: np.ndarray, writer: np.ndarray, tune: np.ndarray) -> float:
    """How far rare purposes are lifted (the power of their share that is divided by), by macro-F1 over tune folds."""
    places = np.flatnonzero(tune)
    names = sorted(set(purpose))
    likely = np.zeros((len(places), len(names)))
    for train, test in GroupKFold(6).split(places, groups=writer[places]):
        model = purpose_model().fit(x[places[train]], purpose[places[train]])
        columns = [names.index(each) for each in model.classes_]
        likely[np.ix_(test, columns)] = model.predict_proba(x[places[test]])
    shares = np.array([np.mean(purpose[places] == name) for name in names])
    scores = {
        power: f1_score(purpose[places], np.array(names)[(likely / shares**power).argmax(1)], average="macro")
        for power in (0.0, 0.25, 0.5, 0.75)
    }
    print("tune, purpose, macro-F1 by lift", {power: round(score, 3) for power, score in scores.items()})
    return max(scores, key=lambda power: scores[power])


def report(name: str, truth: np.ndarray, said: np.ndarray, part: np.ndarray, writer: np.ndarray) -> None:
    chance = np.random.default_rng(1)
    groups = [np.flatnonzero(part & (writer == each)) for each in sorted(set(writer[part]))]
    drawn = []
    for _ in range(DRAWS):
        places = np.concatenate([groups[g] for g in chance.integers(0, len(groups), len(groups))])
        drawn.append(f1_score(truth[places], said[places], average="macro"))
    low, high = np.quantile(drawn, [0.05, 0.95])
    score = f1_score(truth[part], said[part], average="macro")
    print(
        f"{name}: {score:.3f} [{low:.3f}, {high:.3f}], "
        f"kappa {cohen_kappa_score(truth[part], said[part]):.3f}, n = {part.sum()}"
    )


def calibration(probability: np.ndarray, truth: np.ndarray, part: np.ndarray) -> None:
    p, t = probability[part], truth[part]
    bins = np.minimum(9, (p * 10).astype(int))
    error = sum(abs(p[bins == b].mean() - t[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    print(f"modified only, expected calibration error in 10 bins: {error:.3f}")


def judge_purpose(
    x: np.ndarray, purpose: np.ndarray, content: np.ndarray, tune: np.ndarray, said: np.ndarray, lift: float
) -> None:
    model = purpose_model().fit(x[tune], purpose[tune])
    kinds = kinds_of(purpose, content)
    p = model.predict_proba(x)
    allowed = np.array([[kinds[each] == is_content for each in model.classes_] for is_content in said])
    shares = np.array([np.mean(purpose[tune] == each) for each in model.classes_])
    chosen = np.argmax(np.where(allowed, p / shares**lift, 0), axis=1)
    found = model.classes_[chosen]
    sure = p[np.arange(len(p)), chosen] >= 0.5
    judge = ~tune
    print(
        f"purpose, 9 kinds: accuracy {accuracy_score(purpose[judge], found[judge]):.3f}, "
        f"kappa {cohen_kappa_score(purpose[judge], found[judge]):.3f}, "
        f"macro-F1 {f1_score(purpose[judge], found[judge], average='macro'):.3f}; where it is sure (p >= 0.5, "
        f"{sure[judge].mean():.2f} of all) accuracy {accuracy_score(purpose[judge & sure], found[judge & sure]):.3f}"
    )


def kinds_of(purpose: np.ndarray, content: np.ndarray) -> dict[str, bool]:
    """Whether each purpose is one of content."""
    return {each: bool(content[purpose == each].mean() > 0.5) for each in set(purpose)}


def ship(
    x: np.ndarray,
    content: np.ndarray,
    purpose: np.ndarray,
    modified: np.ndarray,
    names: Sequence[str],
    threshold: float,
    scale: tuple[float, float],
    lift: float,
) -> None:
    kind, aim = kind_model().fit(x[modified], content[modified]), purpose_model().fit(x, purpose)
    kinds = kinds_of(purpose, content)
    rest = content[~modified].mean()
    packaged = {
        "source": "ArgRewrite V.2 (Kashefi et al. 2022), CC BY 4.0; trained by bench/train_revision.py",
        "features": list(names),
        "threshold": threshold,
        "one_sided_content": round(float(rest), 3),
        "kind": {"start": scale[0] * start(kind, 0) + scale[1], "trees": trees(kind, 0, scale[0])},
        "purposes": [
            {
                "name": each,
                "content": kinds[each],
                "lift": float(f"{np.mean(purpose == each) ** -lift:.4g}"),
                "start": start(aim, k),
                "trees": trees(aim, k),
            }
            for k, each in enumerate(aim.classes_)
        ],
    }
    TARGET.write_text(json.dumps(packaged, separators=(",", ":")) + "\n", "utf-8")


def start(model: GradientBoostingClassifier, k: int) -> float:
    prior = model.init_.class_prior_
    return float(np.log(prior[1] / prior[0])) if len(prior) == 2 else float(np.log(prior[k]))


def trees(model: GradientBoostingClassifier, k: int, scale: float = 1.0) -> list[Any]:
    return [nested(row[k].tree_, 0, scale * model.learning_rate) for row in model.estimators_]


def nested(tree: Tree, node: int, rate: float) -> Node:
    if tree.children_left[node] < 0:
        return float(f"{rate * tree.value[node][0][0]:.4g}")
    left, right = (nested(tree, child[node], rate) for child in (tree.children_left, tree.children_right))
    return [int(tree.feature[node]), float(f"{tree.threshold[node]:.6g}"), left, right]


if __name__ == "__main__":
    main()
