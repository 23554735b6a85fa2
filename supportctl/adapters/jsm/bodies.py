"""Which body holds what: how an answer is told by method, path and status, and how it is decoded.

The reader decodes with the same functions; this table exists so that recorded bodies can be held against them.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from supportctl.adapters.jsm.changelog import decode_bulk_changelog, decode_changelog
from supportctl.adapters.jsm.comments import attachment_of, comment_of, comments_of
from supportctl.adapters.jsm.decode import Decoder
from supportctl.adapters.jsm.failures import complaint
from supportctl.adapters.jsm.jobs import task_of
from supportctl.adapters.jsm.requests import request_of, statuses_of_request
from supportctl.adapters.jsm.slas import slas_of
from supportctl.adapters.jsm.values import loads
from supportctl.config import Auth, Profile

Decode = Callable[[bytes], list[Any]]


class BodyDecoder(NamedTuple):
    """``path`` is matched whole, without its query; ``objects`` names what comes out."""

    methods: set[str]
    path: re.Pattern[str]
    status: Callable[[int], bool]
    decode: Decode
    objects: str


def decoders() -> list[BodyDecoder]:
    """Every body we know, first match wins."""
    api = r"(?:/ex/jira/[^/]+)?(?:/[\w.-]+)?/rest/api/(?:2|3|latest)"
    desk = r"(?:/ex/jira/[^/]+)?(?:/[\w.-]+)?/rest/servicedeskapi"
    agile = r"(?:/ex/jira/[^/]+)?(?:/[\w.-]+)?/rest/agile/[\w.]+"
    note = r"(?: \([^)]*\))?"
    table: list[tuple[str, str, Decode, str]] = [
        ("GET POST", rf"{api}/search(?:/jql)?", _page, "tickets"),
        ("POST", rf"{api}/issue/bulkfetch", _page, "tickets"),
        ("GET", rf"{agile}/(?:board|sprint|epic)/[^/]+(?:/[^/]+)*/(?:issue|backlog)", _page, "tickets"),
        ("GET", rf"{agile}/issue/[^/]+", _ticket, "tickets"),
        ("GET", rf"{desk}/servicedesk/[^/]+/queue/[^/]+/issue", _queue, "tickets"),
        ("POST", rf"{api}/issue/bulk", _created, "tickets"),
        ("POST", rf"{api}/changelog/bulkfetch", _bulk_changelog, "changelogs"),
        ("GET", rf"{api}/issue/[^/]+/changelog", _changelog, "changelogs"),
        ("POST", rf"{api}/issue/[^/]+/changelog/list", _changelog, "changelogs"),
        ("GET", rf"{api}/issue/[^/]+/comment", _comments, "comments"),
        ("POST", rf"{api}/comment/list", _comments, "comments"),
        ("GET POST PUT", rf"{api}/issue/[^/]+/comment(?:/[^/]+)?", _comment, "comments"),
        ("GET POST", rf"{api}/(?:issue/[^/]+/attachments|attachment/[^/]+)", _attachments, "attachments"),
        ("GET", rf"{api}/issueLink/[^/]+", _link, "links"),
        ("POST", rf"{api}/issue", _ticket, "tickets"),
        ("GET PUT", rf"{api}/issue(?:/[^/]+)?{note}", _ticket, "tickets"),
        ("GET", rf"{api}/bulk/queue/[^/]+", _task, "tasks"),
        ("POST", rf"{api}/bulk/issues/[^/]+", _task, "tasks"),
        ("GET", rf"{api}/task/[^/]+", _task, "tasks"),
        ("GET", rf"{desk}/request/[^/]+/comment", _comments, "comments"),
        ("GET POST", rf"{desk}/request/[^/]+/comment(?:/[^/]+)?", _comment, "comments"),
        ("GET", rf"{desk}/request/[^/]+/sla", _slas, "slas"),
        ("GET", rf"{desk}/request/[^/]+/sla/[^/]+", _sla, "slas"),
        ("GET", rf"{desk}/request/[^/]+/status", _request_statuses, "changelogs"),
        ("GET POST", rf"{desk}/request(?:/[^/]+)?", _requests, "tickets"),
    ]
    every = {"GET", "POST", "PUT", "DELETE", "PATCH"}
    return [
        BodyDecoder(every, re.compile(r".*", re.DOTALL), _failed, _error, "errors"),
        *(
            BodyDecoder(set(verbs.split()), re.compile(path), _answered, read, name)
            for verbs, path, read, name in table
        ),
    ]


def _failed(status: int) -> bool:
    return status >= 400


def _answered(status: int) -> bool:
    return 200 <= status < 300


@cache
def _decoder() -> Decoder:
    return Decoder(Profile(name="body", platform="jsm", url="https://jira.invalid", auth=Auth(kind="none")))


def _page(content: bytes) -> list[Any]:
    page = _decoder().page(content)
    return [*page.tickets, *page.warnings, *page.errors]


def _queue(content: bytes) -> list[Any]:
    """The service desk API wraps the same issues in ``values``."""
    issues = loads(content).get("values", [])
    return _page(msgspec.json.encode({"issues": issues}))


def _created(content: bytes) -> list[Any]:
    return [*_page(content), *(complaint(msgspec.json.encode(error)) for error in loads(content).get("errors", []))]


def _ticket(content: bytes) -> list[Any]:
    return [_decoder().issue(content)]


def _comments(content: bytes) -> list[Any]:
    return list(comments_of(loads(content))[0])


def _comment(content: bytes) -> list[Any]:
    return [comment_of(loads(content))]


def _attachments(content: bytes) -> list[Any]:
    value = loads(content)
    return [attachment_of(item) for item in (value if isinstance(value, list) else [value])]


def _changelog(content: bytes) -> list[Any]:
    return list(decode_changelog(content, _decoder().events)[0])


def _bulk_changelog(content: bytes) -> list[Any]:
    return list(decode_bulk_changelog(content, _decoder().events)[0].items())


def _link(content: bytes) -> list[Any]:
    return list(_decoder().links.links([loads(content)]))


def _slas(content: bytes) -> list[Any]:
    return [sla for item in loads(content)["values"] for sla in slas_of(item)]


def _sla(content: bytes) -> list[Any]:
    return list(slas_of(loads(content)))


def _task(content: bytes) -> list[Any]:
    return [task_of(content)]


def _requests(content: bytes) -> list[Any]:
    value = loads(content)
    items = value.get("values", [value])
    return [request_of(item, _decoder()) for item in items]


def _request_statuses(content: bytes) -> list[Any]:
    return list(statuses_of_request(loads(content), _decoder()))


def _error(content: bytes) -> list[Any]:
    return [complaint(content)]
