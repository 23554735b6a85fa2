"""Attachments whose content is not simply there: deleted, dangerous, endless, or said to lie somewhere else.

They hang on one ticket of the sample company, so that whoever reads attachments meets them before going out.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import TYPE_CHECKING

from supportctl.sandbox.records import OddFile

if TYPE_CHECKING:
    from starlette.responses import Response

    from supportctl.sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS file_fate (
  platform TEXT NOT NULL, id TEXT NOT NULL, fate TEXT NOT NULL, PRIMARY KEY (platform, id)
) WITHOUT ROWID;
"""
HUGE = 300 * 1024 * 1024
_PIECE = bytes(65_536)


class Fate(StrEnum):
    DELETED = "deleted"
    """Still listed; the content is gone."""
    MALWARE = "malware"
    """Found by the platform's own scan (Zendesk tells)."""
    HUGE = "huge"
    ENDLESS = "endless"
    """More comes than was told of, and goes on coming."""
    ELSEWHERE = "elsewhere"
    """A redirect to a host that is neither the platform's nor one of its content hosts."""
    INSIDE = "inside"
    """A redirect to where clouds tell their secrets."""
    CIRCLE = "circle"


_PLACES = {
    Fate.ELSEWHERE: "https://files.elsewhere.example/get/1",
    Fate.INSIDE: "http://169.254.169.254/latest/meta-data/",
}
ODD_FILES = (
    OddFile("../../startup/report.txt", "text/plain", b"The name looks like a path.\n"),
    OddFile("deleted.log", "text/plain", b"This was deleted.\n", Fate.DELETED),
    OddFile("invoice.pdf.exe", "application/x-msdownload", b"MZ\x90\x00\x03\x00\x00\x00 not really a program"),
    OddFile("scanned.txt", "text/plain", b"Not really malware.\n", Fate.MALWARE),
    OddFile("recording.log", "text/plain", b"", Fate.HUGE),
    OddFile("endless.log", "text/plain", b"It begins so.\n", Fate.ENDLESS),
    OddFile("elsewhere.log", "text/plain", b"Never read.\n", Fate.ELSEWHERE),
    OddFile("inside.log", "text/plain", b"Never read.\n", Fate.INSIDE),
    OddFile("circle.log", "text/plain", b"Never read.\n", Fate.CIRCLE),
)


def told_size(content: bytes, fate: str) -> int:
    return HUGE if fate == Fate.HUGE else len(content)


def plant(db: sqlite3.Connection, platform: str, id_: str | int, fate: str) -> None:
    if fate:
        db.execute("INSERT OR REPLACE INTO file_fate VALUES (?, ?, ?)", (platform, str(id_), fate))


def fate_of(store: "Store", platform: str, id_: str | int) -> str:
    """Empty: the content is there."""
    found = store.value("SELECT fate FROM file_fate WHERE platform = ? AND id = ?", (platform, str(id_)))
    return str(found or "")


def answer(fate: str, here: str, media: str, *, redirect: int = 302) -> "Response | None":
    """What comes instead of the content; None: the dialect's own answer. ``here``: the address that was asked;
    ``redirect``: the state by which the platform sends elsewhere."""
    from starlette.responses import RedirectResponse, StreamingResponse

    if fate == Fate.CIRCLE:
        return RedirectResponse(here, redirect)
    if place := _PLACES.get(Fate(fate)) if fate else None:
        return RedirectResponse(place, redirect)
    if fate == Fate.HUGE:
        return StreamingResponse(_zeros(HUGE), media_type=media, headers={"Content-Length": str(HUGE)})
    if fate == Fate.ENDLESS:
        return StreamingResponse(_zeros(None), media_type=media)
    return None


async def _zeros(size: int | None) -> AsyncIterator[bytes]:
    sent = 0
    while size is None or sent < size:
        sent += len(_PIECE)
        yield _PIECE
        # Sending to who has gone is no wait: only in one is it noticed.
        await asyncio.sleep(0)
