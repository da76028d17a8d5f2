"""What is found, what stays, and that offsets are those of the text as it was given."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribetree.privacy.pii import find


def found(text: str) -> list[tuple[str, str]]:
    return [(text[span.start : span.end], span.label) for span in find(text)]


@pytest.mark.parametrize(
    ("text", "value", "label"),
    [
        ("Write to maria.lopez@mail.example.org today.", "maria.lopez@mail.example.org", "EMAIL"),
        ("You can reach me at maria dot lopez at gmail dot com.", "maria dot lopez at gmail dot com", "EMAIL"),
        ("Mail m a r i a @ g m a i l . c o m please.", "m a r i a @ g m a i l . c o m", "EMAIL"),
        ("Call me on (212) 555-0199 ext. 12 tonight.", "(212) 555-0199 ext. 12", "PHONE"),
        ("Call me: 5 5 5 - 1 2 3 - 4 5 6 7.", "5 5 5 - 1 2 3 - 4 5 6 7", "PHONE"),
        ("My cell is +44 7700 900123 now.", "+44 7700 900123", "PHONE"),
        ("My blog is at https://ana.example.net/posts .", "https://ana.example.net/posts", "URL_PERSONAL"),
        ("Follow me on instagram.com/maria.l for more.", "instagram.com/maria.l", "URL_PERSONAL"),
        ("My student ID is A-204417.", "A-204417", "ID_NUM"),
        ("On Discord I am known as nightowl_77 there.", "nightowl_77", "USERNAME"),
        ("We live at 12 Oak Road, Apt 3, Dayton, OH 45402.", "12 Oak Road, Apt 3, Dayton, OH 45402", "STREET_ADDRESS"),
        ("Ich wohne in der Lindenstraße 14, 10969 Berlin.", "Lindenstraße 14, 10969 Berlin", "STREET_ADDRESS"),
        ("My birthday is the 3rd of May 2009.", "3rd of May 2009", "DATE_OF_BIRTH"),
        ("My social security number is 219-09-9999.", "219-09-9999", "SSN"),
        ("Her card is 4111 1111 1111 1111.", "4111 1111 1111 1111", "CREDIT_CARD"),
        ("Send it to DE89 3704 0044 0532 0130 00 please.", "DE89 3704 0044 0532 0130 00", "BANK_ACCOUNT"),
        ("I logged in from 203.0.113.7 yesterday.", "203.0.113.7", "IP_ADDRESS"),
        ("Last year I was diagnosed with depression.", "I was diagnosed with depression", "HEALTH"),
        ("Since then my parents got divorced and we moved.", "my parents got divorced", "FAMILY"),
        ("My best friend Ngozi Okafor told me.", "Ngozi Okafor", "NAME"),
        ("My friend writes his name as \u738b\u5c0f\u660e every time.", "\u738b\u5c0f\u660e", "NAME"),
        ("My cousin's real name is \u0645\u062d\u0645\u062f here.", "\u0645\u062d\u0645\u062f", "NAME"),
        ("I was born in 2008 and I like trains.", "2008", "DATE_OF_BIRTH"),
        ("I stream as mapleotter every night.", "mapleotter", "USERNAME"),
        ("My library account (207469268) is blocked.", "207469268", "ID_NUM"),
        ("I lost my ID card. The number was 53657214.", "53657214", "ID_NUM"),
        ("Meet me at 66362 County Road 57 tonight.", "66362 County Road 57", "STREET_ADDRESS"),
        ("My brother has been in a wheelchair since May.", "My brother has been in a wheelchair", "HEALTH"),
        ("my name is marisol vega and i am ten.", "marisol vega", "NAME"),
        ("My lab partner Md. Rakibul Islam was late.", "Md. Rakibul Islam", "NAME"),
        ("In August Zbigniew taught me to swim.", "Zbigniew", "NAME"),
        ("He lost his licence (MORGA657054SM9IJ) again.", "MORGA657054SM9IJ", "ID_NUM"),
        ("Member no. GSUSA 60412288 is mine.", "GSUSA 60412288", "ID_NUM"),
        ("We got new cards. Mine is 41902 and hers is newer.", "41902", "ID_NUM"),
        ("My ID is 40077195. Contact my father, (937) 555-0110.", "(937) 555-0110", "PHONE"),
        ("Guardian's mobile: 98400 55512", "98400 55512", "PHONE"),
        ("We left 418 Elm Ct, Unit B, Dayton, OH 45410.", "418 Elm Ct, Unit B, Dayton, OH 45410", "STREET_ADDRESS"),
        ("My username on her goodbye page is lonelybanhmi now.", "lonelybanhmi", "USERNAME"),
        ("I go by SilentDumpling on the server.", "SilentDumpling", "USERNAME"),
    ],
)  # fmt: skip
def test_each_kind_is_found_whole(text: str, value: str, label: str) -> None:
    assert (value, label) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "According to Jean Piaget, learning takes time.",
        "As Toni Morrison writes, language is a measure of our lives.",
        "(Garcia & Lopez, 2015) found the same.",
        "Will the law change? Hope is not a plan.",
        "In 2018 about 1300000 people died, 40,000 of them in the United States.",
        "Depression is common, and divorce is too.",
        "My parents argue that phones are bad, and my best friend beat me at chess.",
        "We learned the word \u798f, which means luck.",
        "The card 4111 1111 1111 1112 is not valid.",
        "The game ended 3-2-1, and 9/11 changed the world.",
        "I miss El Salvador, and my aunt misses it more.",
        "Albert Einstien failed, as Thomas jefferson did, and both tried again.",
        "OLDER PEOPLE SOMETIMES DO WHAT U DONT TRY TO DO.",
        "See https://www.nytimes.com/2018/05/03/cars.html for the article.",
        "Napoleon was born on August 15, 1769.",
        "",
    ],
)
def test_what_is_everybodys_stays(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "hidden",
    ["jo\u200bhn@ma\u200bil.org", "\uff4a\uff4f\uff48\uff4e@mail.org", "j\u043ehn@mail.org"],
    ids=["zero width", "full width", "look-alike"],
)
def test_disguised_letters_do_not_hide_an_address(hidden: str) -> None:
    assert found(f"Write to {hidden} now.") == [(hidden, "EMAIL")]


def test_an_account_name_is_found_wherever_it_stands_again() -> None:
    text = "My gamertag is BigRigNate. Nobody knew who BigRigNate was."
    assert found(text) == [("BigRigNate", "USERNAME")] * 2


def test_a_stranger_whose_work_is_told_of_is_public_by_the_last_name_too() -> None:
    text = (
        "The novelist Lydia Marchbanks published her first book in 1962. Critics praised the novel. In 1970 Marchbanks "
        "won a prize for her memoir."
    )
    assert found(text) == []


def test_whoever_is_named_in_full_once_is_known_by_one_name_afterwards() -> None:
    text = "My friend Anjali Nayak came over. Later Anjali left."
    assert [value for value, label in found(text) if label == "NAME"] == ["Anjali Nayak", "Anjali"]


def test_a_cited_author_who_shares_a_friends_name_does_not_free_the_friend() -> None:
    assert ("Maria Montessori", "NAME") in found("My name is Maria Montessori and I am in grade 9.")


@pytest.mark.parametrize(
    "text",
    [
        "\ud800 my name is Lea \udfff",
        "\u202eMy name is Lea",
        "\U0001f600" * 50,
        "a" * 100_000,
        "1 " * 50_000,
        "@" * 50_000,
    ],
)
def test_odd_text_is_read_to_its_end(text: str) -> None:
    assert all(0 <= span.start < span.end <= len(text) for span in find(text))


@given(st.text(max_size=400))
@settings(max_examples=300, deadline=None)
def test_spans_are_in_order_inside_the_text_and_apart(text: str) -> None:
    spans = find(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(span.start < span.end <= len(text) for span in spans)


PIECE = "My friend Ana Souza (ana@mail.org, 212-555-0123) lives at 4 Elm Street. See Piaget (1970). my mom is ill. "


@pytest.mark.parametrize(
    "piece", [PIECE, "a" * 60 + " ", "1-2 ", "@x.y ", "Aa ", "born may ", "\u200bname ", "dot at "]
)
def test_twice_the_text_is_at_most_twice_the_work(piece: str) -> None:
    """Work is counted in calls of functions, so that the machine's mood has no say."""
    short, long = (calls(piece * size) for size in (60, 120))
    assert long <= 2.2 * short + 50


def calls(text: str) -> int:
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    find(text)
    sys.setprofile(counting)
    try:
        find(text)
    finally:
        sys.setprofile(None)
    return count
