"""Bytes are found wherever they stand in a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.privacy._scan import found_in


@pytest.mark.parametrize("chunk", [1, 3, 5, 7, 100])
def test_a_needle_is_found_across_any_boundary(chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scribetree.privacy._scan._CHUNK_BYTES", chunk)
    path = tmp_path / "file"
    for before in range(12):
        path.write_bytes(b"." * before + b"needle" + b"." * 9)
        assert found_in([path], b"needle")[0]
        assert found_in([path], b"noodle") == (False, before + 15)


@given(st.binary(max_size=60), st.binary(min_size=2, max_size=4), st.integers(1, 9))
def test_a_needle_is_found_exactly_when_it_is_there(content: bytes, needle: bytes, chunk: int) -> None:
    import tempfile

    with tempfile.NamedTemporaryFile() as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("scribetree.privacy._scan._CHUNK_BYTES", chunk)
        file.write(content)
        file.flush()
        assert found_in([Path(file.name)], needle)[0] == (needle in content)
