"""
Trains and judges `tools/writing/score.json`: the rubric score of an argument, from thirty features of the profile.

    uv run --with . --with numpy --with scikit-learn bench/train_score.py [DATA] [--ship]

ArgRewrite V.2 (CC BY 4.0), two raters' means, split by writer. The weights are learnt within writers: what parts a
writer's better-rated draft from the same writer's other drafts, so that topic and person play no part. ELLIPSE
(non-commercial) only judges: once with the shipped weights, once refitted on all features, to say what these hold.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr
from sklearn.linear_model import Ridge
from sklearn.model_selection import GroupKFold

from scribetree.tools.text import read
from scribetree.tools.writing._features import families_of

ARGUMENTS = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
DATA = Path(ARGUMENTS[0] if ARGUMENTS else "../shared/data") / "writing"
TARGET = Path(__file__).parents[1] / "tools" / "writing" / "score.json"
STRENGTHS = (30.0, 100.0, 300.0, 1_000.0, 3_000.0)
STRENGTH = 30.0
FEATURES = (
    "log_words paragraphs words_per_paragraph closing_share paragraph_overlap given_share words_per_sentence "
    "commas_per_sentence subordinators_per_sentence letters_per_word letters_per_word_sd very_long_word_share "
    "three_syllables_share content_zipf rare_share different_in_50 root_type_token nominalisations vague evidence "
    "reasons contrast_views hedges adversative_connectives causal_connectives figures names pair_gain "
    "unusual_pair_share doubtful_spellings"
).split()
"""What a teacher would look at, chosen before any fit: 64 writers bear no search."""


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name / "dev.jsonl").read_text("utf-8").splitlines()]


def features(text: str) -> dict[str, float]:
    return {name: value for values in families_of(read(text)).values() for name, value in values.items()}


class Model:
    """A ridge regression on features as distances from the mean in standard deviations, at most 3."""

    def __init__(self, x: np.ndarray, y: np.ndarray, strength: float, writer: np.ndarray | None = None) -> None:
        self.mean, self.sd, self.middle = x.mean(0), x.std(0) + 1e-9, y.mean()
        z = self.z(x)
        middle = np.zeros_like(z)
        rest = y - self.middle
        if writer is not None:
            middle = np.array([z[writer == each].mean(0) for each in writer])
            rest = y - np.array([y[writer == each].mean() for each in writer])
        self.weights = Ridge(alpha=strength, fit_intercept=False).fit(z - middle, rest).coef_

    def z(self, x: np.ndarray) -> np.ndarray:
        return np.clip((x - self.mean) / self.sd, -3, 3)

    def predict(self, x: np.ndarray) -> np.ndarray:
        return self.middle + self.z(x) @ self.weights


def crossed_within(x: np.ndarray, y: np.ndarray, writer: np.ndarray) -> np.ndarray:
    found = np.zeros_like(y)
    for train, test in GroupKFold(8).split(x, groups=writer):
        found[test] = Model(x[train], y[train], STRENGTH, writer[train]).predict(x[test])
    return found


def crossed(x: np.ndarray, y: np.ndarray, group: np.ndarray, strength: float, folds: int = 8) -> np.ndarray:
    found = np.zeros_like(y)
    for train, test in GroupKFold(folds).split(x, groups=group):
        found[test] = Model(x[train], y[train], strength).predict(x[test])
    return found


def chosen(x: np.ndarray, y: np.ndarray, group: np.ndarray) -> float:
    return min(STRENGTHS, key=lambda s: float(np.mean((crossed(x, y, group, s) - y) ** 2)))


def half(key: object) -> bool:
    return int(hashlib.sha256(f"score{key}".encode()).hexdigest(), 16) % 1000 < 600


def main() -> None:
    essays = rows("argrewrite_essays")
    found = [features(row["text"]) for row in essays]
    x = np.array([[row[name] for name in FEATURES] for row in found])
    writer = np.array([row["writer"] for row in essays])
    draft = np.array([row["draft"] for row in essays])
    total = np.array([row["scores"]["avg_total"] for row in essays])
    judge = np.array([not half(each) for each in writer])
    said = Model(x[~judge], total[~judge], STRENGTH, writer[~judge]).predict(x)
    print(
        f"total: Pearson {np.corrcoef(said[judge], total[judge])[0, 1]:.3f}, "
        f"RMSE {np.sqrt(np.mean((said[judge] - total[judge]) ** 2)):.2f} (sd {total[judge].std():.2f}), "
        f"{len(set(writer[judge]))} writers, n = {judge.sum()}"
    )
    gains("judge half", said, total, writer, draft, judge)
    crossed_said = crossed_within(x, total, writer)
    gains("all, 8 folds by writer", crossed_said, total, writer, draft, judge | ~judge)
    print(f"  level, 8 folds by writer: Pearson {np.corrcoef(crossed_said, total)[0, 1]:.3f}")
    model = Model(x, total, STRENGTH, writer)
    judge_ellipse(model)
    if "--ship" in sys.argv:
        residual = float(np.sqrt(np.mean((crossed_said - total) ** 2)))
        ship(model, residual)


def gains(
    name: str, said: np.ndarray, truth: np.ndarray, writer: np.ndarray, draft: np.ndarray, part: np.ndarray
) -> None:
    """Spearman of the predicted and the rated gain from the first to the third draft."""
    pairs = []
    for each in sorted(set(writer[part])):
        first, third = (np.flatnonzero((writer == each) & (draft == d)) for d in (1, 3))
        if len(first) and len(third):
            pairs.append((said[third[0]] - said[first[0]], truth[third[0]] - truth[first[0]]))
    predicted, rated = np.array(pairs).T
    chance = np.random.default_rng(1)
    drawn = [spearmanr(predicted[d], rated[d])[0] for d in chance.integers(0, len(rated), (1000, len(rated)))]
    print(
        f"gain from draft 1 to 3, {name}: Spearman {spearmanr(predicted, rated)[0]:.3f} "
        f"[{np.quantile(drawn, 0.05):.3f}, {np.quantile(drawn, 0.95):.3f}], n = {len(rated)}"
    )


def judge_ellipse(model: Model) -> None:
    essays = rows("ellipse")
    found = [features(row["text"]) for row in essays]
    e = np.array([list(row.values()) for row in found])
    prompt, grade = (np.array([str(row[name]) for row in essays]) for name in ("prompt", "grade"))
    overall = np.array([row["scores"]["Overall"] for row in essays])
    said = model.predict(np.array([[row[name] for name in FEATURES] for row in found]))
    print(f"ELLIPSE overall, shipped weights, nothing learnt from it: Pearson {np.corrcoef(said, overall)[0, 1]:.3f}")
    tune = np.array([half(each) for each in prompt])
    errors = []
    for trait in [name for name in essays[0]["scores"] if name != "Overall"]:
        y = np.array([row["scores"][trait] for row in essays])
        best = chosen(e[tune], y[tune], prompt[tune])
        errors.append(Model(e[tune], y[tune], best).predict(e[~tune]) - y[~tune])
    error = np.array(errors)
    print(f"ELLIPSE refitted, unseen prompts: MCRMSE {np.sqrt((error**2).mean(1)).mean():.3f}, n = {(~tune).sum()}")
    by_grade = {
        g: round(float(np.sqrt((error[:, grade[~tune] == g] ** 2).mean())), 3)
        for g in sorted(set(grade))
        if (grade[~tune] == g).sum() >= 30
    }
    print(f"  RMSE by grade {by_grade}")


def ship(model: Model, residual: float) -> None:
    packaged = {
        "source": "ArgRewrite V.2 (Kashefi et al. 2022), CC BY 4.0; trained by bench/train_score.py",
        "start": round(float(model.middle), 4),
        "residual": round(residual, 4),
        "weights": {
            name: [float(f"{value:.5g}") for value in row]
            for name, *row in zip(FEATURES, model.weights, model.mean, model.sd, strict=True)
        },
    }
    TARGET.write_text(json.dumps(packaged, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
