"""Several values as one sequence of bytes that no other values give: ("ab", "c") is not ("a", "bc")."""

__all__ = ["joined"]


def joined(*parts: str | bytes | int) -> bytes:
    """Each part behind its length in eight bytes, behind the number of parts."""
    encoded = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    return len(encoded).to_bytes(8) + b"".join(len(part).to_bytes(8) + part for part in encoded)
