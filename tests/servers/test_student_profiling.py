"""Figures about groups, as an assistant asks for them."""

import random
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from mcp import Client
from tests.servers import school

from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio


def values_of(students: int, metric: str = "depth") -> list[dict[str, Any]]:
    chance = random.Random(5)
    return [{"student_id": f"s-{n}", "metric": metric, "value": chance.uniform(40, 80)} for n in range(students)]


async def analytics(
    *calls: dict[str, Any], settings: Settings | None = None, refusing: Collection[str] = ()
) -> list[dict[str, Any]]:
    """What each call gives, on one installation where thirty students are of age, and `refusing` want no analytics."""
    wiring = Wiring(settings=settings or Settings.from_environment())
    school.come_of_age(wiring, *(f"s-{n}" for n in range(30)))
    for name in refusing:
        choice = {"platform_improvement.anonymous_patterns": False}
        wiring.office.consent.choose(wiring.office.pseudonym(name), choice)
    found: list[dict[str, Any]] = []
    async with Client(create(wiring)) as client:
        for call in calls:
            arguments = {"cohort_id": "year-9", "metrics": [{"metric": "depth"}], **call}
            result = await client.call_tool("generate_privacy_preserving_analytics", arguments)
            assert result.structured_content is not None
            found.append(result.structured_content)
    wiring.close()
    return found


async def test_a_class_gets_a_noisy_mean_with_its_interval_and_what_is_left() -> None:
    (found,) = await analytics({"values": values_of(25)})
    (figure,) = found["metrics"]
    assert figure["low"] <= figure["privatized_value"] <= figure["high"]
    assert found["privacy_parameters"]["cohort_budget_left"] == 9.0
    assert "raw_value" not in str(found)
    assert "s-1" not in str(found)


async def test_the_same_question_is_repeated_and_costs_nothing() -> None:
    first, second = await analytics({"values": values_of(25)}, {"values": values_of(25)})
    assert second["metrics"][0] == {**first["metrics"][0], "repeated": True}
    assert second["privacy_parameters"]["cohort_budget_left"] == 9.0


async def test_a_metric_with_too_few_students_is_withheld_and_the_others_are_told() -> None:
    metrics = [{"metric": "depth"}, {"metric": "pace"}]
    (found,) = await analytics({"values": [*values_of(25), *values_of(3, "pace")], "metrics": metrics})
    assert [each["name"] for each in found["metrics"]] == ["depth"]
    assert [each["name"] for each in found["withheld"]] == ["pace"]
    assert "Fewer than 5 students" in found["withheld"][0]["reason"]


async def test_research_needs_twenty_students_whatever_breadth_is_asked_for() -> None:
    (found,) = await analytics({"values": values_of(19), "purpose": "research", "breadth": "class"})
    assert found["metrics"] == []
    assert found["privacy_parameters"]["smallest_group"] == 20


async def test_a_student_who_refuses_analytics_is_not_in_the_figures() -> None:
    """A count at the largest epsilon: fifteen of twenty-five refuse, and noise beyond six is rarer than 1e-12."""
    metrics = [{"metric": "depth", "kind": "count"}]
    call = {"values": values_of(25), "metrics": metrics, "epsilon": 5}
    (found,) = await analytics(call, refusing=[f"s-{n}" for n in range(15)])
    assert 4 <= found["metrics"][0]["privatized_value"] <= 16
    assert found["privacy_parameters"]["cohort_budget_left"] == 5.0


async def test_a_group_of_which_too_few_agree_is_withheld_like_a_small_one() -> None:
    (found,) = await analytics({"values": values_of(25)}, refusing=[f"s-{n}" for n in range(21)])
    assert found["metrics"] == []
    assert "Fewer than 5 students allow analytics" in found["withheld"][0]["reason"]
    assert found["privacy_parameters"]["cohort_budget_left"] == 10.0


async def test_students_of_whom_nothing_is_known_do_not_count() -> None:
    strangers = [{**each, "student_id": f"x-{each['student_id']}"} for each in values_of(25)]
    (found,) = await analytics({"values": strangers})
    assert found["metrics"] == []


