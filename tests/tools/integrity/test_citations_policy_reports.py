"""Citations, uses of AI beside the assignment, and reports in two voices."""

import pytest

from scribetree.errors import InvalidInput
from scribetree.tools.integrity import Finding, check_ai_use, check_citations, report
from scribetree.tools.integrity._citations import isbn_is_sound, issn_is_sound

PAPER = """Sleep matters (Walker, 2017), as Carskadon (2011) shows. Others disagree (Nobody, 1999).

References

Carskadon, M. A. (2011). Sleep in adolescents. Pediatric Clinics, 58(3), 637-647. https://doi.org/10.1016/j.pcl.2011.03.003

Walker, M. (2017). Why we sleep. Scribner. ISBN 978-1-5011-4431-8

Unused, A. (2001). A book that is cited nowhere. ISBN 978-1-5011-4431-9
"""


def test_citations_find_their_references() -> None:
    found = check_citations(PAPER)
    assert found.style == "author-year"
    assert [each.reference for each in found.citations if each.key in {"Walker", "Carskadon"}] == [0, 1]
    assert (found.unmatched_citations, found.uncited_references) == (1, 1)


def test_a_mistyped_isbn_is_noticed() -> None:
    notes = [note for each in check_citations(PAPER).references for note in each.notes]
    assert notes == ["The ISBN's check digit does not fit: one of its digits is mistyped."]


def test_references_stand_where_they_say() -> None:
    found = check_citations(PAPER).references[0]
    assert PAPER[found.start : found.end].startswith("Carskadon")
    assert found.doi == "10.1016/j.pcl.2011.03.003"


def test_numbers_in_brackets_are_citations_too() -> None:
    found = check_citations(
        "It rains [1, 2].\n\nReferences\n[1] A. Cloud, Rain, 2001, Sky Press.\n[2] B. Sun, Dry, 2002, Sky."
    )
    assert found.style == "numeric"
    assert found.unmatched_citations == 0


def test_pages_in_brackets_are_citations_too() -> None:
    found = check_citations(
        "It rains (Cloud 42).\n\nWorks Cited\nCloud, Anna. On Rain and Other Weather. Sky Press, 2001."
    )
    assert (found.style, found.unmatched_citations) == ("author-page", 0)


def test_a_text_without_a_list_is_told_so() -> None:
    assert "No list of references" in check_citations("I like trains.").notes[0]


@pytest.mark.parametrize(
    ("isbn", "sound"),
    [("0-306-40615-2", True), ("080442957X", True), ("0-306-40615-3", False), ("978-0-306-40615-7", True)],
)
def test_isbns_are_checked_by_their_last_digit(isbn: str, sound: bool) -> None:
    assert isbn_is_sound(isbn) is sound


def test_issns_are_checked_by_their_last_digit() -> None:
    assert issn_is_sound("0378-5955")
    assert not issn_is_sound("0378-5954")


def test_a_fitting_use_is_valid_and_gains_points() -> None:
    found = check_ai_use("research", ai_percent=20, uses=["source finding", "organization"])
    assert (found.is_educationally_valid, found.compliance_score) == (True, 100)


def test_the_origins_points_are_taken_and_given() -> None:
    found = check_ai_use("reflection", ai_percent=30, uses=["grammar", "idea_creation"], generated_percent=50)
    assert found.compliance_score == 100 - 15 * 3 - 10 + 2
    assert not found.is_educationally_valid
    assert all(limit.next_step for limit in found.boundary_violations)


def test_a_beginner_has_half_the_share() -> None:
    assert check_ai_use("analytical", ai_percent=20, student_level="beginner").boundary_violations
    assert not check_ai_use("analytical", ai_percent=20).boundary_violations


def test_a_percentage_out_of_range_is_named() -> None:
    with pytest.raises(InvalidInput, match="`ai_percent`"):
        check_ai_use("analytical", ai_percent=120)


OPEN = Finding(assistance_level="moderate", confidence=0.4, questions_open=2, limits_passed=1, compliance_score=75)


def test_a_report_says_what_to_do_and_how_to_contest_it() -> None:
    found = report("individual", [OPEN], audience="student")
    assert found.next_steps
    assert "somebody who did not write this report" in found.how_to_contest
    assert found.standing


def test_an_educator_gets_base_rates_and_other_explanations() -> None:
    found = report("individual", [OPEN], audience="educator")
    assert found.base_rates
    assert found.alternatives
    assert found.standing is None


def test_a_small_group_is_not_described() -> None:
    found = report("class", [OPEN] * 4, audience="educator")
    assert (found.overall_integrity_score, found.levels, found.declared_share) == (None, {}, None)


def test_declared_help_costs_nothing() -> None:
    declared = Finding(assistance_level="significant", confidence=0.9, is_declared=True)
    assert report("individual", [declared], audience="student").overall_integrity_score == 100.0


def test_a_student_gets_no_report_about_a_class() -> None:
    with pytest.raises(InvalidInput, match="student"):
        report("class", [OPEN] * 9, audience="student")


def test_the_same_findings_have_the_same_report() -> None:
    assert report("individual", [OPEN], audience="student") == report("individual", [OPEN], audience="student")
