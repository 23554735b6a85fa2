"""The sample company: believable, consistent, and with no fault but the planted ones."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from supportctl.audit.profiles import CORE
from supportctl.sandbox.company import build
from supportctl.sandbox.company.escalations import ELEMENTS
from supportctl.sandbox.company.people import LEFT, people
from supportctl.sandbox.dialects import DIALECTS, dialects
from supportctl.sandbox.records import Company, Record
from tests.sandbox.company_check import violations

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
PLATFORMS = tuple(DIALECTS)


@cache
def company(platform: str, seed: int = 7, now: datetime = NOW) -> Company:
    return build(platform, seed=seed, now=now)


def tickets(platform: str) -> dict[int, Record]:
    return {record.number: record for record in company(platform).records}


def text_of(record: Record) -> str:
    return "\n".join([record.title, record.description, *(message.text for message in record.messages)])


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_same_seed_makes_the_same_company(platform) -> None:
    assert build(platform, seed=7, now=NOW) == company(platform)
    assert build(platform, seed=8, now=NOW).records != company(platform).records


def test_platforms_differ() -> None:
    assert len({tuple(r.title for r in company(platform).records) for platform in PLATFORMS}) == len(PLATFORMS)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_size_and_spread(platform) -> None:
    records = company(platform).records
    assert 380 <= len(records) <= 440
    assert [record.number for record in records] == list(range(1, len(records) + 1))
    assert NOW - records[0].created > timedelta(days=50)
    languages = Counter(record.language for record in records)
    assert set(languages) == {"en", "de", "fr", "es", "ja", "pt", "ar"}
    assert min(languages.values()) >= 8
    statuses = {record.status for record in records}
    assert statuses == {"new", "open", "pending", "on_hold", "resolved", "closed"} | (
        set() if platform == "zendesk" else {"cancelled"}
    )
    weekdays = Counter(record.created.weekday() for record in records)
    assert weekdays[5] + weekdays[6] < 0.25 * len(records)
    clocks = [clock for record in records for clock in record.clocks]
    assert {clock.name for clock in clocks} == {"first_response", "resolution"}
    assert any(clock.paused for clock in clocks)
    assert any(clock.breached and clock.stopped for clock in clocks)
    assert any(not clock.breached and not clock.stopped for clock in clocks)
    assert sum(record.satisfaction is not None for record in records) > 20
    assert sum(any(message.attachment for message in record.messages) for record in records) > 10
    assert sum(record.problem is not None for record in records) >= 9
    assert sum(len(text_of(record)) > 40_000 for record in records) == 3
    assert any(record.due for record in records)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_times_are_ordered_and_past(platform) -> None:
    for record in company(platform).records:
        times = [message.at for message in record.messages] + [change.at for change in record.history]
        assert all(record.created <= at <= NOW for at in times), record.number
        assert record.updated == max([record.created, *times])
        assert [m.at for m in record.messages] == sorted(m.at for m in record.messages)
        assert [c.at for c in record.history] == sorted(c.at for c in record.history)
        if record.resolved is not None:
            assert record.created < record.resolved <= (record.closed or NOW)
        assert (record.closed is not None) == (record.status in {"closed", "cancelled"})
        assert (record.resolved is not None) == (
            record.status == "resolved" or (record.status == "closed" and "spam" not in record.tags)
        )


@pytest.mark.parametrize("platform", PLATFORMS)
def test_replaying_the_history_ends_at_the_fields(platform) -> None:
    for record in company(platform).records:
        final = {
            "status": record.status,
            "assignee": None if record.assignee is None else str(record.assignee),
            "group": None if record.group is None else str(record.group),
            "priority": record.priority,
            "category": record.category,
            "tags": " ".join(record.tags),
        }
        state: dict[str, str | None] = {}
        for change in record.history:
            assert state.get(change.field, change.before) == change.before, (record.number, change)
            assert change.before != change.after
            state[change.field] = change.after
        assert {field: final[field] for field in state} == state, record.number


@pytest.mark.parametrize("platform", PLATFORMS)
def test_references_exist(platform) -> None:
    known = {person.id for person in people()}
    found = tickets(platform)
    for record in found.values():
        assert {record.requester, *(m.author for m in record.messages), *(c.actor for c in record.history)} <= known
        for other in (record.problem, record.parent, record.duplicate_of):
            assert other is None or (other in found and other != record.number)
        if record.problem is not None:
            assert found[record.problem].kind == "problem"
        assert not re.search("[\x02\x03]|{[a-z]+}", re.sub("{code:java}x{code}", "", text_of(record))), record.number
        if record.status not in {"resolved", "closed"}:
            assert record.assignee != LEFT or any(plant.rule == "OWN203" for plant in truth(platform, record.number))


def truth(platform: str, number: int) -> list:
    return [plant for plant in company(platform).truth if plant.number == number]


@pytest.mark.parametrize("platform", PLATFORMS)
def test_truth_covers_every_core_rule(platform) -> None:
    """Custom fields, history and links can show all of them on each of the three platforms."""
    counts = Counter(plant.rule for plant in company(platform).truth)
    assert {code: counts[code] for code in CORE if not 3 <= counts[code] <= 8} == {}
    assert counts["duplicate"] >= 16
    assert counts["secret"] >= 8
    assert counts["trap"] >= 25
    assert {plant.number for plant in company(platform).truth} <= set(tickets(platform))


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    ("seed", "now"), [(7, NOW), (8, NOW + timedelta(days=3.3)), (9, NOW + timedelta(days=5, hours=11))]
)
def test_planted_faults_are_the_only_ones(platform, seed, now) -> None:
    """The rules read literally find what was planted; traps may look like what they say they are not."""
    made = company(platform, seed, now)
    planted = {(plant.number, plant.rule) for plant in made.truth}
    excused = {
        (plant.number, code)
        for plant in made.truth
        if plant.rule == "trap"
        for code in plant.detail.split(":")[0].split()
    }
    found = set(violations(made, platform))
    assert found - planted - excused == set()
    judged = {code for code in CORE if code != "PRV821"}
    assert {(number, rule) for number, rule in planted if rule in judged} - found == set()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_secrets_pass_their_checks(platform) -> None:
    seen = Counter()
    for plant in company(platform).truth:
        if plant.rule != "secret":
            continue
        kind, text = plant.detail.split()[0], text_of(tickets(platform)[plant.number])
        seen[kind] += 1
        if kind == "aws-access-key":
            assert re.search(r"\bAKIA[A-Z2-7]{16}\b", text)
        elif kind == "json-web-token":
            for part in re.search(r"Bearer ([\w-]+)\.([\w-]+)\.", text).groups():
                assert json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        elif kind == "card-number":
            digits = [int(digit) for digit in re.search(r"card ([\d ]{19})", text)[1].replace(" ", "")]
            assert (sum(digits[1::2]) + sum(sum(divmod(2 * digit, 10)) for digit in digits[::2])) % 10 == 0
        elif kind == "iban":
            check, basic = re.search(r"IBAN DE(\d\d)(\d{18})", text).groups()
            assert int(f"{basic}1314{check}") % 97 == 1
        elif kind == "private-key":
            assert text.count("PRIVATE KEY-----") == 2
        else:
            assert re.search(r"://\w+:\w{14}@" if kind == "password-in-url" else r"password: \S{10,}", text)
    assert len(seen) == 7


@pytest.mark.parametrize("platform", PLATFORMS)
def test_duplicates_name_their_original(platform) -> None:
    classes = Counter()
    for plant in company(platform).truth:
        if plant.rule == "duplicate":
            kind, key = plant.detail.split()
            classes[kind] += 1
            number = int(re.search(r"\d+$", key)[0]) - (10_000 if platform == "servicenow" else 0)
            original = tickets(platform)[number]
            assert key == dialects()[platform].key(original) or platform == "zendesk"
            assert original.created < tickets(platform)[plant.number].created
            linked = tickets(platform)[plant.number].duplicate_of
            assert linked in {None, number}
    assert set(classes) == {"resend", "paraphrase", "other-language", "same-error"}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_escalated_tickets_tell_some_and_lack_some(platform) -> None:
    """Twelve, in six languages; each element is told, and not told, and most are told in part somewhere."""
    truths = [plant for plant in company(platform).truth if plant.rule == "escalation"]
    assert len(truths) == 12
    assert {tickets(platform)[plant.number].language for plant in truths} == {"en", "de", "fr", "es", "pt", "ja"}
    states = Counter(each for plant in truths for each in plant.detail.split("; ") if "=" in each)
    assert sum(states.values()) == 12 * len(ELEMENTS)
    for element in ELEMENTS:
        assert states[f"{element}=present"] >= 2, element
        # Every ticket has a priority, so that the severity is never wholly missing.
        assert element == "severity" or states[f"{element}=missing"] >= 1, element
    assert sum(number for state, number in states.items() if state.endswith("=inferred")) >= 12
    for plant in truths:
        record = tickets(platform)[plant.number]
        assert "escalated" in record.tags
        for each in plant.detail.split("; "):
            if "~" in each:
                assert each.partition("~")[2] in text_of(record)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_messy_text_is_there(platform) -> None:
    every = [text_of(record) for record in company(platform).records]
    for mess in ("\x1b[31m", "[red]", "\u202e", "👩🏽\u200d💻", '<div dir="auto">', "مرحبا"):
        assert any(mess in text for text in every), mess
    assert any(record.description == "" for record in company(platform).records)
