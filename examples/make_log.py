"""
Writes `writing-log.jsonl`: how `essay-draft-2.txt` might have been typed.

The words and the order of the two drafts are real; the timings are made up by a seeded generator: words in bursts,
pauses between sentences and paragraphs, some false starts taken back. Replaying the log gives draft 2.
"""

import json
import random
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path

HERE = Path(__file__).parent
SEED = 39
MS_PER_CHARACTER = 210
WORD = re.compile(r"\S+\s*|\s+")

Event = dict[str, int | str]


class Typist:
    """Keeps the time and the events of a session."""

    def __init__(self) -> None:
        self.chance = random.Random(SEED)
        self.now = 0
        self.events: list[Event] = []

    def pause(self, median_ms: int) -> None:
        self.now += int(self.chance.lognormvariate(0, 0.7) * median_ms)

    def insert(self, position: int, text: str) -> None:
        self.events.append({"t": self.now, "op": "insert", "pos": position, "text": text})
        self.now += int(len(text) * MS_PER_CHARACTER * self.chance.uniform(0.7, 1.4))

    def delete(self, position: int, text: str) -> None:
        self.events.append({"t": self.now, "op": "delete", "pos": position, "text": text})
        self.now += int(len(text) * 60)

    def type(self, position: int, text: str) -> None:
        """Type `text` word by word, at `position` and after."""
        for word in WORD.findall(text):
            if self.chance.random() < 0.04:
                false_start = word[: max(1, len(word) // 2)]
                self.insert(position, false_start)
                self.pause(600)
                self.delete(position, false_start)
            self.insert(position, word)
            position += len(word)
            self._rest(word)

    def _rest(self, word: str) -> None:
        if "\n" in word:
            self.pause(9_000)
        elif word.rstrip().endswith((".", ":")):
            self.pause(3_200)
        elif self.chance.random() < 0.08:
            self.pause(2_600)
        else:
            self.pause(180)


def make(first: str, second: str) -> list[Event]:
    """The events of typing `first` and then turning it into `second`."""
    typist = Typist()
    typist.type(0, first)
    typist.pause(90_000)
    for operation, start, end, replacement in _edits(first, second):
        typist.pause(4_000)
        if operation in {"replace", "delete"}:
            typist.delete(start, first[end[0] : end[1]])
        if replacement:
            typist.type(start, replacement)
    return typist.events


def _edits(first: str, second: str) -> Iterator[tuple[str, int, tuple[int, int], str]]:
    """The edits from front to back, each at its place in the text as it then is."""
    before, after = WORD.findall(first), WORD.findall(second)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation == "equal":
            continue
        place = sum(len(word) for word in after[:j1])
        old_start = sum(len(word) for word in before[:i1])
        old_end = old_start + sum(len(word) for word in before[i1:i2])
        yield operation, place, (old_start, old_end), "".join(after[j1:j2])


if __name__ == "__main__":
    drafts = [(HERE / f"essay-draft-{number}.txt").read_text("utf-8") for number in (1, 2)]
    lines = (json.dumps(event, ensure_ascii=False) for event in make(*drafts))
    (HERE / "writing-log.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
