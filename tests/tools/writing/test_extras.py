"""What Harper and spaCy add, and what is said where they are not installed."""

import importlib.util
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence

import pytest

from scribetree.tools.writing import check_conventions, patterns

with_harper = pytest.mark.skipif(importlib.util.find_spec("harper") is None, reason="needs the extra `harper`")
with_spacy = pytest.mark.skipif(importlib.util.find_spec("spacy") is None, reason="needs the extra `spacy`")

FAULTY = "She has wrote three letters to her uncle. The the box was to big for him, and he was there since two years."
PLAIN = "The dog slept. The cat ate. The sun rose over the town and we saw it."
NESTED = (
    "Although the committee that had been asked for advice was praised by those who knew what it had cost, the plan "
    "which it had written was rejected because nobody believed that the money could be found."
)


def without(package: str, call: str) -> Sequence[str]:
    """The lines that a fresh process prints where the package cannot be imported."""
    program = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from scribetree.errors import Unavailable\n"
        "from scribetree.tools.writing import check_conventions, patterns\n"
        f"try: {call}\n"
        "except Unavailable as gone: print(gone); print(gone.hint)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    return ended.stdout.splitlines()


@with_harper
def test_harper_finds_grammar_that_pairs_of_words_do_not_show() -> None:
    alone, joined = check_conventions(FAULTY), check_conventions(FAULTY, with_grammar=True)
    added = Counter(joined.kinds) - Counter(alone.kinds)
    assert added["grammar"] >= 2
    assert FAULTY.index("wrote") in {slip.start for slip in joined.slips if slip.kind == "grammar"}


@with_harper
def test_nothing_that_harper_says_tells_the_correction_before_it_is_unlocked() -> None:
    hidden = check_conventions(FAULTY, with_grammar=True)
    assert {slip.replacement for slip in hidden.slips} == {None}
    assert not any("written" in slip.message or "too" in slip.message for slip in hidden.slips)
    shown = check_conventions(FAULTY, with_grammar=True, unlocked=True)
    assert "written" in {slip.replacement for slip in shown.slips}


@with_harper
def test_what_was_found_without_harper_is_not_marked_a_second_time() -> None:
    alone, joined = (set(check_conventions(FAULTY, with_grammar=each).slips) for each in (False, True))
    assert alone <= joined
    assert all(new.end <= old.start or old.end <= new.start for new in joined - alone for old in alone)


@with_spacy
def test_a_parser_sees_clauses_and_passives_that_the_surface_does_not_show() -> None:
    plain = patterns(PLAIN, include_syntax=True).syntax
    nested = patterns(NESTED, include_syntax=True).syntax
    assert plain is not None
    assert nested is not None
    assert (plain.sentences, nested.sentences) == (3, 1)
    assert nested.subordinate_clauses >= 4 > plain.subordinate_clauses
    assert nested.depth > plain.depth
    assert (plain.passive_share, nested.passive_share) == (0, 1)
    assert plain.model.startswith("en_core_web_sm")


@with_spacy
def test_what_is_too_long_is_parsed_to_the_end_of_a_sentence() -> None:
    text = "The old dog slept in the warm sun. " * 2_000
    found = patterns(text, include_syntax=True).syntax
    assert found is not None
    assert 29_900 < found.characters <= 30_000
    assert text[: found.characters].endswith("sun.")


def test_without_harper_the_answer_says_what_to_install() -> None:
    said = without("harper", f"check_conventions({FAULTY!r}, with_grammar=True)")
    assert said[1].startswith("Run `pip install 'scribetree[harper]'`")


def test_without_spacy_the_answer_says_what_to_install() -> None:
    said = without("spacy", f"patterns({PLAIN!r}, include_syntax=True)")
    assert said[1].startswith("Run `pip install 'scribetree[spacy]'`")
