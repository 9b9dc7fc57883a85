"""Just enough DER (X.690) to take a structure apart and to put it together otherwise than any library would."""

from __future__ import annotations

from collections.abc import Iterator

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


def values(element: bytes, offset: int = 0) -> Iterator[int]:
    """Where the bytes are in *element* that say something: neither a kind nor a length. What octets wrap counts too."""
    start, end = _span(element)
    is_wrapping = element[0] & 0x20 or (element[0] == OCTETS and element[start : start + 1] == bytes([SEQUENCE]))
    if not is_wrapping:
        yield from range(offset + start, offset + end)
        return
    for part in parts(element):
        yield from values(part, offset + start)
        start += len(part)


def _span(element: bytes) -> tuple[int, int]:
    """Where the content of the first element begins and ends."""
    first = element[1]
    if first < 128:
        return 2, 2 + first
    start = 2 + (first & 0x7F)
    return start, start + int.from_bytes(element[2:start], "big")
