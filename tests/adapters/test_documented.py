"""The border of an adapter: nothing of an undocumented shape leaves it as a defect of ours."""

from collections.abc import Iterator
from typing import Any

import pytest

from supportctl.adapters.documented import READING, UNFORESEEN, documented
from supportctl.errors import AmbiguousWriteError, ProtocolError, UsageError


def adapter(raised: Exception) -> Any:
    def fail(*_: object) -> Any:
        raise raised

    def later(*_: object) -> Iterator[int]:
        yield 1
        raise raised

    methods: dict[str, Any] = dict.fromkeys((*READING, "submit"), fail) | {"search": later}
    methods["get"] = lambda *_: later()
    return documented("Acme")(type("Adapter", (), methods))()


@pytest.mark.parametrize("kind", UNFORESEEN)
def test_at_once_and_in_the_middle_of_pages(kind: type[Exception]) -> None:
    subject = adapter(kind("customer text"))
    for name in set(READING) - {"search", "get"}:
        with pytest.raises(ProtocolError, match="Acme answered in a shape that is not documented") as caught:
            getattr(subject, name)()
        assert "customer text" not in f"{caught.value.message} {caught.value.hint}"
        assert isinstance(caught.value.__cause__, kind)
    for name in ("search", "get"):
        pages = getattr(subject, name)()
        assert next(pages) == 1
        with pytest.raises(ProtocolError):
            next(pages)


def test_after_a_write_its_fate_is_unknown() -> None:
    with pytest.raises(AmbiguousWriteError):
        adapter(TypeError("x")).submit([])


def test_errors_with_a_name_pass_through() -> None:
    with pytest.raises(UsageError):
        adapter(UsageError("x")).check()


def test_a_reading_given_up_closes_the_pages_behind_it() -> None:
    closed = []

    def pages(*_: object) -> Iterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    methods: dict[str, Any] = dict.fromkeys((*READING, "submit"), pages)
    found = documented("Acme")(type("Adapter", (), methods))().search()
    next(found)
    found.close()
    assert closed == [True]
