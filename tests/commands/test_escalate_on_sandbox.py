"""A packet of one ticket on each platform of the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from supportctl.evidence.packet import manifest
from tests.commands.fakes import Result
from tests.commands.signing_in import AUTH, sign_in
from tests.fixtures.sandbox import Sandbox

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("platform", AUTH)
def test_a_packet(
    platform: str, cli: Callable[..., Result], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sign_in(monkeypatch, sandbox, platform, writes=False)
    listed = cli(
        "list",
        "kind:incident status:resolved",
        "--limit",
        "1",
        "--with",
        "comments",
        "--json",
        "key,requester,comments",
    )
    assert listed.code == 0, listed.err
    [ticket] = json.loads(listed.out)["tickets"]
    people = [ticket["requester"], *(each["author"] for each in ticket["comments"])]
    hidden = {text for each in people if each for text in (each.get("name"), each.get("email")) if text and " " in text}
    result = cli("escalate", ticket["key"], "--to", "l2", "--out", str(tmp_path / "out"), "--json", "path")
    assert result.code == 0, result.err
    facts = json.loads(result.out)["packet"]
    folder = Path(facts["folder"])
    assert manifest.check(folder) == manifest.check(Path(facts["zip"])) == []
    assert manifest.read(folder).tickets[0].key == ticket["key"]
    told = json.loads((folder / "ticket.json").read_text())["tickets"][0]
    assert len(told["comments"]) == len(ticket["comments"])
    assert told["history"]
    held = "".join(path.read_text() for path in folder.rglob("*") if path.suffix in (".md", ".json", ".html", ".csv"))
    assert hidden
    assert not [text for text in hidden if text in held]
