"""What a course's texts share with another, by their fingerprints: no text is kept, and none leaves."""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock

from scribetree.errors import InvalidInput
from scribetree.privacy.context import PrivacyContext
from scribetree.privacy.guard import CourseState, CourseText
from scribetree.privacy.identity import Pseudonym, pseudonym
from scribetree.servers.kit import Wiring
from scribetree.tools import integrity

__all__ = ["CourseMatch", "Search", "search"]

_MOST_SOUGHT, _MOST_SHOWN = 100, 20
_WORTH_KEEPING = 256
"""So many texts that are not in the kept index make it worth keeping anew, if they are a fifth of all."""


@dataclass(frozen=True, slots=True)
class CourseMatch:
    """
    One text of the course: the share (0 to 1) of the sought text's fingerprints that it has too.

    `student` is the pseudonym of its writer; null where the caller does not teach them.
    """

    course_id: str
    student: str | None
    share: float


class Search:
    """The index of one course in this process's memory."""

    def __init__(self, key: bytes) -> None:
        self.state: CourseState | None = None
        self.index = integrity.CorpusIndex(key)
        self.lock = Lock()
        self._kept = 0

    def begin(self, index: bytes | None) -> None:
        """It holds what the kept index holds; a damaged one counts as none."""
        self.index = integrity.CorpusIndex(self.index.key)
        with suppress(InvalidInput):
            if index is not None:
                self.index = integrity.CorpusIndex.from_bytes(index, key=self.index.key)
        self._kept = len(self.index.documents)

    def ids(self) -> Collection[str]:
        """The records whose fingerprints it holds."""
        return [document for document, _ in self.index.documents]

    def add(self, texts: Sequence[CourseText]) -> bytes | None:
        """It holds these too; the index to keep, if many of its texts are in none that was kept."""
        if texts:
            self.index = self.index.with_fingerprints(
                [(each.record_id, each.owner, each.fingerprints) for each in texts]
            )
        held = len(self.index.documents)
        if held - self._kept < max(_WORTH_KEEPING, held // 5):
            return None
        self._kept = held
        return self.index.to_bytes()


def search(
    means: Wiring, caller: PrivacyContext, course: str, text: str, *, assignment: str | None, student: str | None
) -> tuple[CourseMatch, ...]:
    """
    The texts of the course that share most with `text`, without `student`'s own and those of who does not agree.

    Of a student whom the caller may not know by pseudonym nothing is left out: it would say which match is theirs.
    """
    held = means.held(f"course/{course}", lambda: Search(means.guard.course_key(course)))
    with held.lock:
        means.guard.bring_up_to_date(caller, course, held)
        index = held.index
    hits = index.search(text, assignment=assignment or "", limit=_MOST_SOUGHT)
    own = None if student is None else pseudonym(means.ring, student)
    if own is not None and any(hit.owner == own for hit in hits) and means.guard.nameable(caller, [own]).get(own):
        hits = [hit for hit in hits if hit.owner != own]
    others = hits[:_MOST_SHOWN]
    named = means.guard.nameable(caller, [Pseudonym(hit.owner) for hit in others])
    return tuple(
        CourseMatch(course, hit.owner if named[owner] else None, hit.share)
        for hit in others
        if (owner := Pseudonym(hit.owner)) in named
    )