async def test_when_the_budget_ends_the_reason_says_what_is_left_and_when_it_renews() -> None:
    calls = [{"values": values_of(25), "as_of": f"week-{week}", "epsilon": 4} for week in range(3)]
    *_, last = await analytics(*calls)
    assert "2.000000 left until" in last["withheld"][0]["reason"]


async def test_a_student_may_not_ask_about_a_group() -> None:
    settings = replace(Settings.from_environment(), profile="student", requester_id="s-1")
    (found,) = await analytics({"values": values_of(25)}, settings=settings)
    assert found["error"]["code"] == "denied"


@pytest.mark.parametrize(
    "bad", [{"epsilon": 0}, {"epsilon": 100}, {"metrics": [{"metric": "depth", "lower": 5, "upper": 5}]}]
)
async def test_a_question_without_sense_is_refused(bad: dict[str, Any]) -> None:
    (found,) = await analytics({"values": values_of(25), **bad})
    assert found["error"]["code"] == "invalid_input"


TOO_LARGE = {"student_id": "s-0", "metric": "pace", "value": -1e305}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"values": [*values_of(25), *values_of(24, "pace"), TOO_LARGE]}, "`values.49.value`"),
        ({"values": [*values_of(25), *values_of(25, "pace")], "epsilon": 0.0005}, "`epsilon`"),
        ({"values": [*values_of(25), *values_of(25, "pace")], "epsilon": 100}, "`epsilon`"),
    ],
)
async def test_a_call_with_a_defect_names_the_field_and_has_paid_for_none_of_its_metrics(
    given: dict[str, Any], named: str
) -> None:
    refused, after = await analytics(
        {**given, "metrics": [{"metric": "depth"}, {"metric": "pace"}]}, {"values": values_of(25)}
    )
    assert named in refused["error"]["message"]
    assert after["privacy_parameters"]["cohort_budget_left"] == 9.0


async def test_a_student_with_ten_thousand_rows_counts_as_one_row_within_the_bounds() -> None:
    """A sum at the largest epsilon: beyond the bounds or beyond one row it would be far over 2,700."""
    rows = [{"student_id": "s-25", "metric": "depth", "value": 1e12}] * 10_000
    metrics = [{"metric": "depth", "kind": "sum"}]
    (found,) = await analytics({"values": [*values_of(25), *rows], "metrics": metrics, "epsilon": 5})
    assert found["metrics"][0]["privatized_value"] < 25 * 80 + 100 + 600


@pytest.mark.parametrize("cohort", ["year-9", "another"])
async def test_a_group_that_differs_by_one_student_is_withheld_with_the_reason_whatever_it_is_called(
    cohort: str,
) -> None:
    _, found = await analytics({"values": values_of(25)}, {"values": values_of(24), "cohort_id": cohort, "as_of": "x"})
    assert found["metrics"] == []
    assert "differs by fewer than 5 students" in found["withheld"][0]["reason"]


async def test_a_spent_budget_says_what_is_left_and_when_it_renews_and_what_was_told_stays_free() -> None:
    dear = {"values": values_of(25), "epsilon": 5}
    told, _, refused, again = await analytics(
        {**dear, "as_of": "1"}, {**dear, "as_of": "2"}, {**dear, "as_of": "3"}, {**dear, "as_of": "1"}
    )
    assert "0.000000 left until " in refused["withheld"][0]["reason"]
    assert again["metrics"] == [{**told["metrics"][0], "repeated": True}]


async def test_every_figure_of_every_kind_lies_in_its_interval() -> None:
    kinds = ("count", "sum", "mean", "histogram", "quantile", "trend")
    metrics = [{"metric": "depth", "kind": kind, "edges": [0, 50, 100]} for kind in kinds]
    (found,) = await analytics({"values": values_of(25), "metrics": metrics})
    assert {each["kind"] for each in found["metrics"]} == set(kinds)
    assert all(each["low"] <= each["privatized_value"] <= each["high"] for each in found["metrics"])
