"""Profiles, trajectories, skills and recommendations on what is on the record, for those who may see it."""

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
from scribetree.servers.student_profiling import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

TEACHER = PrivacyContext("t-1", "educator", "assessment", "correlation-1")
STUDENT = PrivacyContext("s-1", "student", "learning", "correlation-1")
TWO_WEEKS_S = 14 * 86_400
READING = (
    "build_student_profile",
    "track_learning_trajectory",
    "assess_skill_development",
    "generate_personalized_recommendations",
)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 1, 5, 12, tzinfo=UTC))


@pytest.fixture
def wiring(clock: FixedClock, settings: Settings) -> Iterator[Wiring]:
    """t-1 teaches s-1 and s-2, both of age; t-2 teaches neither."""
    opened = Wiring(settings=settings, clock=clock)
    school.come_of_age(opened, "s-1", "s-2")
    school.teach(opened, "t-1", "s-1", "s-2")
    yield opened
    opened.close()


async def call(
    wiring: Wiring, tool: str, role: RequesterType = "educator", requester: str = "t-1", **arguments: Any
) -> CallToolResult:
    caller = PrivacyContext(requester, role, "learning", "correlation-1")
    return await school.call(create, wiring, caller, tool, {"student_id": "s-1", **arguments})


async def seen(wiring: Wiring, tool: str, **arguments: Any) -> dict[str, Any]:
    return content(await call(wiring, tool, **arguments))


def judge(wiring: Wiring, clock: FixedClock, *rows: dict[str, float], student: str = "s-1") -> None:
    """A text every two weeks, judged by the teacher."""
    for number, skills in enumerate(rows):
        values = {"skills": skills, "assignment": f"task-{number}", "genre": "argument", "judged_by": "teacher"}
        wiring.guard.write(TEACHER, student, "assessment", values)
        clock.advance(TWO_WEEKS_S)


def refuse(wiring: Wiring, choice: str) -> None:
    subject = wiring.office.pseudonym("s-1")
    wiring.office.consent.choose(subject, {choice: False}, by="student", actor=subject)


RISING = [{"ideas": 0.3 + 0.05 * number, "voice": 0.6} for number in range(8)]


# Profile


async def test_strengths_come_first_each_with_its_records(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *RISING)
    found = await seen(wiring, "build_student_profile")
    growth = next(each for each in found["strengths"] if each["kind"] == "growth")
    assert growth["skill"] == "ideas"
    assert growth["evidence"][0]["kind"] == "assessment"
    records = {view.record_id for view in wiring.guard.read(TEACHER, "s-1", "assessment")}
    assert {each["record_id"] for each in growth["evidence"]} <= records
    assert growth["statement"] in found["public_profile"]["achievements"]


async def test_a_student_without_a_record_has_a_profile_of_gaps(wiring: Wiring) -> None:
    found = await seen(wiring, "build_student_profile")
    assert (found["strengths"], found["skills"], found["used"]) == ([], [], [])
    assert found["gaps"]


async def test_one_text_gives_no_level_and_says_what_it_takes(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, {"ideas": 0.5})
    found = await seen(wiring, "build_student_profile")
    assert found["skills"][0]["level"] is None
    assert found["skills"][0]["needed"] == ["1 of the 3 texts that a level needs."]


async def test_the_private_part_is_the_students_alone(wiring: Wiring) -> None:
    values = {"interests": ["boats"], "accommodations": ["more time"], "personal_notes": "shy"}
    wiring.guard.write(STUDENT, "s-1", "profile", values)
    own = content(await call(wiring, "build_student_profile", "student", "s-1", include_private_data=True))
    assert own["private_profile"]["accommodations"] == ["more time"]
    teachers = await call(wiring, "build_student_profile", include_private_data=True)
    assert content(teachers)["public_profile"]["interests"] == ["boats"]
    assert (content(teachers)["private_profile"], content(teachers)["withheld"]) == (None, ["private_profile"])
    assert "more time" not in str(teachers)
    others = await seen(wiring, "build_student_profile", student_id="s-2", include_private_data=True)
    assert others["withheld"] == ["private_profile"]


async def test_the_choices_are_shown_to_the_student_and_to_no_teacher(wiring: Wiring) -> None:
    own = content(await call(wiring, "build_student_profile", "student", "s-1"))
    assert len(own["privacy_settings"]) == 12
    assert (await seen(wiring, "build_student_profile"))["privacy_settings"] == {}


async def test_habits_come_from_the_last_drafts_and_other_languages_are_left_out(wiring: Wiring) -> None:
    german = "Ich bin gestern mit dem Zug nach Hause gefahren und habe ein Buch gelesen. " * 12
    for number in range(2):
        wiring.guard.write(STUDENT, "s-1", "draft", {"text": german, "assignment": f"task-{number}"})
    found = await seen(wiring, "build_student_profile")
    assert found["habits"] == []
    assert found["notes"] == ["2 drafts were too short, or not in English, to look for habits."]


