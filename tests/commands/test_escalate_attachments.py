"""``escalate attachments``: what would go along, and why the rest would not."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from supportctl.errors import RefusedError
from supportctl.exits import Exit
from supportctl.model import Attachment, Unknown
from tests.commands.fakes import FakeReader, Result, ticket

Cli = Callable[..., Result]
Connect = Callable[[FakeReader], FakeReader]
LOG = b"2026-03-02 12:00 ERROR one line\n"


class Files(FakeReader):
    """Content by the attachment's id."""

    content: dict[str, bytes]

    def download(self, attachment: Attachment, into: BinaryIO, *, max_bytes: int) -> int:
        if attachment.id not in self.content:
            raise RefusedError("the attachment lies on another host; it was not read")
        return into.write(self.content[attachment.id])


def files(*named: tuple[str, bytes | None]) -> Files:
    hung = [
        Attachment(id=str(number), filename=name, size=len(data or b"x"), url="https://a.example/x")
        for number, (name, data) in enumerate(named)
    ]
    reader = Files([ticket(1, attachments=hung), ticket(2, unknown={"attachments": Unknown.HIDDEN})])
    reader.content = {str(number): data for number, (_, data) in enumerate(named) if data is not None}
    return reader


def test_what_hangs_on_a_ticket(cli: Cli, connected: Connect) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.log", LOG)
    connected(files(("../up.log", LOG * 2), ("far.log", None), ("logs.zip", packed.getvalue()), ("page.html", b"<p>a")))
    result = cli("escalate", "attachments", "SUP-1", "SUP-2", "--json", "file,name,taken,kind,notes")
    assert result.code == 0
    rows = {row["name"]: row for row in json.loads(result.out)["attachments"]}
    assert rows["SUP-1/up.log"] == {
        "file": "../up.log", "name": "SUP-1/up.log", "taken": True, "kind": "text", "notes": [],
    }  # fmt: skip
    assert rows["SUP-1/far.log"]["notes"] == ["the attachment lies on another host; it was not read"]
    assert rows["SUP-1/logs.zip"]["notes"] == ["opened: 1 entry"]
    assert rows["SUP-1/logs.zip/app.log"]["taken"]
    assert rows["SUP-1/page.html.txt"]["taken"]
    assert rows["SUP-2/attachments"]["notes"] == ["the attachments are not known (hidden)"]
    assert "3 files of 6 would be taken" in result.err


def test_a_table_shows_no_control_characters(cli: Cli, connected: Connect) -> None:
    connected(
        files(
            ("\x1b[31mred\u202egol.txt", LOG),
        )
    )
    result = cli("escalate", "attachments", "SUP-1")
    assert result.code == 0
    assert "\x1b[31m" not in result.out
    assert "\u202e" not in result.out


def test_a_page_instead_of_the_file(cli: Cli, connected: Connect) -> None:
    reader = files(("app.log", b"<!DOCTYPE html><html>sign in</html>"))
    reader.tickets[0].attachments[0] = Attachment(id="0", filename="app.log", size=9000, content_type="text/plain")
    connected(reader)
    result = cli("escalate", "attachments", "SUP-1", "--json", "notes")
    assert json.loads(result.out)["attachments"] == [{"notes": ["not read: a web page came instead of it"]}]


def test_files_alone_ask_no_platform(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "app.log").write_bytes(LOG)
    result = cli("escalate", "attachments", "--attach", str(tmp_path / "app.log"))
    assert result.code == 0
    assert "app.log" in result.out
    assert "1 file of 1 would be taken" in result.err


def test_what_was_asked_for_must_be_there(cli: Cli, connected: Connect, tmp_path: Path) -> None:
    connected(files())
    assert cli("escalate", "attachments").code == Exit.USAGE
    assert cli("escalate", "attachments", "SUP-9").code == Exit.EMPTY
    missing = cli("escalate", "attachments", "--attach", str(tmp_path / "absent.log"))
    assert missing.code == Exit.USAGE
    assert "cannot read" in missing.err
    empty = cli("escalate", "attachments", "SUP-1")
    assert empty.code == 0
    assert "nothing is attached to SUP-1" in empty.err
