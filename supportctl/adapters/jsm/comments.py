"""Comments: ``GET /issue/{key}/comment`` (with or without ``expand=properties``), embedded ones, the service desk's.

A comment is internal when Jira Service Management says so: ``jsdPublic``, the property ``sd.public.comment``, or
``public`` in the service desk API. Where it says nothing, visibility is unknown. ``visibility`` (a role or group) is
another mechanism and is kept as native.
"""

from datetime import UTC, datetime
from typing import Any

import msgspec
from msgspec import Raw

from supportctl.adapters.jsm.text import body_text, raw_text
from supportctl.adapters.jsm.values import clean, leftover, loads, moment, person, person_of
from supportctl.model import Attachment, Comment

PUBLIC_PROPERTY = "sd.public.comment"


EMPTY = Raw()


class _Bean(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """A comment of the platform API, as its OpenAPI description has it; anything else takes the slow way."""

    id: str
    created: str
    body: Raw = EMPTY
    author: Raw = EMPTY
    updated: str | None = None
    updateAuthor: Raw = EMPTY  # noqa: N815
    jsdPublic: bool | None = None  # noqa: N815
    jsdAuthorCanSeeRequest: bool | None = None  # noqa: N815
    properties: list[Any] | None = None
    visibility: Raw = EMPTY
    renderedBody: str | None = None  # noqa: N815
    parentId: Raw = EMPTY  # noqa: N815
    self_: Raw = msgspec.field(name="self", default=EMPTY)


class _Page(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    comments: list[_Bean]
    total: int | None = None
    maxResults: Raw = EMPTY  # noqa: N815
    startAt: Raw = EMPTY  # noqa: N815
    self_: Raw = msgspec.field(name="self", default=EMPTY)


_PAGE = msgspec.json.Decoder(_Page)


def decode_comments(raw: bytes) -> tuple[list[Comment], int | None]:
    """A page of comments, oldest first, and how many there are in all. Raises `msgspec.DecodeError`."""
    try:
        page = _PAGE.decode(raw)
    except msgspec.ValidationError:
        return comments_of(loads(raw))
    return sorted([_comment(bean) for bean in page.comments], key=_age), page.total


def _comment(bean: _Bean) -> Comment:
    created = moment(bean.created)
    updated = moment(bean.updated)
    author = person_of[bytes(bean.author)] if bean.author is not EMPTY else None
    native: dict[str, Any] = {}
    if created is None:
        native["created"] = bean.created
    if updated is None and bean.updated is not None:
        native["updated"] = bean.updated
    body, document = raw_text(bytes(bean.body)) if bean.body is not EMPTY else ("", None)
    if document is not None:
        native["body"] = document
    if bean.updateAuthor is not EMPTY and (raw := bytes(bean.updateAuthor)) != bytes(bean.author):
        native["updateAuthor"] = leftover(raw)
    if bean.author is not EMPTY and author is None:
        native["author"] = leftover(bytes(bean.author))
    public = bean.jsdPublic
    if public is not None:
        native["jsdPublic"] = public
    if bean.properties is not None:
        native["properties"] = bean.properties
        public = _public(native)
    if bean.jsdAuthorCanSeeRequest is not None:
        native["jsdAuthorCanSeeRequest"] = bean.jsdAuthorCanSeeRequest
    for name in ("visibility", "parentId"):
        if (extra := getattr(bean, name)) is not EMPTY:
            native[name] = leftover(bytes(extra))
    return Comment(
        id=bean.id,
        author=author,
        created_at=created,
        updated_at=updated,
        body=body or "",
        public=public,
        html=bean.renderedBody,
        native=native,
    )


def comment_of(value: dict[str, Any]) -> Comment:
    """One comment of any of the shapes. What has no portable name is kept in ``native``."""
    rest = clean(value)
    id_ = rest.pop("id", None)
    native: dict[str, Any] = {}
    body, document = body_text(rest.pop("body", ""))
    if document is not None:
        native["body"] = document
    author = person(value.get("author"))
    if author is not None:
        del rest["author"]
    if value.get("updateAuthor") == value.get("author"):
        rest.pop("updateAuthor", None)
    times = {name: moment(_instant(rest.get(name))) for name in ("created", "updated")}
    for name, at in times.items():
        if at is not None:
            del rest[name]
    public = _public(rest)
    html = rest.get("renderedBody")
    if isinstance(html, dict):
        html = html.get("html") if len(html) == 1 else None
    if isinstance(html, str):
        del rest["renderedBody"]
    attachments = rest.get("attachments")
    files = attachments.get("values") if isinstance(attachments, dict) else attachments
    return Comment(
        id=str(id_) if id_ is not None else "",
        author=author,
        created_at=times["created"],
        updated_at=times["updated"],
        body=body,
        public=public,
        html=html if isinstance(html, str) else None,
        attachments=[attachment_of(item) for item in files if isinstance(item, dict)]
        if isinstance(files, list)
        else [],
        native={**native, **rest},
    )


def _instant(value: Any) -> Any:
    """The service desk API gives times as objects; ``epochMillis`` is the one that is not localised."""
    return value.get("epochMillis", value.get("iso8601")) if isinstance(value, dict) else value


def _public(rest: dict[str, Any]) -> bool | None:
    """Internal wins over public when the two marks disagree."""
    said: bool | None = None
    for name in ("jsdPublic", "public"):
        if isinstance(rest.get(name), bool):
            said = rest[name]
    properties = rest.get("properties")
    for item in properties if isinstance(properties, list) else []:
        if isinstance(item, dict) and item.get("key") == PUBLIC_PROPERTY and isinstance(item.get("value"), dict):
            internal = item["value"].get("internal")
            if internal in (True, "true"):
                return False
            said = True if said is None and internal in (False, "false") else said
    return said


def comments_of(value: Any) -> tuple[list[Comment], int | None]:
    """A page of comments, oldest first, and how many there are in all."""
    total: int | None = None
    if isinstance(value, dict):
        total = value.get("total") if isinstance(value.get("total"), int) else None
        value = value.get("comments", value.get("values"))
    items = [comment_of(item) for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return sorted(items, key=_age), total


_START = datetime.min.replace(tzinfo=UTC)


def _age(comment: Comment) -> tuple[bool, datetime, str]:
    at = comment.created_at
    return at is None, at or _START, comment.id.rjust(20)


def attachment_of(value: dict[str, Any]) -> Attachment:
    """``id`` is a string in issues and a number in ``GET /attachment/{id}``."""
    rest = clean(value)
    id_, filename, size = rest.pop("id", None), rest.get("filename"), rest.get("size")
    links = value.get("_links")
    url = rest.get("content") or (links.get("content") if isinstance(links, dict) else None)
    created = moment(_instant(rest.get("created")))
    author = person(value.get("author"))
    content_type = rest.get("mimeType")
    for name, kept in (
        ("filename", isinstance(filename, str)),
        ("size", isinstance(size, int)),
        ("content", isinstance(url, str)),
        ("created", created is not None),
        ("author", author is not None),
        ("mimeType", isinstance(content_type, str)),
    ):
        if kept:
            rest.pop(name, None)
    return Attachment(
        id=str(id_) if id_ is not None else "",
        filename=filename if isinstance(filename, str) else "",
        size=size if isinstance(size, int) else None,
        content_type=content_type if isinstance(content_type, str) else None,
        url=url if isinstance(url, str) else None,
        created_at=created,
        author=author,
        native=rest,
    )
