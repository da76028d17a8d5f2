"""
An index of a course's essays that finds shared passages without keeping the essays.

Winnowing (Schleimer, Wilkerson and Aiken 2003): of every eight neighbouring runs of five words the smallest keyed hash
is kept, so any twelve words in a row that two texts share are surely found. What is kept are hashes that without the
key say nothing about the words. The index is a value: whoever stores it seals `to_bytes()`, and `without(owner)` is the
same index as if that owner's essays had never been in it.
"""

import json
import struct
from array import array
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from scribetree.errors import InvalidInput
from scribetree.tools.integrity._units import WordText, is_common
from scribetree.tools.text import words

__all__ = ["CorpusIndex", "Hit", "fingerprints"]

_RUN, _WINDOW = 5, 8
_HASH_BITS, _DOCUMENT_BITS = 40, 24
_MAX_DOCUMENTS = 1 << _DOCUMENT_BITS
_MASK = (1 << _HASH_BITS) - 1
_MULTIPLIER = 0x9E3779B97F4A7C15 | 1
_MODULUS = (1 << 61) - 1
_FEW_SEGMENTS = 8
_COMMON_IN = 200
"""A run that stands in more essays than this is a phrase of everyone's."""
_MIN_KEY_BYTES = 16


@dataclass(frozen=True, slots=True)
class Hit:
    """One essay that shares passages: its name, and the share (0 to 1) of the sought text's fingerprints in it."""

    document: str
    owner: str
    shared: int
    share: float


@dataclass(frozen=True, slots=True)
class CorpusIndex:
    """
    Fingerprints of many essays; `key` (16 bytes or more) is the course's own.

    Postings are sorted whole numbers, hash in the high 40 bits and the essay's number in the low 24, in a few sorted
    segments, so that adding is cheap and a search is some hundred bisections.
    """

    key: bytes
    documents: tuple[tuple[str, str], ...] = ()
    segments: tuple["array[int]", ...] = ()

    def __post_init__(self) -> None:
        if len(self.key) < _MIN_KEY_BYTES:
            raise InvalidInput("The key of an index is too short.", hint=f"Give {_MIN_KEY_BYTES} random bytes.")

    def with_essays(self, essays: Sequence[tuple[str, str, str]]) -> "CorpusIndex":
        """The index with these essays too, each as (document, owner, text); a document that is there is replaced."""
        return self.with_fingerprints(
            [(document, owner, fingerprints(text, self.key)) for document, owner, text in essays]
        )

    def with_fingerprints(self, essays: Sequence[tuple[str, str, Iterable[int]]]) -> "CorpusIndex":
        """The same for essays of which only the fingerprints are at hand."""
        names = {document for document, _, _ in essays}
        base = self._keeping(lambda document, _: document not in names)
        if len(base.documents) + len(essays) > _MAX_DOCUMENTS:
            raise InvalidInput("The index is full.", hint="Begin an index for each course.")
        postings = [
            fingerprint << _DOCUMENT_BITS | number
            for number, (_, _, found) in enumerate(essays, start=len(base.documents))
            for fingerprint in found
        ]
        fresh = array("Q", sorted(postings))
        return CorpusIndex(
            self.key,
            (*base.documents, *((document, owner) for document, owner, _ in essays)),
            _joined((*base.segments, fresh)),
        )

    def without(self, owner: str) -> "CorpusIndex":
        """The index without any trace of that owner's essays."""
        return self._keeping(lambda _, each: each != owner)

    def search(self, text: str, *, assignment: str = "", limit: int = 20) -> list[Hit]:
        """The essays that share most with `text`, most first; the assignment's own wording does not count."""
        wanted = fingerprints(text, self.key) - (_all_runs(assignment, self.key) if assignment.strip() else set())
        found: Counter[int] = Counter()
        for fingerprint in wanted:
            here = list(self._holders(fingerprint))
            if len(here) <= _COMMON_IN:
                found.update(here)
        return [
            Hit(*self.documents[number], shared, round(shared / len(wanted), 4))
            for number, shared in sorted(found.items(), key=lambda each: (-each[1], each[0]))[:limit]
        ]

    def to_bytes(self) -> bytes:
        """The index without its key, to be sealed by whoever stores it."""
        names = json.dumps(self.documents, separators=(",", ":")).encode()
        postings = self._merged()
        return struct.pack("<QQ", len(names), len(postings)) + names + _little_endian(postings).tobytes()

    @classmethod
    def from_bytes(cls, stored: bytes, *, key: bytes) -> "CorpusIndex":
        """The index that `to_bytes` gave."""
        try:
            name_bytes, count = struct.unpack_from("<QQ", stored)
            names = json.loads(stored[16 : 16 + name_bytes])
            postings = array("Q", stored[16 + name_bytes : 16 + name_bytes + 8 * count])
            documents = tuple((str(document), str(owner)) for document, owner in names)
        except (struct.error, ValueError, TypeError) as error:
            raise InvalidInput("The stored index is damaged.", hint="Build it again from the essays.") from error
        if len(postings) != count:
            raise InvalidInput("The stored index is cut short.", hint="Build it again from the essays.")
        return cls(key, documents, (_little_endian(postings),) if count else ())

    def _holders(self, fingerprint: int) -> Iterator[int]:
        low = fingerprint << _DOCUMENT_BITS
        for segment in self.segments:
            place = bisect_left(segment, low)
            end = min(len(segment), place + _COMMON_IN + 1)
            while place < end and segment[place] >> _DOCUMENT_BITS == fingerprint:
                yield segment[place] & (_MAX_DOCUMENTS - 1)
                place += 1

    def _keeping(self, wanted: Callable[[str, str], bool]) -> "CorpusIndex":
        kept = [number for number, (document, owner) in enumerate(self.documents) if wanted(document, owner)]
        if len(kept) == len(self.documents):
            return self
        renumbered = {old: new for new, old in enumerate(kept)}
        low_bits = _MAX_DOCUMENTS - 1
        postings = array(
            "Q",
            (
                posting & ~low_bits | renumbered[posting & low_bits]
                for posting in self._merged()
                if posting & low_bits in renumbered
            ),
        )
        return CorpusIndex(self.key, tuple(self.documents[number] for number in kept), (postings,) if postings else ())

    def _merged(self) -> "array[int]":
        if len(self.segments) == 1:
            return self.segments[0]
        return array("Q", sorted(posting for segment in self.segments for posting in segment))


