"""Policies: nothing unless permitted, nothing once forbidden, in whatever order they stand."""

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.privacy.access import POLICIES, Action, Ask, Limits, Policy, Relation, decide, row_filter
from scribetree.privacy.context import PURPOSES, Purpose, RequesterType
from scribetree.privacy.masking import MASKS, Mask
from scribetree.privacy.records import KINDS, Sensitivity

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ROLES: tuple[RequesterType, ...] = get_args(RequesterType)
RELATIONS: tuple[Relation, ...] = get_args(Relation)
SENSITIVITIES: tuple[Sensitivity, ...] = get_args(Sensitivity)

asks = st.builds(
    Ask,
    role=st.sampled_from(ROLES),
    relations=st.frozensets(st.sampled_from(RELATIONS)),
    action=st.sampled_from(["read", "write"]),
    kind=st.sampled_from(sorted(KINDS)),
    purpose=st.sampled_from(PURPOSES),
    created_at=st.integers(0, 800).map(lambda days: NOW - timedelta(days=days)),
    now=st.just(NOW),
    group_size=st.integers(1, 40),
)
policies = st.builds(
    Policy,
    name=st.text("abcdef", min_size=1, max_size=6),
    effect=st.sampled_from(["permit", "permit", "forbid"]),
    roles=st.frozensets(st.sampled_from(ROLES), min_size=1),
    actions=st.frozensets(st.sampled_from(["read", "write"]), min_size=1),
    kinds=st.frozensets(st.sampled_from(sorted(KINDS)), min_size=3),
    purposes=st.none() | st.frozensets(st.sampled_from(PURPOSES), min_size=3),
    relations=st.none() | st.frozensets(st.sampled_from(RELATIONS), min_size=1),
    masks=st.dictionaries(st.sampled_from(SENSITIVITIES), st.sampled_from(MASKS)),
    limits=st.builds(Limits, max_age=st.none() | st.just(timedelta(days=183)), min_group=st.integers(1, 20)),
)


def ask(
    role: RequesterType,
    *relations: Relation,
    action: Action = "read",
    kind: str = "draft",
    purpose: Purpose = "feedback",
    days: int = 0,
    group_size: int = 1,
) -> Ask:
    created_at = NOW - timedelta(days=days)
    return Ask(role, frozenset(relations), action, kind, purpose, created_at, NOW, group_size)


@given(asks)
def test_without_a_policy_nothing_is_allowed(wish: Ask) -> None:
    assert not decide((), wish).allowed


@given(st.lists(policies, max_size=6), asks, st.randoms(use_true_random=False))
def test_the_order_of_policies_does_not_matter(some: list[Policy], wish: Ask, random: object) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decide(some, wish) == decide(shuffled, wish)


@given(st.lists(policies, max_size=6), asks)
def test_what_one_policy_forbids_no_other_permits(some: list[Policy], wish: Ask) -> None:
    forbid = Policy("no", "forbid", frozenset({wish.role}), frozenset({wish.action}))
    assert not decide([*some, forbid], wish).allowed


@given(st.lists(policies, min_size=1, max_size=5), asks, policies)
def test_one_more_permit_never_shows_more_of_what_was_shown(some: list[Policy], wish: Ask, more: Policy) -> None:
    before, after = decide(some, wish), decide([*some, more], wish)
    if before.allowed and after.allowed:
        for sensitivity in before.masks:
            assert MASKS.index(after.mask_of(sensitivity)) >= MASKS.index(before.mask_of(sensitivity))


@given(st.lists(policies, max_size=6), st.lists(asks, max_size=8))
def test_the_row_filter_keeps_the_rows_that_are_allowed_one_by_one(some: list[Policy], rows: list[Ask]) -> None:
    kept = row_filter(some, rows)
    assert kept == [number for number, row in enumerate(rows) if decide(some, row).allowed]


@given(asks)
def test_nobody_reaches_another_students_records_without_a_tie_or_a_duty(wish: Ask) -> None:
    if wish.role in {"student", "educator"} and not wish.relations:
        assert not decide(POLICIES, wish).allowed


@given(asks)
def test_the_published_policies_show_special_fields_to_the_student_alone(wish: Ask) -> None:
    verdict = decide(POLICIES, wish)
    if verdict.allowed and wish.action == "read" and wish.role != "student":
        assert verdict.mask_of("special") == "redact"


@pytest.mark.parametrize(
    ("wish", "allowed"),
    [
        (ask("student", "self"), True),
        (ask("student", "self", purpose="integrity"), False),
        (ask("student", "self", kind="alert"), False),
        (ask("educator", "teaches"), True),
        (ask("educator", "teaches", days=200), False),
        (ask("educator"), False),
        (ask("educator", "teaches", purpose="research"), False),
        (ask("educator", "teaches", kind="profile", purpose="analytics"), False),
        (ask("educator", "addressed", kind="alert", purpose="support"), True),
        (ask("administrator", purpose="support"), True),
        (ask("administrator", purpose="learning"), False),
        (ask("administrator", purpose="support", action="write"), False),
        (ask("researcher", purpose="research", kind="session", group_size=20), True),
        (ask("researcher", purpose="research", kind="session", group_size=19), False),
        (ask("researcher", purpose="research", kind="session", group_size=20, days=91), False),
        (ask("researcher", purpose="research", kind="session", group_size=20, action="write"), False),
    ],
)
def test_who_may_do_what(wish: Ask, allowed: bool) -> None:
    assert decide(POLICIES, wish).allowed is allowed


def test_an_administrator_does_not_read_a_students_words() -> None:
    verdict = decide(POLICIES, ask("administrator", purpose="support"))
    assert verdict.mask_of("text") == "redact"


def masks_of(role: RequesterType, *relations: Relation, purpose: Purpose) -> dict[Sensitivity, Mask]:
    wish = ask(role, *relations, purpose=purpose, kind="session", group_size=20)
    return {name: decide(POLICIES, wish).mask_of(name) for name in SENSITIVITIES}


def test_a_researcher_gets_figures_and_those_in_steps() -> None:
    masks = masks_of("researcher", purpose="research")
    assert masks.pop("open") == "bucket"
    assert set(masks.values()) == {"redact"}
