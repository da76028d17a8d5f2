"""What events of consent add up to, and what follows for those who ask."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scribetree.errors import InvalidInput
from scribetree.privacy._standing import ConsentEvent, ConsentKind, Standing, decide, folded
from scribetree.privacy._vocabulary import (
    DPV_OF_PURPOSE,
    NEEDS,
    SETTINGS,
    Audience,
    Value,
    as_groups,
    flattened,
    warnings_about,
)
from scribetree.privacy.context import PURPOSES

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = (NOW + timedelta(days=365)).isoformat()
GROWN = {"on": "2008-01-01"}
CHILD = {"on": "2016-01-01"}


def standing(*events: tuple[ConsentKind, dict[str, Any]]) -> Standing:
    return folded(
        ConsentEvent(number, kind, NOW, "student", content) for number, (kind, content) in enumerate(events, 1)
    )


def chosen(name: str, value: Value, until: str | None = LATER) -> tuple[ConsentKind, dict[str, Any]]:
    return "chosen", {"values": {name: value}, "until": until}


def allowed(who: Standing, audience: Audience, purpose: str, *, at: datetime = NOW, **more: Any) -> bool:
    return decide(who, purpose=purpose, audience=audience, at=at, epoch=1, **more).allowed


def test_twelve_settings_in_four_groups_with_the_defaults_of_the_origin() -> None:
    groups = as_groups({name: setting.default for name, setting in SETTINGS.items()})
    assert {name: len(group) for name, group in groups.items()} == {
        "educational_sharing": 3,
        "platform_improvement": 3,
        "personal_benefits": 3,
        "privacy_controls": 3,
    }
    on = [name for name, setting in SETTINGS.items() if setting.default is True]
    assert on == ["educational_sharing.teacher", "platform_improvement.anonymous_patterns"]
    assert groups["privacy_controls"] == {
        "retention_period": "1_year",
        "sensitive_content": "blur",
        "third_party": "none",
    }


def test_every_purpose_and_setting_has_a_name_in_the_public_vocabulary() -> None:
    iris = [*DPV_OF_PURPOSE.values(), *(setting.dpv for setting in SETTINGS.values())]
    assert set(DPV_OF_PURPOSE) == set(PURPOSES)
    assert all(iri.startswith("https://w3id.org/dpv#") for iri in iris)


def test_a_purpose_that_nobody_knows_is_denied() -> None:
    assert not allowed(standing(("birth_recorded", GROWN)), "teacher", "advertising")


def test_a_teacher_of_a_grown_student_reads_until_the_student_says_no() -> None:
    assert allowed(standing(("birth_recorded", GROWN)), "teacher", "feedback")
    refusing = standing(("birth_recorded", GROWN), chosen("educational_sharing.teacher", False))
    assert not allowed(refusing, "teacher", "feedback")


@pytest.mark.parametrize("born", [(), (("birth_recorded", CHILD),)])
def test_for_a_child_and_for_somebody_of_unknown_age_a_guardian_has_to_consent(born: Any) -> None:
    assert not allowed(standing(*born), "teacher", "feedback")
    consent: tuple[ConsentKind, dict[str, Any]] = ("guardian_consented", {"method": "signed_form", "until": LATER})
    assert allowed(standing(*born, consent), "teacher", "feedback")
    assert not allowed(standing(*born, consent, ("guardian_withdrew", {})), "teacher", "feedback")


def test_nothing_of_a_child_is_collected_before_the_guardian_consents() -> None:
    assert not allowed(standing(), "student", "learning", collecting=True)
    assert allowed(standing(), "student", "learning")


def test_the_school_stands_in_for_a_guardian_in_education_only() -> None:
    school: tuple[ConsentKind, dict[str, Any]] = ("guardian_consented", {"method": "school_authorised", "until": LATER})
    wide = standing(school, chosen("platform_improvement.research", True))
    assert allowed(wide, "teacher", "feedback")
    assert not allowed(wide, "researcher", "research")
    assert wide.waiting_for_guardian(NOW) == ("platform_improvement.research",)


def test_somebody_is_a_child_until_the_morning_of_the_thirteenth_birthday() -> None:
    who = standing(("birth_recorded", {"on": "2012-02-29"}))
    assert who.is_minor(datetime(2025, 2, 28, 23, tzinfo=UTC))
    assert not who.is_minor(datetime(2025, 3, 1, tzinfo=UTC))


def test_a_consent_that_has_run_out_is_no_consent() -> None:
    wide = standing(("birth_recorded", GROWN), chosen("platform_improvement.research", True))
    assert allowed(wide, "researcher", "research")
    assert not allowed(wide, "researcher", "research", at=NOW + timedelta(days=365))


def test_a_refusal_never_runs_out() -> None:
    refusing = standing(("birth_recorded", GROWN), chosen("educational_sharing.teacher", False))
    assert not allowed(refusing, "teacher", "feedback", at=NOW + timedelta(days=5000))


def test_a_clock_that_was_put_back_revives_no_consent() -> None:
    ended = (NOW - timedelta(days=1)).isoformat()
    wide = standing(("birth_recorded", GROWN), chosen("platform_improvement.research", True, ended))
    assert not allowed(wide, "researcher", "research", at=NOW - timedelta(days=900))


def test_a_withdrawal_counts_for_everybody_but_the_student() -> None:
    gone = standing(("birth_recorded", GROWN), ("withdrawn", {"purposes": list(PURPOSES)}))
    for audience, purpose in NEEDS:
        assert allowed(gone, audience, purpose) is (audience == "student")
        assert allowed(gone, audience, purpose, basis="duty") is (audience == "student")


def test_what_was_withdrawn_can_be_granted_anew_for_a_time() -> None:
    again = standing(
        ("birth_recorded", GROWN),
        ("withdrawn", {"purposes": ["feedback"]}),
        ("granted", {"purposes": ["feedback"], "until": LATER}),
    )
    assert allowed(again, "teacher", "feedback")
    assert again.version == 3
    assert not allowed(again, "teacher", "feedback", at=NOW + timedelta(days=366))


def test_a_restriction_stops_all_but_the_student_until_it_is_lifted() -> None:
    held = standing(("birth_recorded", GROWN), ("restricted", {}))
    assert not allowed(held, "administrator", "support")
    assert allowed(held, "student", "learning")
    assert allowed(
        standing(("birth_recorded", GROWN), ("restricted", {}), ("restriction_lifted", {})), "teacher", "learning"
    )


@given(st.sampled_from(sorted(SETTINGS)), st.sampled_from(sorted(NEEDS)))
def test_choosing_the_most_private_value_never_lets_anybody_see_more(name: str, use: tuple[Audience, Any]) -> None:
    before = standing(("birth_recorded", GROWN))
    after = standing(("birth_recorded", GROWN), chosen(name, SETTINGS[name].values[0]))
    assert allowed(after, *use) <= allowed(before, *use)


def test_choices_come_in_groups_or_by_their_full_names() -> None:
    assert flattened({"educational_sharing": {"peer": True}}) == flattened({"educational_sharing.peer": True})


@pytest.mark.parametrize(
    "choices", [{"teacher": True}, {"educational_sharing.peer": 1}, {"privacy_controls": {"third_party": "x"}}]
)
def test_a_choice_that_does_not_exist_is_refused_without_repeating_it(choices: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        flattened(choices)
    assert "'x'" not in caught.value.message + caught.value.hint


def test_what_does_not_go_together_is_said_and_not_refused() -> None:
    values = {name: setting.default for name, setting in SETTINGS.items()}
    assert warnings_about(values) == ()
    odd = values | {"personal_benefits.enhanced_analytics": True, "personal_benefits.portfolio": True}
    assert len(warnings_about(odd)) == 2


def test_the_day_of_birth_is_a_date() -> None:
    assert standing(("birth_recorded", GROWN)).born == date(2008, 1, 1)
