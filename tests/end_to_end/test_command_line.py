"""The command line as a person or a script meets it: real processes, the packaged suite."""

import json
import os
import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scribetree.servers.catalog import SERVERS

ROOT = Path(__file__).parents[2]
ESSAY = (ROOT / "examples" / "essay-draft-2.txt").read_text("utf-8")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def scribetree(*arguments: str, cwd: Path = ROOT, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scribetree.host", *arguments],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def answer_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_help_lists_the_commands() -> None:
    done = scribetree("--help")
    assert done.returncode == 0
    for command in ("serve", "host", "tools", "call", "run", "workflows", "doctor", "install", "config", "privacy"):
        assert re.search(rf"^\s+{command}\s", done.stdout, re.MULTILINE)


def test_help_loads_nothing_heavy() -> None:
    heavy = ("mcp", "dbos", "rich", "pydantic")
    code = f"import sys; import scribetree.host.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_tools_lists_every_server_with_schemas() -> None:
    listed = json.loads(scribetree("tools", "--json").stdout)
    assert {tool["server"] for tool in listed} == set(SERVERS)
    assert all(tool["input_schema"]["type"] == "object" and tool["description"] for tool in listed)


def test_a_tools_name_is_shown_whole_where_it_is_listed() -> None:
    listed = scribetree("tools", "--server", "strategy").stdout
    assert "  generate_contextually_accurate_insights  " in listed


def test_tools_says_what_a_profile_leaves_out() -> None:
    listed = json.loads(scribetree("tools", "--server", "educator-alerts", "--profile", "student", "--json").stdout)
    assert listed
    assert not any(tool["on"] for tool in listed)


def test_a_call_prints_its_result_and_origin(tmp_path: Path) -> None:
    (tmp_path / "arguments.json").write_text(json.dumps({"content": ESSAY}))
    arguments = f"@{tmp_path / 'arguments.json'}"
    done = scribetree("call", "writing-analysis", "analyze_writing_patterns", "--arguments", arguments, "--json")
    answer = answer_of(done)
    assert done.returncode == 0
    assert answer["result"]["structure"]["words"] > 400
    assert answer["provenance"]["served_by"] == "mcp"
    assert not answer["provenance"]["degraded"]


@pytest.mark.parametrize("served", [["host"], ["serve", "strategy"]])
def test_a_port_that_is_taken_is_named(served: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = scribetree(*served, "--transport", "http", "--port", port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: Port {port} of 127.0.0.1 cannot be served on")
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["call", "writing-analisis", "x"], 2, "Did you mean 'writing-analysis'?"),
        (["call", "strategy", "list_templates"], 2, "list_conversation_templates"),
        (["call", "strategy", "get_conversation_template", "--arguments", "{"], 2, "not valid JSON"),
        (["call", "strategy", "get_conversation_template", "--arguments", "[]"], 2, "not a JSON object"),
        (["call", "strategy", "get_conversation_template", "--arguments", '{"id": "x"}'], 2, "`template_id`"),
        (["call", "strategy", "list_conversation_templates", "--as", "student"], 3, "may not"),
        (["call", "strategy", "list_conversation_templates", "--purpose", "advertising"], 3, "purpose"),
        (["call", "strategy"], 2, "name a SERVER and a TOOL"),
        (["tools", "--config", "absent.json"], 2, "cannot be read"),
        (["run", "complete-writing-analysis", "--input", "absent.json"], 2, "cannot be read"),
        (["run", "complete-writing-analisis", "--input", "x"], 2, "Did you mean"),
        (["workflows", "status", "no-such-run"], 2, "no run"),
        (["serve", "writing"], 2, "no server 'writing'"),
        (["host", "--toolsets", "forecastin"], 2, "names a set that there is not"),
    ],
)
def test_a_wrong_use_is_explained_with_its_exit_code(arguments: list[str], code: int, message: str) -> None:
    done = scribetree(*arguments)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("essay", ["", "word " * 1_000_000], ids=["empty", "5-MB"])
def test_an_essay_that_does_not_fit_is_refused_by_rule(essay: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"content": essay}))
    done = scribetree(
        "call", "writing-analysis", "analyze_writing_patterns", "--arguments", f"@{tmp_path / 'a.json'}", "--json"
    )
    assert done.returncode == 2
    assert "`content`" in answer_of(done)["error"]["message"]
    assert len(done.stdout + done.stderr) < 3000


