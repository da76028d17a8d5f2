"""
The last look at what leaves a server or the host: nothing goes out that must not.

Three things are looked for: canaries (marks that stand in test and decoy records and nowhere else), identifiers that
are known (of the students of a class, say), and patterns of contact and official numbers. Writing them in capitals,
with invisible characters, in full-width letters, percent-encoded, escaped, quoted-printable, in hex or in base64 does
not hide them.
What cannot be looked at is not let out. What a caller wrote may be told back to the same caller, but for canaries.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import unquote

from scribetree.errors import ConfigError, Denied
from scribetree.privacy._checksums import is_card, is_ssn

__all__ = ["EgressScan", "Leak", "canaries_of"]

Kind = Literal["canary", "identifier", "email", "phone", "ssn", "card", "unreadable"]

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x34F, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF]
)
_NOT_WORD = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256)).ljust(256, b" ")
_SHORTEST_ENCODED = 12
_ENCODED = re.compile(rf"[A-Za-z0-9+/_-]{{{_SHORTEST_ENCODED},}}={{0,2}}")
_LOOKS_ENCODED = re.compile(r"[0-9+/=]|[a-z][A-Z]")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})|((?:\\x[0-9a-fA-F]{2})+)")
_QUOTED_PRINTABLE = re.compile(r"=(?:[0-9A-F]{2}|\r?\n)")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){6,}")
_DEPTH = 3

_SHORTEST_IDENTIFIER_IN_PROSE = 5
"""Shorter ones, `s-1` say, stand in ordinary sentences by chance, and count only where they are a whole value."""

_MAX_CANARIES_BYTES = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NOT_LOCAL = re.compile(r"[^\w.+%-]")
_LONGEST_LOCAL = 64
_EMAIL = re.compile(r"[\w.+%-]@[\w-]+(?:\.\w+)+")
_DIGITS = re.compile(r"\d(?<![\w.].)[\d -]{7,22}\d(?![\w])")
# With a separator in each gap, or with the plus sign of a country: a bare run of digits may be any number.
_PHONE = re.compile(
    r"(?<![\w.+-])(?:(?:\+?1[-. ])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[-. ])\d{3}[-. ]\d{4}"
    r"|\+[1-9](?:[ .()-]{0,2}\d){7,14})(?![\w-]|\.\d)"
)
_PHONE_BEFORE, _PHONE_AFTER = 10, 30
_PHONE_SIGN, _COUNTRY_SIGN = re.compile(r"[0-9]{3}[-. ][0-9]{4}"), re.compile(r"\+[1-9]")
_SSN = re.compile(r"(\d{3})[- ](\d{2})[- ](\d{4})")


@dataclass(frozen=True, slots=True)
class Leak:
    """That something must not go out, and why; never what it is."""

    kind: Kind


def canaries_of(home: Path) -> tuple[str, ...]:
    """The canaries of an installation, one a line of the file `canaries` in `home`; none where there is no file."""
    try:
        with (home / "canaries").open("rb") as file:
            raw = file.read(_MAX_CANARIES_BYTES + 1)
        if len(raw) > _MAX_CANARIES_BYTES:
            raise ConfigError("The file of canaries is too large.", hint=f"Keep it below {_MAX_CANARIES_BYTES} bytes.")
        return tuple(filter(None, map(str.strip, raw.decode("utf-8").splitlines())))
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError):
        raise ConfigError(
            "The file of canaries cannot be read.", hint="Make it UTF-8 text, one canary a line."
        ) from None


class EgressScan:
    """A scan for given canaries and identifiers, built once and used for every answer."""

    def __init__(self, *, canaries: Iterable[str] = (), identifiers: Iterable[str] = ()) -> None:
        self._canaries = tuple(filter(None, (_squeezed(_plain(canary)) for canary in canaries)))
        self._identifiers: set[str] = set()
        self._sizes: dict[str, set[int]] = {}
        self._short: set[str] = set()
        for identifier in identifiers:
            words = _words(_plain(identifier))
            if sum(map(len, words)) < _SHORTEST_IDENTIFIER_IN_PROSE:
                self._short.add(_plain(identifier).strip())
            else:
                self._identifiers.add(" ".join(words))
                self._sizes.setdefault(words[0], set()).add(len(words))

    def leaks(self, outgoing: str | bytes, *, given: str = "") -> frozenset[Leak]:
        """
        Everything that must not go out; nothing is found in what may.

        Each line of `outgoing` is one value; `given` is what its reader wrote, and may be told again.
        """
        try:
            text = outgoing.decode("utf-8", "replace") if isinstance(outgoing, bytes) else outgoing
            found = {value for form, is_text in _forms(text, _DEPTH) for value in self._found(form, is_text=is_text)}
            return frozenset(Leak(kind) for kind, _ in _not_own(found, given)) if found else frozenset()
        except Exception:  # noqa: BLE001 - fail closed: what cannot be looked at is not let out
            return frozenset({Leak("unreadable")})

    def let_out(self, outgoing: str) -> str:
        """`outgoing` itself if it may go; else it is denied, without a word about what was in it."""
        if self.leaks(outgoing):
            raise Denied(
                "The answer holds personal data that may not leave, and was withheld.",
                hint="Ask for less, or for an answer without names; an administrator finds the kind in the audit log.",
            )
        return outgoing

    def _found(self, form: str, *, is_text: bool) -> Iterator[tuple[Kind, str]]:
        """Each find with the words it consists of."""
        words = _words(form)
        squeezed = "".join(words) if self._canaries else ""
        for canary in self._canaries:
            if canary in squeezed:
                yield "canary", canary
        for name in self._names(words):
            yield "identifier", name
        if self._short:
            for name in self._short.intersection(map(str.strip, form.splitlines())):
                yield "identifier", " ".join(_words(name))
        if is_text:
            yield from _patterns(form)

    def _names(self, words: list[str]) -> Iterator[str]:
        """Known names among the words; what it costs depends on the text and not on how many names are known."""
        if self._sizes.keys().isdisjoint(words):
            return
        for at, word in enumerate(words):
            for size in self._sizes.get(word, ()):
                name = " ".join(words[at : at + size])
                if name in self._identifiers:
                    yield name


def _patterns(form: str) -> Iterator[tuple[Kind, str]]:
    if "@" in form:
        for found in _EMAIL.finditer(form):
            local = _NOT_LOCAL.split(form[max(0, found.start() + 1 - _LONGEST_LOCAL) : found.start()])[-1]
            yield "email", _squeezed(local + found.group())
    for sign in (*_PHONE_SIGN.finditer(form), *(_COUNTRY_SIGN.finditer(form) if "+" in form else ())):
        phone = _PHONE.search(form, max(0, sign.start() - _PHONE_BEFORE), sign.end() + _PHONE_AFTER)
        if phone is not None:
            yield "phone", _squeezed(phone.group())
    for run in _DIGITS.finditer(form):
        digits = "".join(filter(str.isdigit, run.group()))
        parts = _SSN.fullmatch(run.group())
        if parts is not None and is_ssn(*parts.groups()):
            yield "ssn", digits
        elif is_card(digits):
            yield "card", digits


def _not_own(found: Iterable[tuple[Kind, str]], given: str) -> Iterator[tuple[Kind, str]]:
    """Those finds that the reader did not write; a canary counts whoever wrote it."""
    own = [_words(form) for form, _ in _forms(given, _DEPTH)]
    spaced, squeezed = [f" {' '.join(words)} " for words in own], ["".join(words) for words in own]
    for kind, value in found:
        is_own = (
            any(f" {value} " in text for text in spaced)
            if kind == "identifier"
            else kind != "canary" and any(value in text for text in squeezed)
        )
        if not is_own:
            yield kind, value


def _forms(text: str, depth: int, *, is_text: bool = True) -> Iterator[tuple[str, bool]]:
    """The text as it is read, and as it is read once its encodings are undone; with whether it reads as text."""
    yield _plain(text), is_text
    if depth == 0:
        return
    undone = _undone(text)
    if undone != text:
        yield from _forms(undone, depth - 1, is_text=is_text)
    for token in text.split():
        for run in _ENCODED.findall(token) if len(token) >= _SHORTEST_ENCODED else ():
            if _LOOKS_ENCODED.search(run):
                for hidden in _decoded(run):
                    # A digest decodes to noise, in which an address would be found by chance.
                    yield from _forms(hidden, depth - 1, is_text=_CONTROL.search(hidden) is None)


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold()


def _undone(text: str) -> str:
    if "%" in text:
        text = unquote(text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    if "=" in text and _QUOTED_PRINTABLE.search(text):
        text = binascii.a2b_qp(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    return html.unescape(text) if "&" in text else text


def _unescaped(found: re.Match[str]) -> str:
    """One character by its number, or the text that a run of bytes is."""
    if found[1]:
        return chr(int(found[1], 16))
    return bytes.fromhex(found[2].replace("\\x", "")).decode("utf-8", "replace")


def _decoded(run: str) -> Iterator[str]:
    """What a run of letters and digits says in base64, from each of its four possible beginnings, and in hex."""
    if _HEX.fullmatch(run):
        yield bytes.fromhex(run).decode("utf-8", "replace")
    letters = run.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    for offset in range(4):
        body = letters[offset:]
        body = body[: len(body) - (len(body) % 4 == 1)]
        try:
            decoded = base64.b64decode(body + "=" * (-len(body) % 4))
        except binascii.Error:
            continue
        readable = decoded.decode("utf-8", "ignore")
        if len(readable) * 2 > len(decoded):
            yield readable


def _words(plain: str) -> list[str]:
    """The words of a plain text; marks are put aside, so that `Zoë` is found as `Zoe` too."""
    if not plain.isascii():
        parts = unicodedata.normalize("NFD", plain)
        plain = "".join(sign if sign.isalnum() else "" if unicodedata.combining(sign) else " " for sign in parts)
        return plain.split()
    return plain.encode().translate(_NOT_WORD).decode("ascii").split()


def _squeezed(plain: str) -> str:
    return "".join(_words(plain))