def _joined(segments: tuple["array[int]", ...]) -> tuple["array[int]", ...]:
    """Fewer segments: the last is merged into its neighbour while that is not twice as long."""
    kept = [segment for segment in segments if segment]
    while len(kept) > 1 and (len(kept) > _FEW_SEGMENTS or len(kept[-2]) < 2 * len(kept[-1])):
        last = kept.pop()
        kept[-1] = array("Q", sorted([*kept[-1], *last]))  # two sorted runs: a merge, in one pass
    return tuple(kept)


def fingerprints(text: str, key: bytes) -> set[int]:
    """The smallest hash of each window of runs; runs without two words of their own are no evidence."""
    return set(_smallest(list(_run_hashes(text, key))))


def _all_runs(text: str, key: bytes) -> set[int]:
    return {each for each in _run_hashes(text, key) if each is not None}


def _run_hashes(text: str, key: bytes) -> Iterator[int | None]:
    normal = WordText.normal(text, list(words(text)))
    known = {word: _word_hash(word, key) for word in set(normal)}
    hashes = [known[word] for word in normal]
    own = [not is_common(word) for word in normal]
    for start in range(len(normal) - _RUN + 1):
        if sum(own[start : start + _RUN]) < 2:
            yield None
            continue
        value = 0
        for each in hashes[start : start + _RUN]:
            value = (value * _MULTIPLIER + each) % _MODULUS
        yield value & _MASK


def _smallest(hashes: Sequence[int | None]) -> Iterator[int]:
    """The least hash of every window, in one pass; a text shorter than a window has one."""
    queue: deque[tuple[int, int]] = deque()
    for place, value in enumerate(hashes):
        if value is not None:
            while queue and queue[-1][0] >= value:
                queue.pop()
            queue.append((value, place))
        while queue and queue[0][1] <= place - _WINDOW:
            queue.popleft()
        if queue and (place >= _WINDOW - 1 or place == len(hashes) - 1):
            yield queue[0][0]


def _word_hash(word: str, key: bytes) -> int:
    return (
        int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=8).digest(), "big")
        % _MODULUS
    )


def _little_endian(postings: "array[int]") -> "array[int]":
    if struct.pack("=H", 1) == struct.pack("<H", 1):
        return postings
    swapped = array("Q", postings)
    swapped.byteswap()
    return swapped
