"""``docs/query.md`` is true: its fields are all the fields, its examples are read, what it calls refused is refused."""

import re
from pathlib import Path

import pytest

from supportctl.commands.help import QUERY
from supportctl.errors import QueryError
from supportctl.query import parse
from supportctl.query.fields import FIELDS, Shape
from supportctl.query.values import IS
from tests.audit.cases import NOW

PAGE = (Path(__file__).parents[2] / "docs" / "query.md").read_text()


def examples(kind: str) -> list[str]:
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [line.partition(" # ")[0].strip() for block in blocks for line in block.splitlines()]


def table() -> dict[str, tuple[str, str]]:
    part = PAGE.partition("<!-- fields:")[2]
    rows = re.findall(r"^\| `([a-z]+)` \| (.+) \| (.+) \|$", part, re.MULTILINE)
    return {name: (value, looks_at) for name, value, looks_at in rows}


def test_every_field_in_order_with_what_it_looks_at() -> None:
    assert list(table()) == list(FIELDS)
    for name, (_, looks_at) in table().items():
        assert tuple(re.findall(r"`(\w+)`", looks_at)) == FIELDS[name].attributes


@pytest.mark.parametrize("name", FIELDS)
def test_what_a_field_takes(name: str) -> None:
    field, (value, _) = FIELDS[name], table()[name]
    if field.choices:
        assert tuple(re.findall(r"`(\w+)`", value))[: len(field.choices)] == field.choices
    else:
        said = value.replace("`", "")
        assert said.startswith(field.shape.value), field.shape
    assert field.shape in Shape


@pytest.mark.parametrize("query", examples("query"))
def test_examples_are_read(query: str) -> None:
    parse(query, now=NOW)


@pytest.mark.parametrize("query", examples("refused"))
def test_what_has_two_readings_is_refused_with_advice(query: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, now=NOW)
    assert caught.value.hint


def test_equal_examples_are_equal() -> None:
    def same(one: str, other: str) -> bool:
        return bool(parse_plain(one) == parse_plain(other))

    assert same("created:2026-01", "created:2026-01-01..2026-01-31")
    assert same("reopens:2..", "reopens>=2")


def parse_plain(query: str) -> object:
    node = parse(query, now=NOW)
    return getattr(node, "value", node)


def test_abbreviations() -> None:
    for word, statuses in IS.items():
        assert f"`is:{word}` is\n`status:{','.join(statuses)}`" in PAGE or (
            f"`is:{word}` is `status:{','.join(statuses)}`" in PAGE
        )


def test_the_short_help_is_read_too() -> None:
    lines = re.findall(r"^  (\S.*?)(?:  |$)", QUERY, re.MULTILINE)
    queries = [line for line in lines if "..." not in line and not line.startswith("a or b")]
    assert len(queries) > 8
    for query in queries:
        for part in re.split(r"  +", query):
            parse(part, now=NOW)