def test_a_batch_is_answered_in_order_and_a_bad_line_costs_only_itself(tmp_path: Path) -> None:
    lines = [
        {"server": "strategy", "tool": "list_conversation_templates"},
        {"server": "writing-analysis", "tool": "analyze_writing_patterns", "arguments": {"content": ESSAY}},
        "not a call",
        {"server": "nowhere", "tool": "x"},
        {
            "server": "ai-validator",
            "tool": "assess_blooms_taxonomy",
            "arguments": {"questions": ["Why do you say so?"]},
        },
    ]
    batch = tmp_path / "batch.jsonl"
    batch.write_text("\n".join(json.dumps(line) for line in lines))
    done = scribetree("call", "--batch", str(batch), "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer.get("error", {}).get("code") for answer in answers] == [
        None,
        None,
        "invalid_input",
        "unknown_name",
        None,
    ]
    assert "templates" in answers[0]["result"]
    assert "structure" in answers[1]["result"]
    assert "questions" in answers[4]["result"]
    assert done.returncode == 2


def test_the_sample_runs_to_a_report_and_the_run_is_listed() -> None:
    done = scribetree("run", "complete-writing-analysis", "--input", "examples/submission.json")
    assert done.returncode == 0, done.stderr
    for heading in ("## What to do next", "## The reflection", "## From draft to draft", "## How it was written"):
        assert heading in done.stdout
    assert "step    Read the reflection: ok" in done.stderr
    runs = json.loads(scribetree("workflows", "list", "--json").stdout)["runs"]
    assert [(run["workflow"], run["status"]) for run in runs] == [("complete-writing-analysis", "completed")]
    status = answer_of(scribetree("workflows", "status", runs[0]["run_id"], "--json"))
    unknown = scribetree("workflows", "status", "no-such-run")
    assert runs[0]["run_id"] not in unknown.stderr
    assert {step["step"] for step in status["steps"]} >= {"patterns", "reflection", "integrity", "recommendations"}
    assert scribetree("workflows", "report", runs[0]["run_id"]).stdout == done.stdout


def test_a_run_that_calls_for_it_alerts_the_teacher_once(tmp_path: Path) -> None:
    submission = {
        "student_id": "s-1",
        "educator_id": "t-1",
        "essay": ESSAY,
        "reflection": "The essay was written at home. It was about cars and roads. It was typed in the evening. "
        "It was printed on Monday. The pages were put in a folder. The folder was green. It had to be done by Friday.",
    }
    (tmp_path / "s.json").write_text(json.dumps(submission))
    results = [
        answer_of(scribetree("run", "complete-writing-analysis", "--input", str(tmp_path / "s.json"), "--json"))
        for _ in range(2)
    ]
    sent = [len(r["steps"]["alerts"]["result"][kind]) for r in results for kind in ("sent", "queued", "known")]
    assert sum(sent[:2]) == 1
    assert sent[3:] == [0, 0, 1]


def test_every_answer_of_a_run_says_where_it_came_from() -> None:
    result = answer_of(scribetree("run", "complete-writing-analysis", "--input", "examples/submission.json", "--json"))
    origins = [step["provenance"] for step in result["steps"].values() if step["state"] == "ok"]
    assert len(origins) >= 7
    assert {origin["correlation_id"] for origin in origins} == {result["run_id"]}


def test_doctor_finds_a_healthy_suite_and_names_what_is_not(tmp_path: Path) -> None:
    assert scribetree("doctor").returncode == 0
    (tmp_path / "mcp.json").write_text('{"mcpServers": {"gone": {"command": "no-such-command"}}}')
    done = scribetree("doctor", "--json", cwd=tmp_path)
    finding = next(f for f in answer_of(done)["findings"] if f["check"] == "gone")
    assert done.returncode == 1
    assert "was not found" in finding["detail"]
    assert finding["fix"]


def test_config_check_names_a_broken_file_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "mcp.json").write_text('{"mcpServers": {\n"a": }}')
    done = scribetree("config", "check", cwd=tmp_path)
    assert done.returncode == 2
    assert "line 2" in done.stderr


def test_servers_of_this_process_serve_too(tmp_path: Path) -> None:
    (tmp_path / "mcp.json").write_text('{"servers": {"here": {"type": "in-process", "server": "strategy"}}}')
    done = scribetree("call", "here", "list_conversation_templates", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_nothing_a_student_wrote_or_is_called_reaches_a_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {**os.environ, "SCRIBETREE_HOME": str(home), "SCRIBETREE_LOG_LEVEL": "debug"}
    command = "-m scribetree.host run complete-writing-analysis --input examples/submission.json"
    done = subprocess.run(
        [sys.executable, *command.split()],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    written = done.stderr + "".join(path.read_text("utf-8") for path in (home / "logs").iterdir())
    assert "analyze_writing_patterns" in written
    for secret in ("student-39", "teacher-3", "self-driving", "hackers would be very interested"):
        assert secret not in written


def readme_commands() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ scribetree ")]


def test_the_readme_shows_commands() -> None:
    assert len(readme_commands()) >= 7


@pytest.mark.parametrize("command", readme_commands())
def test_a_command_of_the_readme_works_as_it_stands(command: str) -> None:
    done = scribetree(*shlex.split(command)[1:])
    assert done.returncode == 0, done.stderr
