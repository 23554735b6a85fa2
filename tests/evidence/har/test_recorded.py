"""Recordings of real browsers and proxies."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from supportctl.evidence import har

pytestmark = pytest.mark.recordings


def test_all_are_read(recordings: Path) -> None:
    """Entries are counted by another reader; what has none is told to be no HAR."""
    files = sorted((recordings / "data" / "har").rglob("*.har"))
    assert files
    for path in files:
        data = path.read_bytes()
        try:
            told = json.loads(data.decode("utf-8-sig"))
            entries = 1 if "request" in told else len(told["log"]["entries"])
        except (ValueError, KeyError, TypeError):
            entries = 0
        summary = har.summarize(path.name, data)
        assert summary.entries == entries, path.name
        assert summary.readable == bool(entries), path.name


def test_values_of_cookies_are_not_shown(recordings: Path) -> None:
    for path in sorted((recordings / "data" / "har").rglob("*.har")):
        text = path.read_bytes().decode("utf-8-sig", "replace")
        shown = msgspec.json.encode(har.summarize(path.name, path.read_bytes())).decode()
        for pair in re.findall(r'"name":\s*"[Cc]ookie",\s*"value":\s*"([^"]+)"', text):
            for cookie in pair.split("; "):
                value = cookie.partition("=")[2]
                if len(value) >= 12 and "." not in value:
                    assert value not in shown, path.name
