"""Just enough DER (X.690) to take a structure apart and to put it together otherwise than any library would."""

from __future__ import annotations

SEQUENCE, OCTETS, BITS = 0x30, 0x04, 0x03


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element of *parts*, in the shortest form."""
    body = b"".join(parts)
    size = len(body)
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 | len(length)]) + length) + body


def body(element: bytes) -> bytes:
    """What the first element in *element* contains."""
    start, end = _span(element)
    return element[start:end]


def parts(element: bytes) -> list[bytes]:
    """The elements within *element*, each whole."""
    rest = body(element)
    found = []
    while rest:
        end = _span(rest)[1]
        found.append(rest[:end])
        rest = rest[end:]
    return found


def _span(element: bytes) -> tuple[int, int]:
    """Where the content of the first element begins and ends."""
    first = element[1]
    if first < 128:
        return 2, 2 + first
    start = 2 + (first & 0x7F)
    return start, start + int.from_bytes(element[2:start], "big")
