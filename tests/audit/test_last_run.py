"""What a run found is kept for its owner, found again by the beginning of a fingerprint, and never half."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from supportctl.audit import last_run
from supportctl.audit.last_run import by_fingerprint, label, path_of, read, write
from supportctl.audit.learned import Learned
from supportctl.errors import StateError, UsageError
from supportctl.model import Finding
from tests.audit.cases import NOW
from tests.audit.findings import finding as made


def finding(fingerprint: str, key: str | None = "SUP-1") -> Finding:
    return made(ticket=key, ticket_id=None if key is None else "1", fingerprint=fingerprint)


def test_a_round_trip(tmp_path: Path) -> None:
    found = [finding("abcd12"), finding("abce34", None)]
    write(tmp_path / "state", "prod", iter(found), NOW, Learned(tickets=7))
    kept = read(tmp_path / "state", "prod")
    assert kept is not None
    assert (kept.at, kept.findings, kept.total, kept.learned.tickets) == (NOW, found, 2, 7)
    assert read(tmp_path / "state", "other") is None
    write(tmp_path / "state", "prod", [], NOW)
    assert (again := read(tmp_path / "state", "prod")) is not None
    assert again.findings == []
    assert [each.name for each in (tmp_path / "state" / "audit").iterdir()] == ["last-prod.ndjson"]


@pytest.mark.skipif(sys.platform == "win32", reason="no modes there")
def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    write(tmp_path, "prod", [finding("a")], NOW)
    assert stat.S_IMODE(path_of(tmp_path, "prod").stat().st_mode) == 0o600


def test_more_than_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_run, "CAP", 2)
    write(tmp_path, "prod", [finding(f"{number:08x}") for number in range(5)], NOW)
    kept = read(tmp_path, "prod")
    assert kept is not None
    assert (len(kept.findings), kept.total) == (2, 5)
    with pytest.raises(UsageError, match="5 findings, of which 2 were kept"):
        by_fingerprint(kept, "ffff")


def test_a_profile_is_no_path(tmp_path: Path) -> None:
    write(tmp_path / "state", "../../x", [], NOW)
    assert path_of(tmp_path / "state", "../../x").parent == tmp_path / "state" / "audit"
    assert read(tmp_path / "state", "../../x") is not None


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b"nonsense", b'{"schema":"supportctl/last-run/v9","at":"2026-01-01T00:00:00Z","total":0}']
)
def test_what_cannot_be_used_is_as_if_it_were_not_there(tmp_path: Path, content: bytes) -> None:
    path_of(tmp_path, "prod").parent.mkdir()
    path_of(tmp_path, "prod").write_bytes(content)
    assert read(tmp_path, "prod") is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StateError):
        write(tmp_path / "state", "prod", [], NOW)


def test_the_beginning_of_a_fingerprint(tmp_path: Path) -> None:
    write(tmp_path, "prod", [finding("abcd12"), finding("abce34", None), finding("abcd12")], NOW)
    kept = read(tmp_path, "prod")
    assert kept is not None
    assert label(by_fingerprint(kept, "ABCD")) == "TIM501:SUP-1"
    assert label(by_fingerprint(kept, "abce")) == "TIM501"
    with pytest.raises(UsageError, match="2 findings of the last run begin with 'abc'"):
        by_fingerprint(kept, "abc")
    with pytest.raises(UsageError, match="no finding of the last run"):
        by_fingerprint(kept, "ffff")
