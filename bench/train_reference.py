"""
Builds `tools/writing/reference.json`: the quantiles of each feature over the drafts of ArgRewrite V.2 (CC BY 4.0).

    PYTHONPATH=src python bench/train_reference.py [DATA]
"""

import json
import sys
from pathlib import Path

from scribetree.tools.text import read
from scribetree.tools.writing._features import families_of

DATA = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data") / "writing" / "argrewrite_essays" / "dev.jsonl"
TARGET = Path(__file__).parents[1] / "tools" / "writing" / "reference.json"
PARTS = 40


def main() -> None:
    texts = [json.loads(line)["text"] for line in DATA.read_text("utf-8").splitlines()]
    rows = [
        {name: value for values in families_of(read(text)).values() for name, value in values.items()} for text in texts
    ]
    quantiles = {name: cut(sorted(row[name] for row in rows)) for name in rows[0]}
    packaged = {
        "name": "ArgRewrite V.2: three drafts of an argument about self-driving cars by each of 64 adult writers",
        "licence": "CC BY 4.0, Kashefi, Afrin, Dale, Olshefski, Godley, Litman and Hwa 2022; quantiles of 192 drafts",
        "texts": len(texts),
        "quantiles": quantiles,
    }
    TARGET.write_text(json.dumps(packaged, indent=None, separators=(",", ":")) + "\n", "utf-8")


def cut(values: list[float]) -> list[float]:
    """The values at 0, 1/40, ... 1 of the way."""
    return [float(f"{values[round(part * (len(values) - 1) / PARTS)]:.5g}") for part in range(PARTS + 1)]


if __name__ == "__main__":
    main()
