"""What `mcp.json` may say, and what is said about it when it may not."""

import json
from pathlib import Path
from typing import Any

import pytest

from scribetree.errors import ConfigError
from scribetree.host.config import load_configuration, prefix_of
from scribetree.servers.catalog import SERVERS


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "mcp.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def entry(tmp_path: Path, raw: dict[str, Any], **environment: str) -> Any:
    configuration = load_configuration(written(tmp_path, {"mcpServers": {"one": raw}}), environment)
    return configuration.servers[0]


def test_the_packaged_configuration_names_the_six_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configuration = load_configuration(None)
    assert [spec.name for spec in configuration.servers] == list(SERVERS)
    assert not configuration.problems


def test_the_current_folder_comes_before_the_packaged_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"mcpServers": {"mine": {"command": "x"}}})
    monkeypatch.chdir(tmp_path)
    assert [spec.name for spec in load_configuration(None).servers] == ["mine"]


@pytest.mark.parametrize("key", ["mcpServers", "servers"])
def test_both_keys_are_read(tmp_path: Path, key: str) -> None:
    path = written(tmp_path, {key: {"one": {"command": "x"}}})
    assert load_configuration(path).servers[0].name == "one"


@pytest.mark.parametrize(
    ("raw", "kind", "target"),
    [
        ({"command": "run-me"}, "stdio", "run-me"),
        ({"url": "http://127.0.0.1:1/mcp"}, "http", "http://127.0.0.1:1/mcp"),
        ({"type": "streamable-http", "url": "http://h/mcp"}, "http", "http://h/mcp"),
        ({"type": "sse", "url": "http://h/sse"}, "sse", "http://h/sse"),
        ({"type": "in-process", "server": "strategy"}, "in-process", "strategy"),
    ],
)
def test_each_kind_of_server_is_understood(tmp_path: Path, raw: dict[str, Any], kind: str, target: str) -> None:
    spec = entry(tmp_path, raw)
    assert (spec.kind, spec.target) == (kind, target)


def test_variables_are_replaced_and_have_defaults(tmp_path: Path) -> None:
    raw = {"command": "${BIN}", "args": ["${env:WHERE}", "${ELSE:-fallback}"]}
    spec = entry(tmp_path, raw, BIN="prog", WHERE="here")
    assert (spec.target, spec.args) == ("prog", ("here", "fallback"))


def test_an_unset_variable_is_the_problem_of_that_server_alone(tmp_path: Path) -> None:
    path = written(tmp_path, {"mcpServers": {"bad": {"command": "${NOWHERE}"}, "good": {"command": "x"}}})
    configuration = load_configuration(path, {})
    assert [spec.name for spec in configuration.servers] == ["good"]
    name, problem = configuration.problems[0]
    assert name == "bad"
    assert "NOWHERE" in problem.message


def test_a_disabled_server_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path, {"servers": {"off": {"command": "x", "disabled": True}, "on": {"command": "x"}}})
    assert [spec.name for spec in load_configuration(path).servers] == ["on"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"mcpServers": {\n  "a": }}', "line 2"),
        ("[]", "has no object `mcpServers`"),
        ('{"mcpServers": {}}', "names no server"),
        ("[" * 100_000, "nested too deeply|not valid JSON"),
    ],
    ids=["syntax", "shape", "empty", "deep"],
)
def test_a_broken_file_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_configuration(written(tmp_path, text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_configuration(tmp_path / "absent.json")


def test_a_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mcp.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_configuration(path)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({}, "neither a `command` nor a `url`"),
        ({"type": "sse"}, "has no `url`"),
        ({"type": "pigeon"}, "`one.type` does not fit"),
        ({"command": "x", "call_timeout_s": -1}, "call_timeout_s"),
        ({"type": "in-process", "server": "strategie"}, "There is no server 'strategie'"),
        ("text", "does not fit"),
    ],
    ids=["nothing", "no-url", "type", "limit", "nearest", "not-an-object"],
)
def test_an_entry_that_does_not_fit_is_explained(tmp_path: Path, raw: Any, message: str) -> None:
    configuration = load_configuration(written(tmp_path, {"servers": {"one": raw}}))
    assert message in configuration.problems[0][1].message


def test_prefixes_are_the_published_ones() -> None:
    assert [prefix_of(name) for name in SERVERS] == [
        "writing",
        "profiling",
        "alerts",
        "integrity",
        "validator",
        "strategy",
    ]
    assert prefix_of("My Server-2") == "my_server_2"


def test_an_entry_may_name_http_addresses_and_several_instances(tmp_path: Path) -> None:
    entry = {
        "command": "scribetree",
        "args": ["serve", "strategy"],
        "http": ["http://127.0.0.1:3001/"],
        "instances": [{}, {"env": {"X": "1"}}],
    }
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"strategy": entry}}))
    first, second = load_configuration(tmp_path / "mcp.json").servers
    assert (first.label, second.label, first.name) == ("strategy-1", "strategy-2", "strategy")
    assert (first.env, second.env) == ((), (("X", "1"),))
    assert first.http == ("http://127.0.0.1:3001",)


@pytest.mark.parametrize("address", ["127.0.0.1:3001", "ftp://x", "http://", "http://x y"])
def test_an_http_address_that_is_none_is_a_problem_of_its_entry(address: str, tmp_path: Path) -> None:
    entry = {"command": "scribetree", "http": [address]}
    (tmp_path / "mcp.json").write_text(json.dumps({"mcpServers": {"strategy": entry}}))
    [(name, problem)] = load_configuration(tmp_path / "mcp.json").problems
    assert name == "strategy"
    assert "`strategy.http.0`" in problem.message
