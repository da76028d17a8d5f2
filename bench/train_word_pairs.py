"""
Trains `tools/writing/word_pairs.json`: how much likelier a word is after another than after any word.

    PYTHONPATH=src python bench/train_word_pairs.py [DATA]

The 1,500 commonest words stand for themselves, the others for their endings. Interpolated Kneser-Ney with one discount,
on the development articles of OneStopEnglish (all three levels). The result is under that corpus's CC BY-SA 4.0.
"""

import json
import sys
from collections import Counter
from itertools import pairwise
from math import log
from pathlib import Path

from scribetree.tools.text import read
from scribetree.tools.writing._word_pairs import ENDINGS, classify

DATA = Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data") / "writing" / "onestop" / "dev.jsonl"
TARGET = Path(__file__).parents[1] / "tools" / "writing" / "word_pairs.json"
VOCABULARY, DISCOUNT, FEWEST = 1_500, 0.75, 2


def main() -> None:
    lines = [line for row in DATA.read_text("utf-8").splitlines() for line in read(json.loads(row)["text"]).lower]
    known = {word for word, _ in Counter(word for line in lines for word in line).most_common(VOCABULARY)}
    classes = known
    pairs: Counter[tuple[str, str]] = Counter()
    for line in lines:
        pairs.update(pairwise(["^", *(classify(word, classes) for word in line), "$"]))
    first, followers, leaders = Counter[str](), Counter[str](), Counter[str]()
    for (a, b), times in pairs.items():
        first[a] += times
        followers[a] += 1
        leaders[b] += 1
    back_off = {a: DISCOUNT * followers[a] / first[a] for a in first}
    gain: dict[str, dict[str, int]] = {}
    for (a, b), times in sorted(pairs.items()):
        if times >= FEWEST:
            usual = leaders[b] / len(pairs)
            gain.setdefault(a, {})[b] = round(10 * log((times - DISCOUNT) / first[a] / usual + back_off[a]))
    model = {
        "source": "OneStopEnglish (Vajjala and Lucic 2018), CC BY-SA 4.0; this file is under the same licence",
        "endings": list(ENDINGS),
        "words": sorted(known),
        "unseen": {a: round(10 * log(share)) for a, share in sorted(back_off.items())},
        "seen": gain,
    }
    TARGET.write_text(json.dumps(model, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
