"""Nothing that the integrity and validator tools can say accuses anyone: every sentence in their code is read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scribetree.tools.integrity import Finding, ProcessSummary, analyse, assistance, report

TOOLS = Path(__file__).parents[3] / "tools"
SERVERS = Path(__file__).parents[3] / "servers"
FILES = sorted(
    [
        *(TOOLS / "integrity").glob("*.py"),
        *(TOOLS / "integrity" / "policy").glob("*.json"),
        *(TOOLS / "validator").glob("*.py"),
        *(SERVERS / "academic_integrity").glob("*.py"),
        SERVERS / "ai_validator.py",
    ]
)
ACCUSING = re.compile(
    r"\b(?:cheat\w*|plagiari\w*|dishonest\w*|fraud\w*|guilt\w*|misconduct|offen[cs]e|offender\w*|violat(?:or|ed the)\w*"
    r"|suspicious|suspect\w*|caught|culprit|punish\w*|sanction\w*|deceiv\w*|deceit\w*|lied|lying|liar\w*"
    r"|steal\w*|stole\w*"
    r"|theft|fake[ds]?|forged|forgery|ai[- ](?:written|generated text)|written by (?:an )?ai"
    r"|not (?:your|their) own work"
    r"|proves? that)\b",
    re.IGNORECASE,
)


def sentences_said(path: Path) -> Iterator[str]:
    """Every string that stands in a file and is no docstring and no pattern of its own."""
    if path.suffix == ".json":
        yield path.read_text("utf-8")
        return
    tree = ast.parse(path.read_text("utf-8"))
    patterns = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"re.compile", "frozenset"}
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in patterns:
            yield node.value


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_sentence_of_a_tool_accuses(path: Path) -> None:
    found = [text for text in sentences_said(path) if ACCUSING.search(text)]
    assert found == []


def test_the_reader_would_notice_an_accusation() -> None:
    assert ACCUSING.search("The student cheated.")
    assert ACCUSING.search("This text is AI-written.")


def test_the_worst_case_is_told_as_questions_with_explanations() -> None:
    text = "Bees make honey in the hive all summer long. " * 60
    worst = ProcessSummary(paste_share=1.0, minutes=1.5)
    analysis = analyse(text, earlier_draft="My own trains. " * 60, process=worst, sources=[text])
    help_given = assistance(text, process=worst)
    for said in (
        analysis,
        help_given,
        report("individual", [Finding("significant", 0.6, questions_open=3)], audience="student"),
    ):
        assert not ACCUSING.search(str(said))
    assert all(each.innocent_explanation and each.question.endswith("?") for each in analysis.evidence)
    assert all(each.alternative and each.question.endswith("?") for each in help_given.evidence_for)
