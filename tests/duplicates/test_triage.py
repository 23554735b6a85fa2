"""A review is what was said last of each pair, whatever keys were pressed, and whenever it ended."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportctl.duplicates.decisions import Decisions, Verdict
from supportctl.duplicates.triage import Triage
from tests.duplicates.suggested import BORN, suggestion, ticket

VERDICTS = {"y": Verdict.SAME, "n": Verdict.DIFFERENT, "l": Verdict.LATER}
FOUND = [suggestion(ticket(number + 1), ticket(number), 1 - number / 20) for number in range(1, 9, 2)]


@given(st.lists(st.text("ynlup", max_size=8), max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=timedelta(seconds=5))
def test_the_file_is_what_was_said(tmp_path: Path, sessions: list[str]) -> None:
    path = tmp_path / "decisions.ndjson"
    path.unlink(missing_ok=True)
    said: dict[str, Verdict] = {}
    for keys in sessions:
        triage = Triage([*FOUND, FOUND[0]], Decisions(path), clock=lambda: BORN, by="ada")
        wanted = [each for each in FOUND if said.get(each.ticket.key) in (None, Verdict.LATER)]
        assert len(triage.queue) == len(wanted)
        put_off = [said.get(each.ticket.key) is Verdict.LATER for each in triage.queue]
        assert put_off == sorted(put_off)
        before: list[tuple[str, Verdict | None]] = []
        for key in keys:
            current = triage.current
            if key == "u":
                assert triage.undo() is bool(before)
                if before:
                    name, old = before.pop()
                    said.pop(name)
                    if old is not None:
                        said[name] = old
            elif current is not None and key == "p":
                triage.pass_over()
            elif current is not None and key in VERDICTS:
                before.append((current.ticket.key, said.get(current.ticket.key)))
                said[current.ticket.key] = VERDICTS[key]
                triage.say(VERDICTS[key])
        kept = {each.ticket.key: each.verdict for each in Decisions(path).latest().values()}
        assert kept == said
