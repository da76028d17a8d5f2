"""`scribetree guard-reply`: what comes out is fit for a student, or nothing comes out."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scribetree.errors import InvalidInput
from scribetree.host.cli import app

ROOT = Path(__file__).parents[2]
HISTORY = "Tutor: What is 7 times 8?\nStudent: 54"
HELPS = "Close! What is 7 times 7, and how could you go on from there?"
REVEALS = "Not quite. 7 times 8 is 56."


def guard(given: Any, *options: str) -> str:
    text = given if isinstance(given, str) else json.dumps(given)
    done = CliRunner().invoke(app, ["guard-reply", "--input", "-", *options], input=text)
    if isinstance(done.exception, InvalidInput):
        assert done.stdout == ""
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_reply_that_helps_comes_out_as_it_went_in() -> None:
    assert guard({"history": HISTORY, "response": HELPS}) == HELPS + "\n"


def test_a_reply_that_gives_the_answer_away_comes_out_as_questions_without_it() -> None:
    found = guard({"history": HISTORY, "response": REVEALS})
    assert "56" not in found
    assert found.count("?") >= 3


def test_with_json_the_action_and_the_reason_are_said() -> None:
    found = json.loads(guard({"history": HISTORY, "response": REVEALS, "stage": "revising"}, "--json"))
    assert (found["action"], found["text"].splitlines()[0]) == ("replace", found["reason"])
    assert "56" in found["judgement"]["evidence"]


def test_the_stage_decides_which_questions_are_asked() -> None:
    planning, editing = (
        guard({"history": HISTORY, "response": REVEALS, "stage": stage}) for stage in ("planning", "editing")
    )
    assert planning != editing


def test_the_packaged_example_is_withheld() -> None:
    done = CliRunner().invoke(app, ["guard-reply", "--input", str(ROOT / "examples" / "reply.json"), "--json"])
    assert json.loads(done.stdout)["action"] == "replace"


@pytest.mark.parametrize(
    "given",
    [
        "no JSON",
        [],
        {"response": HELPS},
        {"history": HISTORY, "response": 7},
        {"history": HISTORY, "response": ""},
        {"history": HISTORY, "response": HELPS, "stage": "dreaming"},
        {"history": HISTORY, "response": HELPS, "stage": ["planning"]},
        {"history": HISTORY, "response": HELPS, "bypass": True},
        {"history": HISTORY, "response": "\ud800"},
        {"history": "a" * 200_001, "response": HELPS},
    ],
)
def test_what_does_not_fit_lets_nothing_through(given: Any) -> None:
    with pytest.raises(InvalidInput):
        guard(given)
