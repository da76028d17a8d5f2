"""Nothing goes out that must not, however it is written."""

import base64
import quopri
import sys
from urllib.parse import quote

import pytest

from scribetree.errors import Denied
from scribetree.privacy.egress import EgressScan, Leak

NAME = "Zo\u00eb Adeyemi"
CANARY = "canary-7f3k-quartz"
SCAN = EgressScan(canaries=[CANARY], identifiers=[NAME, "s2041177"])
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


def encodings(secret: str) -> dict[str, str]:
    raw = secret.encode()
    return {
        "plain": secret,
        "capitals": secret.upper(),
        "zero width": "\u200b".join(secret),
        "full width": secret.translate(WIDE),
        "percent": "".join(f"%{byte:02X}" for byte in raw),
        "percent, reserved only": quote(secret),
        "base64": base64.b64encode(raw).decode(),
        "base64 for links": base64.urlsafe_b64encode(b"??" + raw).decode().rstrip("="),
        "base64 twice": base64.b64encode(base64.b64encode(raw)).decode(),
        "base64 behind letters": "xyz" + base64.b64encode(raw).decode(),
        "json": "".join(f"\\u{ord(sign):04x}" for sign in secret),
        "html": "".join(f"&#{ord(sign)};" for sign in secret),
        "hex": raw.hex(),
        "byte escapes": "".join(f"\\x{byte:02x}" for byte in raw),
        "quoted-printable": "".join(f"={byte:02X}" for byte in raw),
        "quoted-printable, where needed": quopri.encodestring(raw).decode(),
    }


@pytest.mark.parametrize("form", encodings(CANARY))
def test_a_canary_is_caught_in_any_encoding(form: str) -> None:
    assert Leak("canary") in SCAN.leaks(f"The answer is {encodings(CANARY)[form]} and no more.")


@pytest.mark.parametrize("form", encodings(NAME))
def test_a_known_name_is_caught_in_any_encoding(form: str) -> None:
    assert Leak("identifier") in SCAN.leaks(f"The answer is {encodings(NAME)[form]} and no more.")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ana@mail.org", "email"),
        ("(212) 555-0147", "phone"),
        ("212-555-0147", "phone"),
        ("+1 212 555 0147", "phone"),
        ("+44 7700 900123", "phone"),
        ("+4917612345678", "phone"),
        ("219-09-9999", "ssn"),
        ("4111 1111 1111 1111", "card"),
        ("zoe adeyemi", "identifier"),
    ],
)
def test_patterns_and_names_without_marks_are_caught(text: str, kind: str) -> None:
    assert kind in {leak.kind for leak in SCAN.leaks(f"It is {text}.")}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "An ordinary answer about 3 drafts, 12 % longer.",
        "Zoo and Adeyemi",
        "s20411775",
        "2026-11-25T01:08:23+00:00, 1300000 words, 8f14e45f-ceea-467f-9a36-dedd4bea2543 0.123-456-78901",
        "x = 3; y=20; a=b",
    ],
)
def test_an_ordinary_answer_goes_out_as_it_is(text: str) -> None:
    assert SCAN.let_out(text) is text


def test_one_name_among_very_many_is_found_without_looking_at_each() -> None:
    scan = EgressScan(identifiers=[f"Ana Souza {number}" for number in range(100_000)])
    answer = "A plain word or two. " * 90 + "Ana Souza 77123 wrote it; Ana Souza did not."
    few = calls(EgressScan(identifiers=["Ana Souza 77123"]), answer)
    assert scan.leaks(answer) == {Leak("identifier")}
    assert calls(scan, answer) == few


def calls(scan: EgressScan, text: str) -> int:
    count = 0

    def counting(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counting)
    try:
        scan.leaks(text)
    finally:
        sys.setprofile(None)
    return count


def test_bytes_that_are_no_text_are_scanned_too() -> None:
    assert SCAN.leaks(b"\xff\xfe" + CANARY.encode()) == {Leak("canary")}


def test_a_denial_does_not_repeat_what_it_withholds() -> None:
    with pytest.raises(Denied) as denied:
        SCAN.let_out(f"It is {CANARY}.")
    assert CANARY not in f"{denied.value.message} {denied.value.hint}"


def test_what_cannot_be_scanned_does_not_go_out() -> None:
    broken = EgressScan(canaries=["x"])
    object.__setattr__(broken, "_canaries", (None,))
    with pytest.raises(Denied):
        broken.let_out("harmless")
