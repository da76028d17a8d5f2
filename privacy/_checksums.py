"""Checksums: what makes a run of digits a card or an account rather than a number."""

import re

__all__ = ["is_aba", "is_card", "is_iban", "is_ipv4", "is_ssn"]

_CARD_STARTS = re.compile(r"3[04-9]|4|5[0-9]|6[0-9]|2[2-7]")

_LUHN_DOUBLE = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
"""The sum of the digits of twice each digit."""

# Lengths by country, ISO 13616 registry (the countries with the most accounts; others are held to 15 to 34).
_IBAN_LENGTHS = {
    "AT": 20, "BE": 16, "CH": 21, "CZ": 24, "DE": 22, "DK": 18, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27,
    "HU": 28, "IE": 22, "IT": 27, "LU": 20, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24, "SE": 24, "SK": 24,
    "TR": 26, "AE": 23, "SA": 24, "IL": 23, "PK": 24, "BR": 29,
}  # fmt: skip


def is_card(digits: str) -> bool:
    """Luhn's sum comes out, and the first digits are an issuer's (ISO/IEC 7812)."""
    if not 13 <= len(digits) <= 19 or _CARD_STARTS.match(digits) is None or len(set(digits)) < 2:
        return False
    numbers = list(map(int, digits))
    return (sum(numbers[-1::-2]) + sum(map(_LUHN_DOUBLE.__getitem__, numbers[-2::-2]))) % 10 == 0


def is_iban(compact: str) -> bool:
    """The two check digits are right and the length is the country's (ISO 13616, mod 97)."""
    expected = _IBAN_LENGTHS.get(compact[:2])
    if not 15 <= len(compact) <= 34 or (expected is not None and len(compact) != expected):
        return False
    return int("".join(str(int(sign, 36)) for sign in compact[4:] + compact[:4])) % 97 == 1


def is_aba(digits: str) -> bool:
    """The weighted sum of a United States routing number comes out, and its first two digits are in use."""
    if len(digits) != 9 or not (digits[:2] <= "12" or "21" <= digits[:2] <= "32" or "61" <= digits[:2] <= "72"):
        return False
    weights = (3, 7, 1) * 3
    return sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 10 == 0


def is_ssn(area: str, group: str, serial: str) -> bool:
    """No part is one that the Social Security Administration has never given out."""
    return area not in {"000", "666"} and area < "900" and group != "00" and serial != "0000"


def is_ipv4(text: str) -> bool:
    """Four numbers up to 255."""
    parts = text.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) <= 255 for part in parts)
