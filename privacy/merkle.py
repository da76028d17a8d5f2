"""
A Merkle tree over bytes, as RFC 6962 (and 9162) defines it, and its proofs.

Whoever holds the root of a log knows with an inclusion proof that an entry is in it, and with a consistency proof that
an older root's log is a beginning of a newer one's. Proofs are checked by `verify_inclusion` and `verify_consistency`,
which return None or raise TamperDetected. Everything else here makes proofs: from all entries, or, for a log that is
kept, from a `Frontier` and the hashes of its complete subtrees, in a number of steps logarithmic in its size.
"""

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from scribetree.errors import InvalidInput, TamperDetected

__all__ = [
    "HASH_BYTES",
    "Frontier",
    "Node",
    "Range",
    "consistency_proof",
    "consistency_ranges",
    "cover",
    "inclusion_proof",
    "inclusion_ranges",
    "leaf_hash",
    "node_hash",
    "range_root",
    "root",
    "verify_consistency",
    "verify_inclusion",
    "verify_subtree_consistency",
    "verify_subtree_inclusion",
]

HASH_BYTES = 32

_NOTHING = sha256().digest()
"""The root of the tree of no entries."""

Range = tuple[int, int]
"""The entries from the first number to before the second, where the tree has a subtree."""


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return sha256(b"\x01" + left + right).digest()


def root(entries: Sequence[bytes]) -> bytes:
    """The root of the tree over all entries; of none, the hash of nothing."""
    frontier = Frontier()
    for entry in entries:
        frontier, _ = frontier.with_leaf(leaf_hash(entry))
    return frontier.root


def inclusion_proof(index: int, entries: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from the entry at `index` to the root of all entries."""
    return _proof(inclusion_ranges(index, len(entries)), entries)


def consistency_proof(size1: int, entries: Sequence[bytes]) -> list[bytes]:
    """The hashes that lead from the root of the first `size1` entries to the root of all."""
    return _proof(consistency_ranges(size1, len(entries)), entries)


def verify_inclusion(leaf_index: int, tree_size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Nothing happens if an entry of that hash is at `leaf_index` of the tree of that size and root; else it raises."""
    _demand_hashes(leaf_hash, root, *proof)
    _demand(0 <= leaf_index < tree_size)
    at, last, found = leaf_index, tree_size - 1, leaf_hash
    for step in proof:
        _demand(last > 0)
        if at & 1 or at == last:
            found = node_hash(step, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    _demand(last == 0 and hmac.compare_digest(found, root))


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Nothing happens if the tree of `size1` is a beginning of the tree of `size2`; else it raises."""
    _demand(size1 > 0)
    verify_subtree_consistency(0, size1, size2, root1, root2, proof)


def verify_subtree_inclusion(
    leaf_index: int, start: int, end: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes
) -> None:
    """Nothing happens if an entry of that hash is at `leaf_index` in the subtree over start to end; else it raises."""
    _demand_subtree(start, end)
    verify_inclusion(leaf_index - start, end - start, leaf_hash, proof, root)


def verify_subtree_consistency(
    start: int, end: int, size: int, root1: bytes, root2: bytes, proof: Sequence[bytes]
) -> None:
    """
    Nothing happens if `root1` is the subtree over start to end of the tree with that size and `root2`; else it raises.

    An empty subtree is one of every tree, and a tree one of itself; both need no proof.
    The steps are those of draft-ietf-plants-merkle-tree-certs, 4.4; with start 0 they are those of RFC 9162, 2.1.4.2.
    """
    _demand(0 <= start <= end <= size)
    if start == end or (start, end) == (0, size):
        _demand(not proof and hmac.compare_digest(root1, _NOTHING if start == end else root2))
        return
    _demand_hashes(root1, root2, *proof)
    _demand_subtree(start, end)
    first, at, last = start, end - 1, size - 1
    while first != at and (at == last or at & 1):
        first, at, last = first >> 1, at >> 1, last >> 1
    _demand(first == at or len(proof) > 0)
    old = new = root1 if first == at else proof[0]
    for step in proof if first == at else proof[1:]:
        _demand(last > 0)
        if at & 1 or at == last:
            old = node_hash(step, old) if first < at else old
            new = node_hash(step, new)
            while at and not at & 1:
                first, at, last = first >> 1, at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        first, at, last = first >> 1, at >> 1, last >> 1
    _demand(last == 0 and hmac.compare_digest(old, root1) and hmac.compare_digest(new, root2))


@dataclass(frozen=True, slots=True)
class Node:
    """A complete subtree of 2^level leaves, the `index`th of its level."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class Frontier:
    """The right edge of a tree: the roots of its complete subtrees, largest first; enough to go on from."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def with_leaf(self, leaf: bytes) -> "tuple[Frontier, list[tuple[Node, bytes]]]":
        """The frontier after one more leaf, and the subtrees that it completed."""
        peaks, found, level, index = list(self.peaks), leaf, 0, self.size
        completed: list[tuple[Node, bytes]] = []
        while index & 1:
            found, level, index = node_hash(peaks.pop(), found), level + 1, index >> 1
            completed.append((Node(level, index), found))
        return Frontier(self.size + 1, (*peaks, found)), completed

    @property
    def root(self) -> bytes:
        """The root of the tree so far."""
        if not self.peaks:
            return _NOTHING
        return _folded(self.peaks)


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The subtrees whose roots are the inclusion proof, in its order."""
    if not 0 <= index < size:
        raise InvalidInput("There is no entry of that number in the tree.", hint=f"The tree has {size} entries.")
    start, end, ranges = 0, size, list[Range]()
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(size1: int, size2: int) -> list[Range]:
    """The subtrees whose roots are the consistency proof, in its order."""
    if not 0 < size1 <= size2:
        raise InvalidInput("No tree of that size is a beginning of this one.", hint=f"Use 1 to {size2}.")
    start, end, ranges, is_whole = 0, size2, list[Range](), True
    while size1 != end:
        middle = start + _split(end - start)
        if size1 <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, is_whole = middle, False
    return (ranges if is_whole else [*ranges, (start, end)])[::-1]


def cover(span: Range) -> Iterator[Node]:
    """The complete subtrees that make up a subtree, from left to right."""
    start, end = span
    while start < end:
        level = (end - start).bit_length() - 1
        yield Node(level, start >> level)
        start += 1 << level


def range_root(span: Range, hash_of: Callable[[Node], bytes]) -> bytes:
    """The root of one subtree, from the hashes of its complete parts."""
    return _folded([hash_of(node) for node in cover(span)])


def _proof(ranges: list[Range], entries: Sequence[bytes]) -> list[bytes]:
    return [root(entries[start:end]) for start, end in ranges]


def _folded(peaks: Sequence[bytes]) -> bytes:
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


def _demand_subtree(start: int, end: int) -> None:
    """A subtree begins at a multiple of the power of two that its size fits into."""
    _demand(0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0)


def _demand_hashes(*hashes: bytes) -> None:
    _demand(all(len(each) == HASH_BYTES for each in hashes))


def _demand(holds: bool) -> None:
    if not holds:
        raise TamperDetected(
            "The proof does not hold: the log is not the one that the root was taken of.",
            hint="Compare with another copy of the log, and with the checkpoints that others keep.",
        )
