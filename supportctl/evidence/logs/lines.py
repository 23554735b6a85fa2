"""Lines of a text that comes in pieces."""

from collections.abc import Iterator

LONGEST = 65_536
"""Characters of a line that are looked at; the rest of it is passed over."""


def lines(pieces: Iterator[str]) -> Iterator[str]:
    """Without their ends. Carriage returns alone end no line (progress bars write them); NULs are dropped."""
    rest = ""
    long = False
    for piece in pieces:
        found = (rest + piece).split("\n")
        rest = found.pop()
        for line in found:
            if long:
                long = False  # The end of a line whose beginning was told.
                continue
            yield _bare(line)
        if len(rest) > LONGEST:
            if not long:
                yield _bare(rest[:LONGEST])
            long, rest = True, ""
    if rest and not long:
        yield _bare(rest)


def _bare(line: str) -> str:
    line = line.removesuffix("\r")
    if "\r" in line:
        line = line[line.rindex("\r") + 1 :]
    if "\x00" in line:
        line = line.replace("\x00", "")
    return line if len(line) <= LONGEST else line[:LONGEST]
