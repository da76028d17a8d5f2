"""Input files that are not what they say are named with the place, and nothing runs."""

import json
from pathlib import Path

import pytest

from scribetree.errors import ScribeTreeError
from scribetree.host.commands.run import read_inputs

SECRET = "what the student wrote"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not valid JSON at line 1"),
        (b"%PDF-1.7 not JSON", "not valid JSON at line 1"),
        (b'{"essay": "one",\n "two"}', "not valid JSON at line 2"),
        (b"[1, 2]", "does not hold a JSON object"),
        (b"\xff\xfe\x00 essay", "UTF-8"),
        (b'{"essay": ' + b"[" * 100_000 + b"}", "nested too deeply"),
    ],
    ids=["empty", "another-format", "cut", "a-list", "not-text", "deep"],
)
def test_a_file_that_is_not_the_inputs_it_says_is_refused_with_the_place(
    tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "in.json").write_bytes(content)
    with pytest.raises(ScribeTreeError, match=says) as caught:
        read_inputs(tmp_path / "in.json")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.txt", None, "gone.txt"),
        ("log.jsonl", f'{{"t": 1}}\n{{"t": "{SECRET}"', "line 2"),
        ("log.json", f'["{SECRET}"', "not valid JSON"),
    ],
    ids=["not-there", "a-broken-line", "cut"],
)
def test_a_file_that_an_input_names_is_refused_without_its_content(
    tmp_path: Path, name: str, content: str | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_text(content)
    (tmp_path / "in.json").write_text(json.dumps({"essay": f"@{name}"}))
    with pytest.raises(ScribeTreeError, match=says) as caught:
        read_inputs(tmp_path / "in.json")
    assert SECRET not in caught.value.message + caught.value.hint
