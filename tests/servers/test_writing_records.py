"""Writing sessions on the record, and what they say: consent decides, groups stay groups."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from mcp.types import CallToolResult
from tests.servers import school
from tests.servers.school import code, content

from scribetree.clock import FixedClock
from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.servers.kit import Wiring
from scribetree.servers.writing_analysis import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

CLASS = [f"s-{number}" for number in range(1, 13)]
A_DAY_S = 86_400


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 12, tzinfo=UTC))


@pytest.fixture
def wiring(clock: FixedClock, settings: Settings) -> Iterator[Wiring]:
    """t-1 teaches a class of twelve, all of age."""
    opened = Wiring(settings=settings, clock=clock)
    school.come_of_age(opened, *CLASS)
    school.teach(opened, "t-1", *CLASS)
    yield opened
    opened.close()


async def call(
    wiring: Wiring, tool: str, role: RequesterType = "educator", requester: str = "t-1", **arguments: Any
) -> CallToolResult:
    caller = PrivacyContext(requester, role, "learning", "correlation-1")
    return await school.call(create, wiring, caller, tool, arguments)


async def track(
    wiring: Wiring, student: str = "s-1", session: str = "one", words: int = 300, seconds: float = 1_800
) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "student_id": student,
        "session_id": session,
        "word_count": words,
        "time_spent_s": seconds,
    }
    return content(await call(wiring, "track_writing_progress", **arguments))


async def insights(wiring: Wiring, **more: Any) -> dict[str, Any]:
    arguments: dict[str, Any] = {"scope": "individual", "target": "s-1", "timeframe": "month", **more}
    return content(await call(wiring, "generate_writing_insights", **arguments))


def write_sessions(wiring: Wiring, student: str, *words: int) -> None:
    """Sessions of half an hour, put on the record at once."""
    writer = PrivacyContext(student, "student", "learning", "correlation-1")
    for number in words:
        values = {"words": number, "minutes": 30.0, "revisions": 4, "assignment": None}
        wiring.guard.write(writer, student, "session", values)


async def group(wiring: Wiring, **more: Any) -> dict[str, Any]:
    return await insights(wiring, **{"scope": "class", "target": "class-9b", "students": CLASS, **more})


# Sessions


async def test_a_session_is_recorded_and_added_up(wiring: Wiring) -> None:
    await track(wiring, session="one", words=300, seconds=1_800)
    found = await track(wiring, session="two", words=100, seconds=600)
    assert found["progress_recorded"]
    assert found["aggregated_metrics"] == {
        "sessions": 2,
        "total_words": 400,
        "total_minutes": 40.0,
        "average_words_per_minute": 10.0,
    }


async def test_a_session_outlives_the_process(wiring: Wiring, settings: Settings, clock: FixedClock) -> None:
    await track(wiring, session="one")
    other = Wiring(settings=settings, clock=clock)
    assert (await track(other, session="two"))["aggregated_metrics"]["sessions"] == 2
    other.close()


async def test_a_session_that_is_sent_again_is_recorded_once_as_it_was_first_told(wiring: Wiring) -> None:
    first = await track(wiring, words=300)
    again = await track(wiring, words=900)
    assert again == first


async def test_the_same_session_id_of_two_students_is_two_sessions(wiring: Wiring) -> None:
    await track(wiring, "s-1", "one")
    found = await track(wiring, "s-2", "one")
    assert (found["progress_recorded"], found["aggregated_metrics"]["sessions"]) == (True, 1)


async def test_a_notice_comes_with_its_figures(wiring: Wiring) -> None:
    (notice,) = (await track(wiring, words=20, seconds=900))["notices"]
    assert notice["kind"] == "writing_block"
    assert notice["evidence"] == "20 words in 15 minutes, under 5 a minute."


async def test_what_the_student_refuses_is_not_recorded_and_costs_nothing(wiring: Wiring) -> None:
    wiring.office.consent.choose(wiring.office.pseudonym("s-1"), {"educational_sharing.teacher": False})
    refused, recorded = await track(wiring, "s-1"), await track(wiring, "s-2")
    assert "Nothing was recorded" in refused["note"]
    different = {name for name in recorded if refused[name] != recorded[name]}
    assert different == {"progress_recorded", "note"}


async def test_a_teacher_of_others_records_nothing_and_learns_nothing(wiring: Wiring) -> None:
    await track(wiring, session="one")
    arguments: dict[str, Any] = {"student_id": "s-1", "session_id": "two", "word_count": 300, "time_spent_s": 1_800}
    found = content(await call(wiring, "track_writing_progress", "educator", "t-2", **arguments))
    assert (found["progress_recorded"], found["aggregated_metrics"]["sessions"]) == (False, 1)


async def test_after_a_withdrawal_nothing_more_is_recorded_or_read(wiring: Wiring) -> None:
    await track(wiring, session="one")
    wiring.office.consent.withdraw(wiring.office.pseudonym("s-1"))
    found = await track(wiring, session="two")
    assert (found["progress_recorded"], found["aggregated_metrics"]["sessions"]) == (False, 1)
    assert code(await call(wiring, "generate_writing_insights", scope="individual", target="s-1")) == "denied"


async def test_a_child_without_a_guardians_consent_is_not_recorded(wiring: Wiring) -> None:
    arguments: dict[str, Any] = {"student_id": "s-99", "session_id": "one", "word_count": 300, "time_spent_s": 1_800}
    found = content(await call(wiring, "track_writing_progress", "student", "s-99", **arguments))
    assert not found["progress_recorded"]


async def test_of_an_erased_student_nothing_is_recorded_and_nothing_said(wiring: Wiring) -> None:
    await track(wiring)
    wiring.office.rights.erase(school.ADMINISTRATOR, "s-1")
    found = await track(wiring, session="two")
    assert (found["progress_recorded"], found["aggregated_metrics"]["sessions"]) == (False, 1)
    assert code(await call(wiring, "generate_writing_insights", scope="individual", target="s-1")) == "denied"


# One student


async def test_below_five_texts_no_trend_is_claimed_and_it_is_said(wiring: Wiring, clock: FixedClock) -> None:
    for words in (100, 200, 300, 400):
        write_sessions(wiring, "s-1", words)
        clock.advance(A_DAY_S)
    found = await insights(wiring)
    assert {each["trend"]["direction"] for each in found["trends"]} == {None}
    assert "words: 4 of the 5 texts that a trend needs." in found["missing"]


async def test_from_the_fifth_text_on_a_steady_rise_is_a_trend_with_its_interval(
    wiring: Wiring, clock: FixedClock
) -> None:
    for words in (100, 200, 300, 400, 500):
        write_sessions(wiring, "s-1", words)
        clock.advance(A_DAY_S)
    trends = {each["measure"]: each["trend"] for each in (await insights(wiring))["trends"]}
    assert trends["words"]["direction"] == "rising"
    assert trends["words"]["slope"] == pytest.approx(700)
    assert trends["words"]["low"] == pytest.approx(trends["words"]["high"])
    assert trends["minutes"]["direction"] == "unclear"


async def test_it_says_what_was_used_and_what_is_missing(wiring: Wiring) -> None:
    write_sessions(wiring, "s-1", 100, 200)
    found = await insights(wiring)
    assert {each["kind"]: each["records"] for each in found["used"]} == {"session": 2, "draft": 0, "assessment": 0}
    assert "No draft was recorded in this time." in found["missing"]


async def test_drafts_and_assessments_are_read_as_figures(wiring: Wiring) -> None:
    teacher = PrivacyContext("t-1", "educator", "assessment", "correlation-1")
    wiring.guard.write(teacher, "s-1", "draft", {"text": "A canary sings.", "words": 3})
    wiring.guard.write(teacher, "s-1", "assessment", {"quality": 0.7})
    found = await insights(wiring)
    assert {each["name"]: each["value"] for each in found["key_metrics"]} == {
        "median_draft_words": 3,
        "median_quality": 0.7,
    }
    assert "canary" not in str(found)


async def test_what_is_older_than_the_timeframe_is_left_out(wiring: Wiring, clock: FixedClock) -> None:
    write_sessions(wiring, "s-1", 100)
    clock.advance(8 * A_DAY_S)
    assert (await insights(wiring, timeframe="week"))["privacy_metadata"]["data_points_included"] == 0
    assert (await insights(wiring, timeframe="month"))["privacy_metadata"]["data_points_included"] == 1


async def test_sessions_that_stall_are_a_question_for_the_teacher(wiring: Wiring) -> None:
    write_sessions(wiring, "s-1", 20, 400)
    (recommendation,) = (await insights(wiring))["recommendations"]
    assert recommendation.endswith("Ask what is hard. (1 of 2 sessions)")


@pytest.mark.parametrize("who", [("educator", "t-2"), ("student", "s-2"), ("researcher", "r-1")])
async def test_a_students_insights_are_for_the_student_and_their_teachers(
    wiring: Wiring, who: tuple[RequesterType, str]
) -> None:
    write_sessions(wiring, "s-1", 100)
    assert code(await call(wiring, "generate_writing_insights", *who, scope="individual", target="s-1")) == "denied"


# Groups


def fill(wiring: Wiring, students: int) -> None:
    for name in CLASS[:students]:
        write_sessions(wiring, name, 317, 318)


async def test_a_class_gets_a_noisy_figure_with_its_interval_and_no_number_of_students(wiring: Wiring) -> None:
    fill(wiring, 12)
    found = await group(wiring)
    (figure,) = found["key_metrics"]
    assert figure["name"] == "mean_words"
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert figure["value"] != 317.5
    assert (found["used"], found["privacy_metadata"]["data_points_included"]) == ([], None)
    assert "s-1" not in str(found)


@pytest.mark.parametrize(("scope", "students", "told"), [("class", 4, 0), ("class", 5, 1), ("cohort", 9, 0)])
async def test_a_group_below_its_floor_gets_no_figure_and_the_reason(
    wiring: Wiring, scope: str, students: int, told: int
) -> None:
    fill(wiring, students)
    found = await group(wiring, scope=scope)
    assert len(found["key_metrics"]) == told
    assert "students allow it and have enough records" in found["withheld"][0]["reason"]
    assert found["privacy_metadata"]["cohort_budget_left"] == 10 - told


async def test_who_refuses_does_not_count_towards_the_floor(wiring: Wiring) -> None:
    fill(wiring, 5)
    subject = wiring.office.pseudonym("s-1")
    wiring.office.consent.choose(subject, {"platform_improvement.anonymous_patterns": False})
    assert (await group(wiring))["key_metrics"] == []


async def test_an_erased_student_does_not_count_either(wiring: Wiring) -> None:
    fill(wiring, 5)
    wiring.office.rights.erase(school.ADMINISTRATOR, "s-1")
    assert (await group(wiring))["key_metrics"] == []


async def test_a_teacher_of_others_gets_what_a_group_without_anybody_gets(wiring: Wiring) -> None:
    nobody = await group(wiring)
    fill(wiring, 12)
    asked: dict[str, Any] = {"scope": "class", "target": "class-9b", "students": CLASS}
    assert content(await call(wiring, "generate_writing_insights", "educator", "t-2", **asked)) == nobody


async def test_the_same_question_in_the_same_week_is_repeated_for_free(wiring: Wiring) -> None:
    fill(wiring, 12)
    first = await group(wiring, timeframe="week")
    write_sessions(wiring, "s-1", 900)
    again = await group(wiring, timeframe="week")
    assert again["key_metrics"] == [{**first["key_metrics"][0], "repeated": True}]
    assert again["privacy_metadata"]["cohort_budget_left"] == 9.0


async def test_rising_students_are_counted_with_noise_once_enough_have_five_texts(
    wiring: Wiring, clock: FixedClock
) -> None:
    for words in (100, 200, 300, 400, 500):
        for name in CLASS:
            write_sessions(wiring, name, words)
        clock.advance(A_DAY_S)
    figures = {each["name"]: each for each in (await group(wiring))["key_metrics"]}
    assert abs(figures["students_with_rising_words"]["value"] - 12) < 30


async def test_when_the_budget_is_spent_the_reason_says_what_is_left_and_when_it_renews(wiring: Wiring) -> None:
    fill(wiring, 12)
    measures = ["words", "minutes", "words_per_minute", "revisions"]
    await group(wiring, measures=measures, course_id="writing-1")
    found = await group(wiring, measures=measures, course_id="writing-1", timeframe="week")
    assert [each["name"] for each in found["key_metrics"]] == ["mean_words"]
    reasons = [each["reason"] for each in found["withheld"] if "budget" in each["reason"]]
    assert len(reasons) == 3
    assert "course has 0.000000 left until 2026-07-01" in reasons[0]


async def test_a_group_without_members_is_refused_and_nothing_is_read(wiring: Wiring) -> None:
    found = await call(wiring, "generate_writing_insights", scope="class", target="class-9b")
    assert code(found) == "invalid_input"


async def test_the_count_of_rising_students_needs_five_texts_of_as_many_as_the_floor(wiring: Wiring) -> None:
    fill(wiring, 12)
    (withheld,) = (await group(wiring))["withheld"]
    assert withheld["name"] == "students_with_rising_words"


async def test_a_student_may_not_ask_about_a_group(wiring: Wiring) -> None:
    asked: dict[str, Any] = {"scope": "class", "target": "class-9b", "students": CLASS}
    assert code(await call(wiring, "generate_writing_insights", "student", "s-1", **asked)) == "denied"
