"""
Trains `tools/integrity/weights/compare.json` on one half of the built short answers and judges it on the other.

    PYTHONPATH=src uv run --no-project --with numpy --with scikit-learn python bench/train_compare.py [--write]
"""

import argparse
import json
import os
from collections import Counter
from pathlib import Path

import numpy as np
from short_answers import KINDS, Pair, halves
from sklearn.linear_model import LogisticRegression

from scribetree.tools.integrity._compare import _aligned, _matches, features_of
from scribetree.tools.integrity._units import WordText

SEED = 20261124
ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("SCRIBETREE_DATA", ROOT.parent / "shared" / "data"))
WEIGHTS = ROOT / "tools" / "integrity" / "weights" / "compare.json"


def figures(pair: Pair) -> dict[str, float]:
    one, other = WordText.of(pair.source), WordText.of(pair.answer)
    small, large = (other, one) if len(one.words) > len(other.words) else (one, other)
    aligned = list(_aligned(small, large))
    return features_of(small, large, aligned, _matches(small, large, aligned, None))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights")
    arguments = parser.parse_args()
    tune, judge = halves(DATA, seed=SEED)
    rows = [figures(pair) for pair in tune]
    names = list(rows[0])
    design = np.array([[row[name] for name in names] for row in rows])
    wanted = np.array([KINDS.index(pair.kind) for pair in tune])
    model = LogisticRegression(C=10, max_iter=5000).fit(design, wanted)
    for label, pairs in (("tuned on", tune), ("kept aside", judge)):
        found = model.predict(np.array([[figures(pair)[name] for name in names] for pair in pairs]))
        right = [KINDS[guess] == pair.kind for guess, pair in zip(found, pairs, strict=True)]
        print(f"{label}: {np.mean(right):.3f} of {len(pairs)}")
        wrong = Counter(
            (pair.kind, KINDS[guess], pair.made_by if pair.kind in {"heavy", "independent"} else "")
            for guess, pair in zip(found, pairs, strict=True)
            if KINDS[guess] != pair.kind
        )
        for (kind, guess, rule), count in wrong.most_common():
            print(f"   {kind} taken for {guess}: {count} {rule}")
    if arguments.write:
        kinds = {
            kind: {
                "intercept": round(float(model.intercept_[number]), 4),
                "figures": {
                    name: round(float(value), 4) for name, value in zip(names, model.coef_[number], strict=True)
                },
            }
            for number, kind in enumerate(KINDS)
        }
        WEIGHTS.parent.mkdir(exist_ok=True)
        WEIGHTS.write_text(
            json.dumps(
                {
                    "licence": "CC BY-SA 4.0, https://creativecommons.org/licenses/by-sa/4.0/",
                    "attribution": "Learnt from answers built of OneStopEnglish (Vajjala and Lucic 2018, CC BY-SA 4.0) "
                    "and ArgRewrite V.2 (Kashefi et al. 2022, CC BY 4.0). Changed: texts became weights.",
                    "made_by": f"bench/train_compare.py --write, seed {SEED}",
                    "kinds": kinds,
                },
                indent=1,
            )
            + "\n",
            "utf-8",
        )


if __name__ == "__main__":
    main()
