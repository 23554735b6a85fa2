"""Texts written per ticket: what they print, what stops them, and what they may not do."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from supportctl.adapters.base import Need
from supportctl.changes.messages import CannotWriteError, Message
from supportctl.changes.templates import every, find, parse_given, shipped, text_of
from supportctl.errors import SupportctlError, UsageError
from supportctl.model import CustomField, Link, LinkType, NamedRef, Person, Platform, Status, Ticket, Unknown

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ticket(**fields: object) -> Ticket:
    values: dict[str, object] = {
        "platform": Platform.ZENDESK,
        "profile": "p",
        "id": "1",
        "key": "#1",
        "title": "Drucker <brennt> & raucht",
        "status": Status.OPEN,
        "requester": Person(id="c1", name="Zoë 山田"),
        "group": NamedRef(id="g1", name="Tier 1"),
        "tags": ["a", "b"],
        "created_at": datetime(2026, 2, 1, 8, 30, tzinfo=UTC),
    }
    return Ticket(**{**values, **fields})  # type: ignore[arg-type]


def write(source: str, each: Ticket | None = None, *, limit: int = 1000, **given: str) -> str:
    return Message(source, "TEXT", profile="prod", given=given).write(each or ticket(), now=NOW, limit=limit)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Hi {{ ticket.requester.name }}: {{ ticket.title }}", "Hi Zoë 山田: Drucker <brennt> & raucht"),
        ("{{ ticket['key'] }} in {{ profile }}", "#1 in prod"),
        ("{{ ticket.status }} since {{ ticket.created_at }}", "open since 2026-02-01 08:30 UTC"),
        ("{{ ticket.created_at | date('%d.%m.%Y') }} {{ now | date }}", "01.02.2026 2026-03-02"),
        ("{{ ticket.tags }}", "a, b"),
        ("{% for tag in ticket.tags %}[{{ tag }}]{% endfor %}", "[a][b]"),
        ("{{ ticket.category | default('none') }}", "none"),
        ("{{ ticket.assignee.name | default('nobody') }}", "nobody"),
        ("{% if ticket.assignee.name %}x{% else %}y{% endif %}", "y"),
        ("{% if ticket.assignee.name is defined %}x{% else %}y{% endif %}", "y"),
        ("{{ ticket.duplicate_of }}", "#7"),
        ("{{ ticket.custom['Root cause'] }} {{ ticket.custom['42'] }}", "Network Network"),
        ("{{ var.team }}", "Billing"),
        ("{% raw %}{{ braces }}{% endraw %}", "{{ braces }}"),
        ("plain <b>text</b>", "plain <b>text</b>"),
        ("{# a remark #}\nx", "x"),
    ],
)
def test_what_texts_print(source: str, expected: str) -> None:
    each = ticket(
        links=[Link(type=LinkType.DUPLICATE_OF, key="#7")],
        custom=[CustomField(id="42", name="Root cause", value={"value": "Network", "id": "9"})],
    )
    assert write(source, each, team="Billing") == expected


@pytest.mark.parametrize(
    ("source", "fields", "told"),
    [
        ("{{ ticket.category }}", {}, "ticket.category is empty"),
        ("{{ ticket.assignee.name }}", {}, "ticket.assignee is empty"),
        ("{{ ticket.requester.email }}", {}, "ticket.requester.email is unknown"),
        ("{{ ticket.requester.name }}", {"unknown": {"requester": Unknown.HIDDEN}}, "ticket.requester is unknown"),
        ("{{ ticket.category }}", {"unknown": {"category": Unknown.ABSENT}}, "ticket.category is unknown"),
        ("{% if ticket.category %}x{% endif %}y", {"unknown": {"category": Unknown.HIDDEN}}, "is unknown"),
        ("{{ ticket.custom['Root cause'] }}", {}, "'Root cause' is unknown"),
        ("{{ ticket.duplicate_of }}", {}, "ticket.duplicate_of is empty"),
        ("{{ ticket.category | default('') }}", {}, "would be empty"),
        ("{{ ticket.title }}" * 60, {}, "longer than the 1,000 characters"),
        ("{% for tag in ticket.category %}x{% endfor %}", {}, "is empty"),
        ("{{ ticket.created_at | date('%99999Y') }}", {}, "ValueError"),
    ],
)
def test_what_stops_a_text_for_one_ticket(source: str, fields: dict[str, object], told: str) -> None:
    with pytest.raises(CannotWriteError) as caught:
        write(source, ticket(**fields))
    assert told in str(caught.value)
    assert "Drucker" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("{{ ticket.titel }}", "did you mean 'title'"),
        ("{{ title }}", "did you mean 'ticket.title'"),
        ("{{ tickett.key }}", "did you mean 'ticket'"),
        ("{{ ticket.requester.mail }}", "did you mean 'email'"),
        ("{{ ticket.requester }}", "ticket.requester.name"),
        ("{{ ticket.key.x }}", "ticket.key"),
        ("{{ ticket }}", "ticket.key"),
        ("{{ var.team }}", "--var team=TEXT"),
        ("{{ ticket.key | uper }}", "did you mean 'upper'"),
        ("a\n{{ ticket.key ", "line 2"),
        ("{% if ticket.key %}", "line 1"),
        ("{{ now.year }}", "no fields"),
        ("{{ ticket[ticket.key] }}", "only named fields"),
    ],
)
def test_what_is_refused_before_any_ticket_is_read(source: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        Message(source, "TEXT", profile="prod")
    assert told in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ ticket.__class__ }}",
        "{{ ticket.key.upper() }}",
        "{{ range(999999999) }}",
        "{% for a in range(9) %}x{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%999999999d' % 1 }}",
        "{% set x = 'y' %}",
        "{% macro m() %}{% endmacro %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{{ ticket.key | indent(999999999) }}",
        "{{ ticket.tags | map('upper') }}",
        "{{ self }}",
        "{{ cycler }}",
        "{% for a in ticket.tags %}{% for b in ticket.tags %}{% for c in ticket.tags %}x{% endfor %}"
        "{% endfor %}{% endfor %}",
        "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "x" * 20_001,
    ],
)
def test_what_a_text_may_not_do(source: str) -> None:
    with pytest.raises(UsageError):
        Message(source, "TEXT", profile="prod")


def test_texts_say_what_they_need() -> None:
    message = Message(
        "{{ ticket.requester.name }}{{ ticket.tags }}{{ ticket.parent }}{{ ticket.custom['x'] }}", "TEXT", profile="p"
    )
    assert message.needs == {Need.PEOPLE, Need.TAGS, Need.LINKS, Need.CUSTOM}
    assert Message("{{ ticket.key }}", "TEXT", profile="p").needs == frozenset()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project; its templates go before all others."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SUPPORTCTL_CONFIG", str(tmp_path / "home" / "config.toml"))
    return tmp_path


def test_the_shipped_templates_can_be_written(project: Path) -> None:
    names = {each.name for each in every()}
    assert {"resolved", "resolved.de", "resolved.fr", "resolved.es", "resolved.ja", "no-response", "closure"} <= names
    full = ticket(links=[Link(type=LinkType.DUPLICATE_OF, key="#7")], updated_at=NOW)
    for template in every():
        text = write(template.read(), full, team="Billing", bug="ENG-1", url="https://a.example/ENG-1", packet="PKT-1")
        assert "#1" in text or template.name == "closure" or (template.name == "escalated" and "ENG-1" in text)
        assert "{" not in text
        assert template.place == "shipped"
        assert template.about()


def test_a_shipped_template_of_a_nameless_customer_reads_well(project: Path) -> None:
    bare = ticket(requester=Person(id="c1"), unknown={"title": Unknown.HIDDEN}, group=None, updated_at=NOW)
    for name in ("resolved", "resolved.de", "resolved.fr", "resolved.es", "resolved.ja", "no-response", "closure"):
        text = write(find(name).read(), bare)
        assert " ," not in text
        assert '""' not in text


def test_the_project_goes_before_ones_own_and_those_before_the_shipped(project: Path) -> None:
    assert find("resolved").path.is_relative_to(shipped())
    own = project / "home" / "templates"
    own.mkdir(parents=True)
    (own / "resolved.txt.j2").write_text("own")
    assert text_of("@resolved") == ("own", "the template 'resolved'")
    (project / "templates" / "messages").mkdir(parents=True)
    (project / "templates" / "messages" / "resolved.txt.j2").write_text("project")
    assert text_of("@resolved")[0] == "project"
    assert next(each for each in every() if each.name == "resolved").place == "project"


def test_a_file_a_text_and_a_text_that_begins_with_at(project: Path) -> None:
    (project / "x.j2").write_text("\ufefffile", encoding="utf-8")
    assert text_of("@./x.j2")[0] == "file"
    assert text_of("@x.j2")[0] == "file"
    assert text_of("hello")[0] == "hello"
    assert text_of("@@ada: hello")[0] == "@ada: hello"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("@resolvd", "did you mean 'resolved'"),
        ("@../secret", "No such file"),
        ("@./nosuch.j2", "No such file"),
        ("@", "no template"),
    ],
)
def test_a_template_that_is_not_there(project: Path, given: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        text_of(given)
    assert told in caught.value.message


def test_a_template_that_is_no_text(project: Path) -> None:
    (project / "x.j2").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SupportctlError, match="UTF-8"):
        text_of("@./x.j2")


def test_given_values() -> None:
    assert parse_given(["team=A=B", "x="]) == {"team": "A=B", "x": ""}
    with pytest.raises(UsageError, match="--var"):
        parse_given(["team"])
