"""Several values as one sequence of bytes that no other values give: ("ab", "c") is not ("a", "bc")."""

__all__ = ["joined"]


def joined(*parts: str | bytes | int) -> bytes:
    """Each part behind its length in eight bytes, behind the number of parts."""
    framed = [len(parts).to_bytes(8)]
    for part in parts:
        encoded = part if isinstance(part, bytes) else str(part).encode()
        framed += (len(encoded).to_bytes(8), encoded)
    return b"".join(framed)
