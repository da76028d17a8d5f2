"""Rules of laws: answered from checks alone, and never better for a check that is missing."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.privacy import _checks
from scribetree.privacy._checks import Check
from scribetree.privacy.regulations import RULES, Answer, Rule, answered

NAMES = sorted(
    value
    for name, value in vars(_checks).items()
    if name.isupper() and not name.startswith("_") and name != "KINDS"
    if isinstance(value, str)
)
PASSED = {name: Check(name, passed=True, found="yes") for name in NAMES}
EVERY_USE = [(rule, name) for rule in RULES for name in rule.checks]
each_use = pytest.mark.parametrize(("rule", "name"), EVERY_USE, ids=[f"{rule.id}-{name}" for rule, name in EVERY_USE])


def answer(rule: Rule, *checks: Check) -> Answer:
    (found,) = answered(checks, [rule])
    return found.answer


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_met_where_its_checks_pass_and_else_says_who_has_to_look(rule: Rule) -> None:
    assert answer(rule, *PASSED.values()) == ("met" if rule.checks else "cannot be checked here")
    assert rule.checks or rule.left


@each_use
def test_a_check_that_fails_is_a_finding_and_one_that_is_missing_is_no_pass(rule: Rule, name: str) -> None:
    others = [check for check in PASSED.values() if check.name != name]
    assert answer(rule, *others, replace(PASSED[name], passed=False)) == "not met"
    assert answer(rule, *others, replace(PASSED[name], passed=None)) == "cannot be checked here"
    assert answer(rule, *others) == "cannot be checked here"


@given(st.dictionaries(st.sampled_from(NAMES), st.sampled_from([True, False, None])), st.sampled_from(NAMES))
def test_a_check_that_is_taken_away_makes_no_answer_met(passed: dict[str, bool | None], gone: str) -> None:
    checks = [Check(name, value, "") for name, value in passed.items()]
    before, after = answered(checks), answered([check for check in checks if check.name != gone])
    assert [b.rule for b, a in zip(before, after, strict=True) if a.answer == "met" and b.answer != "met"] == []


def test_every_check_stands_behind_a_rule_and_every_rule_has_a_name_of_its_own() -> None:
    assert {name for rule in RULES for name in rule.checks} == set(NAMES)
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert {rule.regulation for rule in RULES} == {"FERPA", "COPPA", "GDPR", "CCPA", "PIPEDA", "state law"}
