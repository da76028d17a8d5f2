"""
How far the revision rule agrees with people, on public labelled data; reflection is measured by bench/reflection.py.

    SCRIBETREE_DATA=PATH .venv/bin/python bench/accuracy.py

PATH holds `writing/argrewrite_revisions/dev.jsonl` (ArgRewrite V.2, CC BY 4.0). The rule was written before this file
was looked at, and nothing was tuned on it. Intervals are 90 % bootstrap percentiles; revisions are drawn by writer.
"""

import json
import os
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from scribetree.tools.writing import revision

DRAWS = 1000

Pair = tuple[bool, bool]


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean of the two classes' F1."""
    scores = []
    for side in (True, False):
        hits = sum(label == rule == side for label, rule in pairs)
        total = sum(label == side for label, _ in pairs) + sum(rule == side for _, rule in pairs)
        scores.append(2 * hits / total if total else 0.0)
    return sum(scores) / 2


def interval(groups: Sequence[Sequence[Pair]], score: Callable[[Sequence[Pair]], float]) -> tuple[float, float]:
    """The 90 % bootstrap interval, drawing whole groups."""
    chance = random.Random(1)
    drawn = sorted(
        score([pair for group in chance.choices(groups, k=len(groups)) for pair in group]) for _ in range(DRAWS)
    )
    return drawn[DRAWS // 20], drawn[-DRAWS // 20]


def report(name: str, groups: Sequence[Sequence[Pair]], score: Callable[[Sequence[Pair]], float]) -> None:
    pairs = [pair for group in groups for pair in group]
    low, high = interval(groups, score)
    majority = sum(label for label, _ in pairs) * 2 > len(pairs)
    baseline = score([(label, majority) for label, _ in pairs])
    print(f"{name}: {score(pairs):.3f} [{low:.3f}, {high:.3f}], always the commoner {baseline:.3f}, n = {len(pairs)}")


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def main() -> None:
    folder = Path(os.environ.get("SCRIBETREE_DATA", "../shared/data")) / "writing"
    if not folder.is_dir():
        sys.exit(
            "error: the labelled data are not there\nhint: set SCRIBETREE_DATA to the folder that holds `writing/`"
        )
    writers: dict[str, list[Pair]] = defaultdict(list)
    modified: dict[str, list[Pair]] = defaultdict(list)
    for row in rows(folder / "argrewrite_revisions" / "dev.jsonl"):
        pair = (row["kind"] == "content", revision(row["old"] or "", row["new"] or "").kind == "content")
        writers[row["writer"]].append(pair)
        if row["operation"] == "modify":
            modified[row["writer"]].append(pair)
    report("ArgRewrite, content or surface, macro-F1", list(writers.values()), macro_f1)
    report("ArgRewrite, modified sentences only, macro-F1", list(modified.values()), macro_f1)


if __name__ == "__main__":
    main()
