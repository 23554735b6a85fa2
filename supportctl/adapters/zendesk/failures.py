"""Error answers: four JSON envelopes, plain text, or nothing at all.

``{"error": code, "description", "details"}``; ``{"error": {"title", "message"}}``; ``{"errors": [{"code", "title",
"detail"}]}``; ``{"errors": {field: [text]}}``. Texts and even the keys of ``details`` are localised, so only codes,
ticket field ids and HTTP facts are matched on. (developer.zendesk.com, "Errors"; seen on live accounts)
"""

from typing import Any

import msgspec

from supportctl.adapters.zendesk.types import ApiError, ErrorDetail, Json, decode_json, text_id


def api_error(body: bytes) -> ApiError:
    """Read an error answer; anything that is none of the envelopes is kept as text."""
    if not body.strip():
        return ApiError()
    try:
        doc = decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ApiError(text=body.decode("utf-8", "replace"))
    if not isinstance(doc, dict):
        return ApiError(text=None if doc is None else str(doc))
    error = doc.pop("error", None)
    if isinstance(error, dict):
        title, message = error.pop("title", None), error.pop("message", None)
        return ApiError(code=text_id(title), title=text_id(title), text=text_id(message), native={**doc, **error})
    if error is not None:
        text = doc.pop("description", None) or doc.pop("message", None)
        details = _by_field(doc.pop("details")) if isinstance(doc.get("details"), dict) else []
        return ApiError(code=str(error), text=text_id(text), details=details, native=doc)
    complaints = doc.pop("errors", None)
    if isinstance(complaints, list):
        details = [_detail(each, None, code="code", text="title") for each in complaints]
        first = details[0] if details else ErrorDetail()
        return ApiError(code=first.code, title=first.text, details=details, native=doc)
    if isinstance(complaints, dict):
        return ApiError(details=_by_field(complaints), native=doc)
    return ApiError(text=text_id(doc.pop("description", None)), native=doc)


def _by_field(table: Json) -> list[ErrorDetail]:
    return [
        _detail(each, field, code="error", text="description")
        for field, complaints in table.items()
        for each in (complaints if isinstance(complaints, list) else [complaints])
    ]


def _detail(doc: Any, field: str | None, *, code: str, text: str) -> ErrorDetail:
    if not isinstance(doc, dict):
        return ErrorDetail(field=field, text=text_id(doc))
    pop = doc.pop
    return ErrorDetail(
        field=field,
        text=text_id(pop(text, None)),
        code=text_id(pop(code, None)),
        ticket_field_id=text_id(pop("ticket_field_id", None)),
        ticket_field_type=text_id(pop("ticket_field_type", None)),
        native=doc,
    )
