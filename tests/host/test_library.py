"""The packaged workflows on the sample, over the real servers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scribetree.host.commands.run import read_inputs
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import load_workflow
from scribetree.host.workflows.engine import Engine, RunResult, open_engine
from scribetree.host.workflows.report import render
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import new_correlation_id
from scribetree.servers.catalog import SERVERS
from scribetree.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

EXAMPLES = Path(__file__).parents[2] / "examples"
TEACHER = PrivacyContext("teacher-3", "educator", "assessment", "unused-id")
ALL = Configuration("test", tuple(ServerSpec(name, "in-process", name) for name in SERVERS))


@asynccontextmanager
async def engine(settings: Settings) -> AsyncGenerator[Engine]:
    async with (
        open_suite(ALL, settings=settings) as suite,
        open_engine(suite, settings=settings, listener=lambda _: None) as opened,
    ):
        yield opened


async def ran(settings: Settings, name: str, example: str, **changed: Any) -> RunResult:
    """The workflow on an example's inputs, some of them changed; None takes one away."""
    inputs = {key: value for key, value in (read_inputs(EXAMPLES / example) | changed).items() if value is not None}
    async with engine(settings) as opened:
        caller = replace(TEACHER, correlation_id=new_correlation_id())
        return await opened.run(load_workflow(name), inputs, caller=caller)


def states(result: RunResult) -> dict[str, str]:
    return {name: step["state"] for name, step in result.steps.items()}


async def test_a_complete_analysis_tells_the_teacher_only_what_calls_for_it(settings: Settings) -> None:
    result = await ran(settings, "complete-writing-analysis", "submission.json", educator_id="teacher-3")
    called_for = bool(result.steps["recommendations"]["result"]["alerts"])
    assert result.status == "completed"
    assert states(result)["alerts"] == ("ok" if called_for else "skipped")
    assert set(states(result).values()) <= {"ok", "skipped"}


async def test_academic_integrity_ends_with_a_report_that_says_how_to_contest_it(settings: Settings) -> None:
    result = await ran(settings, "academic-integrity", "integrity.json")
    assert (result.status, set(states(result).values())) == ("completed", {"ok"})
    report = result.steps["report"]["result"]
    assert report["how_to_contest"]
    assert report["pieces"] == 1
    assert report["how_to_contest"] in render(result)


async def test_academic_integrity_abstains_on_the_text_alone(settings: Settings) -> None:
    gone = dict.fromkeys(
        ("earlier_draft", "reflection", "writing_log", "declared_ai_use", "declared_uses", "ai_percent", "ai_uses")
    )
    result = await ran(settings, "academic-integrity", "integrity.json", **gone)
    assert states(result) | {"process": "skipped", "use": "skipped"} == states(result)
    assert result.steps["continuity"]["result"]["abstained"] is True
    assert result.steps["assistance"]["result"]["assistance_level"] in {"none", "minimal"}


async def test_analytics_give_figures_with_intervals_and_no_students_text(settings: Settings) -> None:
    result = await ran(settings, "privacy-aware-analytics", "analytics.json")
    assert (result.status, set(states(result).values())) == ("completed", {"ok"})
    figures = result.steps["analyse"]["result"]["metrics"]
    assert [each["name"] for each in figures] == ["words", "words_a_sentence", "vocabulary_diversity"]
    assert all(each["low"] <= each["privatized_value"] <= each["high"] for each in figures)
    texts = [each["content"] for each in read_inputs(EXAMPLES / "analytics.json")["texts"]]
    report = render(result)
    assert not [text for text in texts if text[:60] in report]


async def test_analytics_about_too_few_tell_nothing(settings: Settings) -> None:
    few = read_inputs(EXAMPLES / "analytics.json")["texts"][:4]
    result = await ran(settings, "privacy-aware-analytics", "analytics.json", texts=few)
    analysis = result.steps["analyse"]["result"]
    assert (analysis["metrics"], len(analysis["withheld"])) == ([], 3)


@pytest.mark.parametrize(
    "changed",
    [{"approved_by": None}, {"purpose": "To sell the figures to advertisers who help students learn"}],
    ids=["not-approved", "no-purpose-of-teaching"],
)
async def test_analytics_read_no_text_for_a_purpose_that_does_not_hold(
    settings: Settings, changed: dict[str, Any]
) -> None:
    result = await ran(settings, "privacy-aware-analytics", "analytics.json", **changed)
    assert states(result) == {"purpose": "ok", "anonymise": "skipped", "measure": "skipped", "analyse": "skipped"}
