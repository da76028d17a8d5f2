"""The packaged workflows on the sample, over the real servers."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.servers import school

from scribetree.host.commands.run import read_inputs
from scribetree.host.config import Configuration, ServerSpec
from scribetree.host.suite import open_suite
from scribetree.host.workflows.definition import load_workflow
from scribetree.host.workflows.engine import Engine, RunResult, open_engine
from scribetree.host.workflows.report import render
from scribetree.privacy.context import PrivacyContext
from scribetree.provenance import new_correlation_id
from scribetree.servers.catalog import SERVERS
from scribetree.servers.kit import Wiring
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


@pytest.fixture
def known(settings: Settings) -> None:
    """The students of the examples are of age, and one is taught by their teacher."""
    means = Wiring(settings=settings)
    writers = [each["student_id"] for each in read_inputs(EXAMPLES / "analytics.json")["texts"]]
    school.come_of_age(means, "student-39", *writers)
    school.teach(means, "teacher-3", "student-39")
    means.close()


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


@pytest.mark.usefixtures("known")
async def test_analytics_give_figures_with_intervals_and_no_students_text(settings: Settings) -> None:
    result = await ran(settings, "privacy-aware-analytics", "analytics.json")
    assert (result.status, set(states(result).values())) == ("completed", {"ok"})
    figures = result.steps["analyse"]["result"]["metrics"]
    assert [each["name"] for each in figures] == ["words", "words_a_sentence", "vocabulary_diversity"]
    assert all(each["low"] <= each["privatized_value"] <= each["high"] for each in figures)
    texts = [each["content"] for each in read_inputs(EXAMPLES / "analytics.json")["texts"]]
    report = render(result)
    assert not [text for text in texts if text[:60] in report]


async def test_analytics_count_nobody_of_whom_it_is_not_known_that_they_allow_it(settings: Settings) -> None:
    result = await ran(settings, "privacy-aware-analytics", "analytics.json")
    assert result.steps["analyse"]["result"]["metrics"] == []


@pytest.mark.usefixtures("known")
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


@pytest.mark.usefixtures("known")
async def test_an_assessment_rests_each_step_on_the_one_before(settings: Settings) -> None:
    result = await ran(settings, "student-assessment", "assessment.json")
    assert (result.status, set(states(result).values())) == ("completed", {"ok"})
    assert result.steps["trajectory"]["result"]["milestones_recorded"] == 2
    began = [step["started_at"] for step in result.steps.values()]
    assert began == sorted(began)


@pytest.mark.parametrize(
    ("name", "example"), [("student-assessment", "assessment.json"), ("student-profiling", "profiling.json")]
)
@pytest.mark.usefixtures("known")
async def test_judgements_are_taken_back_when_a_later_step_fails(settings: Settings, name: str, example: str) -> None:
    result = await ran(settings, name, example, goals=[{"skill_name": "x", "current_level": 7}])
    assert result.status == "undone"
    assert result.steps["trajectory"]["undone"] == {"state": "ok", "why": ""}
    async with open_suite(ALL, settings=settings) as suite:
        caller = replace(TEACHER, correlation_id=new_correlation_id())
        seen = await suite.call(
            "student-profiling", "track_learning_trajectory", {"student_id": "student-39"}, caller=caller
        )
    assert not [each for each in seen.result["used"] if each["kind"] == "milestone"]


async def test_an_assessment_of_a_student_of_whom_nothing_may_be_seen_still_ends_with_next_steps(
    settings: Settings,
) -> None:
    result = await ran(settings, "student-assessment", "assessment.json")
    assert (result.status, states(result)["profile"], states(result)["recommendations"]) == (
        "completed",
        "failed",
        "ok",
    )
    assert result.steps["trajectory"]["result"]["milestones_recorded"] == 0


async def test_profiling_reads_nothing_for_a_purpose_that_does_not_hold(settings: Settings) -> None:
    result = await ran(
        settings, "student-profiling", "profiling.json", purpose="To sell it to advertisers who help students learn"
    )
    assert states(result) == {
        "privacy": "ok",
        "profile": "skipped",
        "trajectory": "skipped",
        "skills": "skipped",
        "recommendations": "skipped",
    }


@pytest.mark.usefixtures("known")
async def test_profiling_ends_with_next_steps(settings: Settings) -> None:
    result = await ran(settings, "student-profiling", "profiling.json")
    assert (result.status, set(states(result).values())) == ("completed", {"ok"})


@pytest.mark.usefixtures("known")
async def test_an_intervention_tells_the_teacher_what_calls_for_it_and_nobody_where_nobody_is_named(
    settings: Settings,
) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="seconds")
    told = await ran(settings, "educator-intervention", "intervention.json", scheduled_for=tomorrow)
    untold = await ran(settings, "educator-intervention", "intervention.json", educator_id=None)
    assert (told.status, states(told)["concerns"], states(told)["alerts"]) == ("completed", "ok", "ok")
    assert states(told)["plan"] == "ok"
    assert (states(untold)["alerts"], states(untold)["plan"]) == ("skipped", "skipped")
