"""Reading to the end: hidden records, time limits, servers that do not count or do not page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from supportctl.adapters.servicenow.encoded import EVERYTHING, any_of, one
from supportctl.adapters.servicenow.paging import Position, scan
from supportctl.adapters.servicenow.platform import OutOfTimeError
from supportctl.errors import InvalidRequestError, ProtocolError

from .conftest import adapter_on, incident

if TYPE_CHECKING:
    from supportctl.adapters.servicenow.encoded import Condition

    from .instance import Instance

CUT_SHORT = (
    b'{"result":[{"sys_id":{"value":"1","display_value":"1"}},{"number":}""],"error":{"detail":"Transaction cancelled: '
    b'maximum execution time exceeded. Check logs","message":"Transaction cancelled: maximum execution time exceeded"},'
    b'"status":"failure"}'
)


def read(
    instance: Instance, size: int = 10, condition: Condition = EVERYTHING, start: Position | None = None
) -> list[str]:
    client = adapter_on(instance).client
    return [
        str(row["number"].value)
        for page in scan(client, "incident", condition, ("number",), size=size, start=start)
        for row in page.rows
    ]


def numbers(*wanted: int) -> list[str]:
    return [f"INC{number:07d}" for number in wanted]


@pytest.mark.parametrize("amount", [0, 1, 9, 10, 11, 20, 35])
@pytest.mark.parametrize("counts", [True, False])
def test_every_record_once(instance: Instance, amount: int, counts: bool) -> None:
    instance.counts = counts
    instance.add("incident", [incident(number) for number in range(amount, 0, -1)])
    assert read(instance) == numbers(*range(1, amount + 1))


def test_no_question_more_than_needed(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 36)])
    read(instance)
    asked = instance.asked("incident")
    assert len(asked) == 4
    assert [each.get("sysparm_no_count") for each in asked] == [None, "true", "true", None]
    assert all("sysparm_offset" not in each for each in asked)


def test_short_and_empty_pages_are_not_the_end(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 61)])
    instance.hidden = {f"{number:032x}" for number in (*range(3, 36), 60)}
    shown = [number for number in range(1, 60) if not 3 <= number <= 35]
    assert read(instance) == numbers(*shown)


def test_hidden_records_are_estimated(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 31)])
    instance.hidden = {f"{number:032x}" for number in range(1, 6)}
    pages = list(scan(adapter_on(instance).client, "incident", EVERYTHING, ("number",), size=10))
    assert sum(page.hidden for page in pages) == 5


def test_records_that_appear_meanwhile_do_not_cost_others(instance: Instance) -> None:
    instance.add("incident", [incident(number * 10) for number in range(1, 36)])
    client = adapter_on(instance).client
    seen = []
    for page in scan(client, "incident", EVERYTHING, ("number",), size=10):
        seen += [str(row["number"].value) for row in page.rows]
        last = int(str(page.rows[-1]["sys_id"].value), 16) if page.rows else 0
        if last < 300:
            instance.add("incident", [incident(last + 1), incident(last - 1)])
            del instance.tables["incident"][0]
    assert len(seen) == len(set(seen))
    assert set(numbers(*range(110, 351, 10))) <= set(seen)


def test_alternatives_are_paged_too(instance: Instance) -> None:
    instance.add("incident", [incident(number, state=str(number % 3)) for number in range(1, 40)])
    pair = any_of([one("state=1"), one("priority=9")])
    assert pair is not None
    other = any_of([pair, one("state=2")])
    assert other is not None
    assert read(instance, 5, other) == numbers(*(number for number in range(1, 40) if number % 3))


def test_resuming(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 31)])
    assert read(instance, start=Position(f"{20:032x}")) == numbers(*range(21, 31))


CANCELLED = CUT_SHORT.replace(b'{"sys_id":{"value":"1","display_value":"1"}},{"number":}""', b"")


@pytest.mark.parametrize("content", [CUT_SHORT, CANCELLED])
def test_the_page_halves_when_time_runs_out(instance: Instance, content: bytes) -> None:
    instance.add("incident", [incident(number) for number in range(1, 80)])

    def too_much(request: httpx.Request) -> bool:
        return "/incident" in request.url.path and int(request.url.params["sysparm_limit"]) > 20

    def cancelled(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=content, headers={"Content-Type": "application/json"})

    instance.overrides.append((too_much, cancelled))
    assert read(instance, 64) == numbers(*range(1, 80))
    assert [each["sysparm_limit"] for each in instance.asked("incident")][:4] == ["64", "32", "16", "16"]


def test_time_that_never_suffices_is_an_error(instance: Instance) -> None:
    def cancelled(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=CUT_SHORT, headers={"Content-Type": "application/json"})

    instance.overrides.append((lambda request: "/incident" in request.url.path, cancelled))
    with pytest.raises(OutOfTimeError) as raised:
        read(instance, 40)
    assert "apc" not in raised.value.message
    assert "narrow the query" in str(raised.value.hint)


def test_a_server_that_ignores_paging_is_an_error_not_a_loop(instance: Instance) -> None:
    rows = [{name: {"value": f"{number:032x}"} for name in ("sys_id", "number")} for number in range(10)]
    same = {"result": rows}
    instance.overrides.append(
        (lambda request: "/incident" in request.url.path, lambda request: httpx.Response(200, json=same))
    )
    with pytest.raises(ProtocolError, match="ignored the paging"):
        read(instance)


def test_a_server_that_ignores_the_order_is_an_error(instance: Instance) -> None:
    rows = [{name: {"value": f"{number:032x}"} for name in ("sys_id", "number")} for number in (2, 1, 3)]
    instance.overrides.append(
        (lambda request: "/incident" in request.url.path, lambda request: httpx.Response(200, json={"result": rows}))
    )
    with pytest.raises(ProtocolError, match="out of order"):
        read(instance)


def test_the_first_page_is_small(instance: Instance) -> None:
    instance.add("incident", [incident(number) for number in range(1, 36)])
    pages = list(scan(adapter_on(instance).client, "incident", EVERYTHING, ("number",), size=20, first=5))
    assert [len(page.rows) for page in pages] == [5, 20, 10]


def test_an_empty_list_as_404(instance: Instance) -> None:
    missing = {"error": {"message": "No Record found", "detail": "Record doesn't exist"}, "status": "failure"}
    instance.overrides.append(
        (lambda request: "/incident" in request.url.path, lambda request: httpx.Response(404, json=missing))
    )
    assert read(instance) == []


def test_a_table_that_is_not_there(instance: Instance) -> None:
    del instance.tables["incident"]
    with pytest.raises(InvalidRequestError, match="no such table"):
        read(instance)


def test_the_hibernating_page(instance: Instance) -> None:
    page = b"<html><head><title>Instance Hibernating page</title></head><body>It is hibernating</body></html>"
    instance.overrides.append(
        (lambda request: True, lambda request: httpx.Response(200, content=page, headers={"Content-Type": "text/html"}))
    )
    with pytest.raises(ProtocolError, match="Hibernating") as raised:
        read(instance)
    assert "wake the instance" in str(raised.value.hint)
