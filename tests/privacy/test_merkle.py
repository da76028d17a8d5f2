"""The tree against RFC 6962's vectors, and its laws on trees of every shape."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput, TamperDetected
from scribetree.privacy import merkle

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "privacy" / "merkle" / "testdata"
ENTRIES = st.lists(st.binary(max_size=4), min_size=1, max_size=70)
# RFC 6962, 2.1.3 has no values; these are the well-known ones of its reference trees.
REFERENCE = [bytes.fromhex(entry) for entry in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]


def vectors(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if not VECTORS.exists():
        pytest.skip("the vectors of transparency-dev/merkle are not beside this checkout")
    for path in sorted((VECTORS / kind).rglob("*.json")):
        yield str(path.relative_to(VECTORS)), json.loads(path.read_text())


def argument(value: int | str | list[str] | None) -> int | bytes | list[bytes]:
    """A vector's value: a number, a hash, or a proof (which may be written as nothing)."""
    if isinstance(value, int):
        return value
    return base64.b64decode(value) if isinstance(value, str) else [base64.b64decode(step) for step in value or []]


def holds(check: Callable[..., None], *arguments: object) -> bool:
    try:
        check(*arguments)
    except TamperDetected:
        return False
    return True


CHECKS: dict[str, tuple[Callable[..., None], tuple[str, ...]]] = {
    "inclusion": (merkle.verify_inclusion, ("leafIdx", "treeSize", "leafHash", "proof", "root")),
    "consistency": (merkle.verify_consistency, ("size1", "size2", "root1", "root2", "proof")),
    "subtreeinclusion": (
        merkle.verify_subtree_inclusion,
        ("leafIdx", "start", "end", "leafHash", "proof", "root"),
    ),
    "subtreeconsistency": (
        merkle.verify_subtree_consistency,
        ("start", "end", "size", "root1", "root2", "proof"),
    ),
}


@pytest.mark.parametrize("kind", CHECKS)
def test_every_vector_is_judged_as_it_should_be(kind: str) -> None:
    check, names = CHECKS[kind]
    wrong = [
        path
        for path, vector in vectors(kind)
        if holds(check, *(argument(vector[name]) for name in names)) == vector["wantErr"]
    ]
    assert wrong == []


def test_the_roots_of_the_reference_tree() -> None:
    assert merkle.root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle.root(REFERENCE[:1]).hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.root(REFERENCE).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


@given(ENTRIES, st.data())
def test_every_entry_is_proved_to_be_in_its_place(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    proof = merkle.inclusion_proof(index, entries)
    merkle.verify_inclusion(index, len(entries), merkle.leaf_hash(entries[index]), proof, merkle.root(entries))


@given(ENTRIES, st.data())
def test_no_other_entry_is(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(st.binary(max_size=4).filter(lambda entry: entry != entries[index]))
    proof = merkle.inclusion_proof(index, entries)
    with pytest.raises(TamperDetected):
        merkle.verify_inclusion(index, len(entries), merkle.leaf_hash(other), proof, merkle.root(entries))


@given(ENTRIES, st.data())
def test_every_beginning_is_proved_to_be_one(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    proof = merkle.consistency_proof(size, entries)
    merkle.verify_consistency(size, len(entries), merkle.root(entries[:size]), merkle.root(entries), proof)


@given(ENTRIES, st.data())
def test_a_changed_beginning_is_noticed(entries: list[bytes], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(entries)))
    old = merkle.root(entries[:size])
    changed = list(entries)
    place = data.draw(st.integers(0, size - 1))
    change = data.draw(st.sampled_from(["alter", "drop", "swap"]))
    if change == "alter":
        changed[place] += b"!"
    elif change == "drop":
        del changed[place]
    else:
        changed[place], changed[-1] = changed[-1], changed[place]
    if changed[:size] == entries[:size] or size > len(changed):
        return
    proof = merkle.consistency_proof(size, changed)
    with pytest.raises(TamperDetected):
        merkle.verify_consistency(size, len(changed), old, merkle.root(changed), proof)


@given(st.integers(1, 300))
def test_a_frontier_with_stored_subtrees_gives_the_same_proofs_as_all_entries(size: int) -> None:
    entries = [bytes([number % 251, number // 251]) for number in range(size)]
    stored: dict[merkle.Node, bytes] = {}
    frontier = merkle.Frontier()
    for number, entry in enumerate(entries):
        stored[merkle.Node(0, number)] = merkle.leaf_hash(entry)
        frontier, completed = frontier.with_leaf(merkle.leaf_hash(entry))
        stored.update(completed)
    assert frontier.root == merkle.root(entries)
    for ranges, proof in (
        (merkle.inclusion_ranges(size // 2, size), merkle.inclusion_proof(size // 2, entries)),
        (merkle.consistency_ranges(size // 2 + 1, size), merkle.consistency_proof(size // 2 + 1, entries)),
    ):
        assert [merkle.range_root(span, stored.__getitem__) for span in ranges] == proof


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_there_is_no_proof_of_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(InvalidInput):
        merkle.inclusion_proof(index, [b"x"] * size)


@pytest.mark.parametrize(("size1", "size2"), [(0, 3), (4, 3), (-1, 3)])
def test_there_is_no_proof_of_a_beginning_that_is_none(size1: int, size2: int) -> None:
    with pytest.raises(InvalidInput):
        merkle.consistency_proof(size1, [b"x"] * size2)