# Who may see it


@pytest.mark.parametrize("tool", READING)
async def test_a_teacher_who_is_not_theirs_and_a_student_who_is_not_there_look_alike(
    wiring: Wiring, clock: FixedClock, tool: str
) -> None:
    judge(wiring, clock, *RISING)
    foreign = await call(wiring, tool, requester="t-2")
    absent = await call(wiring, tool, requester="t-2", student_id="s-77")
    assert foreign.structured_content == absent.structured_content
    assert "task-1" not in str(foreign.structured_content)
    assert all(not foreign.structured_content.get(field) for field in ("skills", "overall", "used", "strengths"))


@pytest.mark.parametrize("tool", READING)
async def test_no_student_reads_about_another(wiring: Wiring, tool: str) -> None:
    assert code(await call(wiring, tool, "student", "s-2")) == "denied"


async def test_a_withdrawal_counts_at_the_next_call(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *RISING)
    refuse(wiring, "educational_sharing.teacher")
    assert code(await call(wiring, "build_student_profile")) == "denied"
    assert content(await call(wiring, "build_student_profile", "student", "s-1"))["skills"]
    advice = await seen(wiring, "generate_personalized_recommendations")
    assert advice["recommendations"]
    assert {scope["used"] for scope in advice["scopes"]} == {False}


# Trajectory


async def test_milestones_are_recorded_once_and_counted(wiring: Wiring) -> None:
    rows = {"milestones": [{"skill": "Organisation", "level": 0.4, "evidence": "second paragraph"}]}
    first = await seen(wiring, "track_learning_trajectory", assignment_id="task-1", **rows)
    again = await seen(wiring, "track_learning_trajectory", assignment_id="task-1", **rows)
    assert (first["milestones_recorded"], again["milestones_recorded"]) == (1, 1)
    (view,) = wiring.guard.read(TEACHER, "s-1", "milestone")
    assert view.values["skills"] == {"organization": 0.4}
    assert again["skills"][0]["texts"] == 1


async def test_what_a_student_says_of_themselves_is_recorded_as_theirs(wiring: Wiring) -> None:
    rows = {"milestones": [{"skill": "voice", "level": 0.9}]}
    await call(wiring, "track_learning_trajectory", "student", "s-1", **rows)
    (view,) = wiring.guard.read(STUDENT, "s-1", "milestone")
    assert view.values["judged_by"] == "self"


async def test_where_nothing_may_be_kept_the_answer_counts_what_was_given(wiring: Wiring) -> None:
    refuse(wiring, "educational_sharing.teacher")
    found = await seen(wiring, "track_learning_trajectory", milestones=[{"skill": "voice", "level": 0.9}])
    assert found["milestones_recorded"] == 0
    assert found["skills"][0]["texts"] == 1
    assert wiring.guard.read(STUDENT, "s-1", "milestone") == ()


async def test_two_rows_about_one_skill_are_both_counted(wiring: Wiring) -> None:
    rows = [{"skill": "claims", "level": 0.2}, {"skill": "evidence", "level": 0.6}]
    await seen(wiring, "track_learning_trajectory", milestones=rows)
    (view,) = wiring.guard.read(TEACHER, "s-1", "milestone")
    assert view.values["skills"] == {"ideas": 0.4}


@pytest.mark.parametrize("on", ["2026-02-30", "2027-01-01", "2020-01-01"])
async def test_a_day_that_cannot_be_is_refused_and_nothing_is_recorded(wiring: Wiring, on: str) -> None:
    result = await call(wiring, "track_learning_trajectory", milestones=[{"skill": "voice", "level": 0.9}], on=on)
    assert code(result) == "invalid_input"
    assert wiring.guard.read(TEACHER, "s-1", "milestone") == ()


async def test_a_year_of_judgements_gives_growth_an_outlook_and_a_phase(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *RISING)
    found = await seen(wiring, "track_learning_trajectory", privacy_level="full")
    ideas, voice = found["skills"]
    assert (ideas["growth"]["direction"], voice["growth"]["direction"]) == ("rising", "unclear")
    assert found["projected_path"]["low"] < found["projected_path"]["high"]
    assert found["current_phase"] in {"developing", "developing to secure"}
    assert (found["student_id"], len(ideas["evidence"])) == ("s-1", 5)


async def test_less_is_shown_where_less_is_asked_for(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *RISING)
    anonymized = await call(wiring, "track_learning_trajectory")
    assert "s-1" not in str(anonymized.structured_content)
    assert content(anonymized)["skills"][0]["evidence"] == []
    assert (await seen(wiring, "track_learning_trajectory", privacy_level="aggregate"))["skills"] == []


