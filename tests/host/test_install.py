"""One entry is added to an assistant's configuration, and nothing else is touched."""

import json
from pathlib import Path

import pytest

from scribetree.errors import ConfigError
from scribetree.host.commands.install import claude_desktop


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "claude_desktop_config.json"


def test_other_entries_are_kept_and_the_old_file_is_backed_up(file: Path) -> None:
    old = '{"theme": "dark", "mcpServers": {"other": {"command": "x"}}}'
    file.write_text(old)
    assert claude_desktop(file, profile="educator", dry_run=False) == 0
    document = json.loads(file.read_text())
    assert document["theme"] == "dark"
    assert set(document["mcpServers"]) == {"other", "scribetree"}
    assert [backup.read_text() for backup in file.parent.glob("*.bak")] == [old]


def test_the_command_is_an_absolute_path_that_exists(file: Path) -> None:
    claude_desktop(file, profile="student", dry_run=False)
    entry = json.loads(file.read_text())["mcpServers"]["scribetree"]
    assert Path(entry["command"]).is_absolute()
    assert Path(entry["command"]).exists()
    assert entry["args"][-2:] == ["--profile", "student"]


def test_a_dry_run_writes_nothing(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert claude_desktop(file, profile="educator", dry_run=True) == 0
    assert not file.exists()
    assert "scribetree" in json.loads(capsys.readouterr().out)["mcpServers"]


@pytest.mark.parametrize("broken", ["{", "[]", '{"mcpServers": []}'])
def test_a_file_that_cannot_be_understood_is_left_as_it_is(file: Path, broken: str) -> None:
    file.write_text(broken)
    with pytest.raises(ConfigError, match="left as it is"):
        claude_desktop(file, profile="educator", dry_run=False)
    assert file.read_text() == broken


def test_installing_twice_changes_nothing_more(file: Path) -> None:
    claude_desktop(file, profile="educator", dry_run=False)
    first = file.read_text()
    claude_desktop(file, profile="educator", dry_run=False)
    assert file.read_text() == first
