"""Judgements are taken back by whoever put them on the record in the same piece of work, and by nobody else."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.servers import school

from scribetree.privacy.context import PrivacyContext, RequesterType
from scribetree.servers.kit import Wiring
from scribetree.servers.student_profiling import create
from scribetree.settings import Settings

pytestmark = pytest.mark.anyio

JUDGED: dict[str, Any] = {"milestones": [{"skill": "ideas", "level": 0.5}]}


@pytest.fixture
def wiring(settings: Settings) -> Iterator[Wiring]:
    """t-1 and t-2 teach s-1, who is of age."""
    opened = Wiring(settings=settings)
    school.come_of_age(opened, "s-1")
    for teacher in ("t-1", "t-2"):
        school.teach(opened, teacher, "s-1", course=f"of-{teacher}")
    yield opened
    opened.close()


async def asked(
    wiring: Wiring, tool: str, *, by: str = "t-1", role: RequesterType = "educator", work: str = "work-one", **more: Any
) -> dict[str, Any]:
    caller = PrivacyContext(by, role, "assessment", work)
    answer = await school.call(create, wiring, caller, tool, {"student_id": "s-1", **more})
    assert answer.structured_content is not None
    return dict(answer.structured_content)


async def judged(wiring: Wiring, **how: Any) -> str:
    return str((await asked(wiring, "track_learning_trajectory", **JUDGED, **how))["record_id"])


async def is_kept(wiring: Wiring) -> bool:
    seen = await asked(wiring, "track_learning_trajectory")
    return "milestone" in [each["kind"] for each in seen.get("used", [])]


async def test_what_was_just_put_on_the_record_is_taken_back_once(wiring: Wiring) -> None:
    record_id = await judged(wiring)
    answers = [await asked(wiring, "withdraw_milestones", record_id=record_id) for _ in range(2)]
    assert [answer["withdrawn"] for answer in answers] == [True, False]
    assert not await is_kept(wiring)


@pytest.mark.parametrize("how", [{"work": "work-two"}, {"by": "t-2"}], ids=["another-piece-of-work", "another-teacher"])
async def test_what_is_older_or_anothers_stays_and_looks_as_if_there_were_none(
    wiring: Wiring, how: dict[str, Any]
) -> None:
    record_id = await judged(wiring)
    answer = await asked(wiring, "withdraw_milestones", record_id=record_id, **how)
    nothing = await asked(wiring, "withdraw_milestones", record_id="0" * 32, **how)
    assert (answer["withdrawn"], nothing["withdrawn"]) == (False, False)
    assert await is_kept(wiring)


async def test_the_same_judgement_told_again_in_other_work_is_not_that_works_to_take_back(wiring: Wiring) -> None:
    first = await judged(wiring)
    second = await judged(wiring, work="work-two")
    await asked(wiring, "withdraw_milestones", record_id=second, work="work-two")
    assert (first == second, await is_kept(wiring)) == (True, True)


async def test_that_it_was_taken_back_is_on_the_audit_log(wiring: Wiring) -> None:
    await asked(wiring, "withdraw_milestones", record_id=await judged(wiring))
    entries = wiring.office.audit.about(wiring.office.pseudonym("s-1"))
    assert entries[-1].action == "take_back"