async def test_records_with_impossible_dates_and_levels_are_left_out_and_said(wiring: Wiring) -> None:
    for values in (
        {"skills": {"ideas": 0.5}, "on": "2031-01-01"},
        {"skills": {"ideas": 0.5}, "on": "soon"},
        {"skills": {"ideas": 7}, "on": "2026-01-02"},
    ):
        wiring.guard.write(TEACHER, "s-1", "milestone", values)
    found = await seen(wiring, "track_learning_trajectory")
    assert found["skills"] == []
    assert any("a date that cannot be" in note for note in found["notes"])
    assert any("not between 0 and 1" in note for note in found["notes"])


async def test_a_record_from_the_future_is_left_out(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, {"ideas": 0.5})
    clock.advance(-20 * 86_400)
    found = content(await call(wiring, "track_learning_trajectory", "student", "s-1"))
    assert found["skills"] == []
    assert any("from the future" in note for note in found["notes"])


# Skills


async def test_gaps_rest_on_all_judgements_and_no_longer_on_the_last(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *[{"voice": 0.3}] * 6)
    given = {"skill_name": "voice", "current_level": 0.9, "target_level": 0.7, "progress": 0.5}
    found = await seen(wiring, "assess_skill_development", skills=[given])
    (voice,) = found["skills"]
    assert not voice["reached"]
    assert voice["low"] < voice["level"] < voice["high"] < 0.9
    assert voice["texts"] == 7


async def test_without_any_level_there_is_nothing_to_assess(wiring: Wiring) -> None:
    assert code(await call(wiring, "assess_skill_development")) == "invalid_input"


# Recommendations


async def test_recommendations_rest_on_the_weakest_skill_and_name_their_source(
    wiring: Wiring, clock: FixedClock
) -> None:
    judge(wiring, clock, *[{"sentence_fluency": 0.2, "ideas": 0.95, "organization": 0.95, "voice": 0.95}] * 6)
    found = await seen(wiring, "generate_personalized_recommendations")
    first = found["recommendations"][0]
    assert first["skill"] == "sentence_fluency"
    assert first["data_used"] == ["skill_estimates"]
    assert "Graham" in first["source"]


async def test_what_came_of_an_earlier_recommendation_counts(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *[{"ideas": 0.3}] * 6)
    values = {
        "action": {"type": "measured", "intervention": "adult_feedback"},
        "measures": [{"metric": "quality", "nap": 0.95, "low": 0.85, "high": 0.99}, {"metric": "pace", "nap": None}],
    }
    wiring.guard.write(TEACHER, "s-1", "intervention", values, owner="t-1")
    found = await seen(wiring, "generate_personalized_recommendations", most=10)
    tried = next(each for each in found["recommendations"] if each["id"] == "adult_feedback")
    assert (tried["earlier"], tried["expected_effect"] > 0.87) == (1, True)


async def test_refusing_everything_optional_still_gives_as_many_recommendations(
    wiring: Wiring, clock: FixedClock
) -> None:
    judge(wiring, clock, *RISING)
    before = await seen(wiring, "generate_personalized_recommendations")
    refuse(wiring, "platform_improvement.anonymous_patterns")
    after = await seen(wiring, "generate_personalized_recommendations", use_enhanced_data=True)
    assert len(after["recommendations"]) == len(before["recommendations"])
    patterns = next(scope for scope in after["scopes"] if scope["name"] == "learning_patterns")
    assert (patterns["used"], patterns["why"]) == (False, "Not available.")
    own = content(await call(wiring, "generate_personalized_recommendations", "student", "s-1"))
    assert "platform_improvement.anonymous_patterns" in str(own["scopes"])


async def test_a_teacher_cannot_tell_a_refusal_from_a_lack_of_records(wiring: Wiring, clock: FixedClock) -> None:
    judge(wiring, clock, *RISING)
    tool = "generate_personalized_recommendations"
    lacking = await seen(wiring, tool, use_enhanced_data=True)
    refuse(wiring, "platform_improvement.anonymous_patterns")
    assert await seen(wiring, tool, use_enhanced_data=True) == lacking


async def test_the_last_drafts_are_looked_at_only_where_that_is_chosen(wiring: Wiring) -> None:
    text = "I did a lot of things and it was really very good stuff. " * 12
    for number in range(2):
        wiring.guard.write(STUDENT, "s-1", "draft", {"text": text, "assignment": f"task-{number}"})
    before = await seen(wiring, "generate_personalized_recommendations", use_enhanced_data=True)
    assert before["worth_a_look"] == []
    subject = wiring.office.pseudonym("s-1")
    chosen = {"platform_improvement.feature_analytics": True, "personal_benefits.enhanced_analytics": True}
    wiring.office.consent.choose(subject, chosen, by="student", actor=subject)
    after = await seen(wiring, "generate_personalized_recommendations", use_enhanced_data=True)
    assert after["worth_a_look"]
