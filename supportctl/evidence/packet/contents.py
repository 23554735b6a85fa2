"""Content of a file: bytes, or an open file where it is too large to be held."""

import hashlib
import io
from collections.abc import Iterator
from typing import BinaryIO

Content = bytes | BinaryIO
_PIECE = 1 << 20


def pieces(content: Content) -> Iterator[bytes]:
    """From its beginning."""
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    while piece := content.read(_PIECE):
        yield piece
    content.seek(0)


def size(content: Content) -> int:
    if isinstance(content, bytes):
        return len(content)
    end = content.seek(0, io.SEEK_END)
    content.seek(0)
    return end


def digest(content: Content) -> str:
    """SHA-256, in hexadecimal."""
    hashed = hashlib.sha256()
    for piece in pieces(content):
        hashed.update(piece)
    return hashed.hexdigest()
