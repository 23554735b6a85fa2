"""Baselines: what is accepted, until when, and what a file must look like."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from supportctl.audit import baseline as baselines
from supportctl.audit.baseline import Baseline, Entry, Scope, renewed, stand
from supportctl.errors import DataError
from supportctl.model import Finding
from tests.audit.findings import finding as made

TODAY = date(2026, 3, 2)
DATES = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1))
PRINTS = st.integers(0, 2**256 - 1).map("{:064x}".format)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
ENTRIES = st.builds(
    Entry,
    fingerprint=PRINTS,
    rule=st.sampled_from(["TIM501", "OWN201", "ACME001"]),
    ticket=st.none() | WORDS,
    reason=WORDS,
    added=DATES,
    until=st.none() | DATES,
)


def finding(number: int, rule: str = "TIM501") -> Finding:
    return made(rule=rule, ticket=f"SUP-{number}", ticket_id=str(number), fingerprint=f"{number:064x}")


def entry(number: int, **changes: object) -> Entry:
    values: dict[str, object] = {
        "fingerprint": f"{number:064x}", "rule": "TIM501", "ticket": f"SUP-{number}", "reason": "known", "added": TODAY,
        "scope": HERE,
    }  # fmt: skip
    return Entry(**{**values, **changes})  # type: ignore[arg-type]


def of(*entries: Entry) -> Baseline:
    return Baseline(entries={each.fingerprint: each for each in entries})


HERE = baselines.origin("i", "ada", "is:unresolved")
EVERYTHING = Scope(rules=frozenset({"TIM501", "OWN201"}), whole=True, origin=HERE)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ENTRIES, max_size=6, unique_by=lambda each: each.fingerprint))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]) -> None:
    path = tmp_path_factory.getbasetemp() / "baseline.json"
    path.unlink(missing_ok=True)
    baselines.write(of(*entries), path)
    assert baselines.read(path).entries == of(*entries).entries
    assert path.read_bytes() == baselines.dump(of(*reversed(entries)))


def test_one_entry_a_line_in_the_order_people_count() -> None:
    lines = baselines.dump(of(entry(10), entry(9), entry(1, rule="OWN201"))).decode().splitlines()
    assert [line.partition('"ticket":')[2][:8].strip('",') for line in lines[1:-1]] == ["SUP-1", "SUP-9", "SUP-10"]


def test_an_entry_holds_through_its_last_day() -> None:
    accepting = of(entry(1, until=TODAY))
    assert accepting.accepts(finding(1).fingerprint, TODAY) is not None
    assert accepting.accepts(finding(1).fingerprint, TODAY + timedelta(days=1)) is None
    assert accepting.accepts(finding(2).fingerprint, TODAY) is None


def test_how_entries_stand() -> None:
    known = of(entry(1), entry(2, until=TODAY - timedelta(days=1)), entry(3), entry(4, rule="RES601"))
    standing = stand(known, [finding(1).fingerprint, finding(2).fingerprint], EVERYTHING, TODAY)
    assert [each.ticket for each in standing.met] == ["SUP-1"]
    assert [each.ticket for each in standing.expired] == ["SUP-2"]
    assert [each.ticket for each in standing.gone] == ["SUP-3"]
    assert [each.ticket for each in standing.unseen] == ["SUP-4"], "its rule did not run"


def test_nothing_is_gone_that_nobody_looked_for() -> None:
    part = Scope(rules=frozenset({"TIM501"}), whole=False, read=frozenset({"SUP-1"}))
    standing = stand(of(entry(1), entry(2), entry(3, ticket=None)), [], part, TODAY)
    assert [each.ticket for each in standing.gone] == ["SUP-1"]
    assert [each.ticket for each in standing.unseen] == ["SUP-2", None]


def test_written_again_reasons_stay_and_what_is_gone_goes() -> None:
    before = of(
        entry(1, reason="vendor", until=TODAY + timedelta(days=9), added=date(2026, 1, 1)),
        entry(2, reason="old", until=TODAY - timedelta(days=1)),
        entry(3),
        entry(4, rule="RES601", reason="of another rule"),
    )
    after = renewed(before, [finding(1), finding(2), finding(5)], EVERYTHING, TODAY, reason="now", until=None)
    kept = {each.ticket: (each.reason, each.until, each.added) for each in after.entries.values()}
    assert kept == {
        "SUP-1": ("vendor", TODAY + timedelta(days=9), date(2026, 1, 1)),
        "SUP-2": ("now", None, TODAY),
        "SUP-4": ("of another rule", None, TODAY),
        "SUP-5": ("now", None, TODAY),
    }


GOOD = baselines.dump(of(entry(1))).decode()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no baseline"),
        ("{}", "is no baseline"),
        ("[]", "is no baseline"),
        (GOOD.replace("/v1", "/v2"), "'supportctl/baseline/v2', and this version reads 'supportctl/baseline/v1'"),
        (GOOD.replace("supportctl/baseline/v1", "\x1b[2J"), "is no baseline"),
        (GOOD.replace("2026-03-02", "soon"), "is no baseline"),
        (GOOD.replace('"reason":"known",', ""), "missing required field `reason`"),
        (GOOD.replace('"reason":', '"untill":"2026-01-01","reason":'), "unknown field `untill`"),
        (GOOD.replace("0" * 60, "Z" * 60), "the fingerprint of entry 1 is none"),
        (GOOD.replace("\n]", ",\n" + GOOD.splitlines()[1] + "\n]"), "entry 2 is there twice"),
        (GOOD[:-20], "is no baseline"),
    ],
)
def test_a_file_that_is_none(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(DataError) as raised:
        baselines.read(path)
    assert said in raised.value.message
    assert "\x1b" not in raised.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        baselines.read(tmp_path / "none.json")
    assert baselines.read_if_there(tmp_path / "none.json").entries == {}
