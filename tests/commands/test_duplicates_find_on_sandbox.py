"""`duplicates find` on all dialects over HTTP: the kept index, brought up to date, finds what was planted."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from supportctl.duplicates.suggestion import Kind, Suggestion
from tests.commands.fakes import Result
from tests.commands.signing_in import AUTH, sign_in
from tests.fixtures.sandbox import Sandbox

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("platform", tuple(AUTH))
def test_planted_resends_are_found_again_from_the_index(
    cli: Callable[..., Result], sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, platform: str
) -> None:
    sign_in(monkeypatch, sandbox, platform, writes=False)
    truth = {(each.key, each.detail.partition(" ")[2]) for each in sandbox.store.truth(platform)
             if each.rule == "duplicate" and each.detail.startswith("resend ")}  # fmt: skip
    later = sorted(key for key, _ in truth)
    runs = []
    for _ in range(2):
        done = cli("duplicates", "find", f"key:{','.join(later)}", "--linked", "--format", "ndjson")
        assert done.code == 0, done.err
        assert "of the kept index created since " in done.err
        runs.append([msgspec.json.decode(line, type=Suggestion) for line in done.out.splitlines()])
    assert runs[0] == runs[1]
    exact = {(each.ticket.key, each.of.key) for each in runs[0] if each.kind is Kind.RESEND}
    assert len(exact & truth) >= 4
