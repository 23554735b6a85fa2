"""The sample company's ticket with odd attachments, collected from every platform."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

import pytest

from supportctl.adapters import reading
from supportctl.adapters.base import Need
from supportctl.evidence.attachments import Collected, Kind, Limits, collect
from tests.conformance.desk import Desk


@pytest.fixture
def found(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Collected]:
    """By what the sender called them. Nothing of it was written to a disk on the way."""
    platform = desk.subject.platform
    [key] = [each.key for each in desk.sandbox.store.truth(platform) if "message is in the attachment" in each.detail]
    tickets = reading.get(desk.adapter, [key], frozenset({Need.ATTACHMENTS})).tickets
    empty = tmp_path / "temporary"
    empty.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(empty))
    heard: list[str] = []
    every = collect(tickets=tickets, reader=desk.adapter, limits=Limits(file_bytes=1 << 20), tell=heard.append)
    assert list(empty.iterdir()) == []
    assert heard == [each.told for each in every]
    assert {each.origin for each in every} == {tickets[0].key}
    assert desk.sandbox.stats["notes"] == {}
    return {each.told: each for each in every}


def test_what_is_taken_and_why_the_rest_is_not(found: dict[str, Collected], desk: Desk) -> None:
    path = found["../../startup/report.txt"]
    assert path.name.endswith("/report.txt")
    assert path.name.count("/") == 1
    assert path.data == b"The name looks like a path.\n"
    assert path.sha256 == hashlib.sha256(path.data).hexdigest()
    reasons = {told: each.notes[0] for told, each in found.items() if not each.taken}
    assert re.search("was deleted|is gone", reasons.pop("deleted.log"))
    assert reasons.pop("invoice.pdf.exe") == "a program: it was not read"
    assert reasons.pop("recording.log") == "not read: larger than 1 MB"
    assert reasons.pop("endless.log") == "not read: larger than 1 MB"
    assert "elsewhere.example" in reasons["elsewhere.log"]
    assert "not on the profile's list" in reasons.pop("elsewhere.log")
    assert "169.254.169.254" in reasons["inside.log"]
    assert "was not read" in reasons.pop("inside.log")
    assert "in circles" in reasons.pop("circle.log")
    if desk.subject.platform == "zendesk":
        assert "found malware" in reasons.pop("scanned.txt")
    assert reasons == {}
    assert all(
        each.kind is Kind.UNREAD and each.sha256 is None for each in found.values() if each.notes and not each.taken
    )


def test_the_honest_one_beside_them_is_taken(found: dict[str, Collected]) -> None:
    [honest] = [each for told, each in found.items() if told in ("device.log", "label.png")]
    assert honest.taken
    assert honest.needs_eye == (honest.kind is Kind.IMAGE)
    assert honest.size
