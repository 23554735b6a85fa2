"""Reading Jira's error answers.

Five shapes are in use: ``{"errorMessages": [...], "errors": {field: text}}``, ``errors`` as a list of
``{"message"}`` (bulk operations), ``{"errorMessage", "i18nErrorMessage"}`` (service desk API), plain text (expired
tokens) and HTML (proxies, login pages). Any of them may be empty.
"""

import re
from typing import Any

import msgspec

from supportctl.errors import (
    AuthError,
    ConflictError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    SupportctlError,
)
from supportctl.wire import Response

MAX_TEXT = 300
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_REMOVED = re.compile(r"has been removed|CHANGE-2046", re.IGNORECASE)
_SCOPE = re.compile(r"scope does not match", re.IGNORECASE)
"""What Atlassian's gateway says."""
_CAPTCHA = re.compile(r"captcha", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"['\"](?:[a-z][A-Za-z]{1,30}|customfield_\d+|[A-Z][A-Z0-9_]+-\d+)['\"]")
_ADDRESS = re.compile(r"[^\s@'\"<>]+@[^\s@'\"<>]+")


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says. ``fields`` by native field name; ``code`` is the service desk's message key."""

    messages: list[str] = []
    fields: dict[str, str] = {}
    code: str | None = None
    status: int | None = None
    native: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """One line for a person: messages first, then what is wrong with which field.

        Jira quotes what it was sent; of that only field names and issue keys are shown.
        """
        parts = [*self.messages, *(f"{name}: {said}" for name, said in self.fields.items())]
        if self.code:
            parts.append(f"[{self.code}]")
        line = _QUOTED.sub(_unquoted, _CONTROL.sub(" ", "; ".join(parts))).strip()
        line = _ADDRESS.sub("…", line)
        return line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"


def _unquoted(match: re.Match[str]) -> str:
    return match[0] if _NAME.fullmatch(match[0]) else "'…'"


_KNOWN = ("errorMessages", "errors", "errorMessage", "message", "i18nErrorMessage", "status")


def complaint(content: bytes) -> Complaint:
    """Whatever the body says; empty when it is HTML, empty or nothing we know. Never raises."""
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _prose(content)
    if isinstance(body, str):
        return Complaint(messages=[body])
    if not isinstance(body, dict):
        return Complaint(native={"body": body})
    messages: list[str] = []
    native: dict[str, Any] = {}
    for name in ("errorMessages", "errorMessage", "message"):
        messages += _texts(body.get(name))
    fields: dict[str, str] = {}
    errors = body.get("errors")
    if isinstance(errors, dict):
        fields = {name: "; ".join(_texts(said)) or str(said) for name, said in errors.items()}
    elif errors is not None:
        messages += _texts(errors)
        if isinstance(errors, list) and any(isinstance(item, dict) and "message" not in item for item in errors):
            native["errors"] = errors
    i18n = body.get("i18nErrorMessage")
    code = i18n.get("i18nKey") if isinstance(i18n, dict) else None
    native |= {name: value for name, value in body.items() if name not in _KNOWN}
    if isinstance(i18n, dict) and (rest := {k: v for k, v in i18n.items() if k != "i18nKey"}):
        native["i18nErrorMessage"] = rest
    status = body.get("status")
    return Complaint(
        messages=messages,
        fields=fields,
        code=code if isinstance(code, str) else None,
        status=status if isinstance(status, int) else None,
        native=native,
    )


def _prose(content: bytes) -> Complaint:
    text = content[:2000].decode("utf-8", "replace").strip()
    return Complaint() if not text or text.startswith("<") else Complaint(messages=[text])


def _texts(value: Any) -> list[str]:
    """The messages in a string, a list of strings or a list of ``{"message"}``."""
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        named = value.get("message", value.get("errorMessage"))
        rest = [f"{name}={item}" for name, item in value.items() if item is not named and isinstance(item, str | int)]
        return [", ".join([*_texts(named), *rest])]
    if isinstance(value, list):
        return [text for item in value for text in _texts(item)]
    return [] if value is None else [str(value)]


def is_json(content: bytes) -> bool:
    """Whether the API spoke; text of another kind may come from anybody in between, and is not repeated."""
    return content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"["))


def classify(response: Response) -> SupportctlError | None:
    """The error a Jira answer stands for; None leaves it to the status alone."""
    status = response.status
    said = complaint(response.content)
    what = f"{response.what} answered {status}{response.trace}"
    spoken = said.text if is_json(response.content) else ""
    detail = f": {spoken}" if spoken else ""
    if status == 401 and _SCOPE.search(said.text):
        return AuthError(
            f"{what}: the token's scopes do not reach this",
            hint="make a token with the scopes read:jira-work, read:jira-user and read:servicedesk-request "
            "(write:jira-work to change issues)",
        )
    if status == 401:
        return AuthError(
            f"{what}: Jira does not accept the credentials{detail}",
            hint="run `supportctl check`; tokens expire after a year at most, and a token with scopes works only with "
            "a profile url of https://api.atlassian.com/ex/jira/CLOUD_ID",
        )
    if status == 403:
        reason = response.headers.get("x-seraph-loginreason", "")
        if "AUTHENTICATION_DENIED" in reason or _CAPTCHA.search(reason):
            return AuthError(
                f"{what}: Jira asks this user for a CAPTCHA",
                hint="sign in once in a browser, then run the command again",
            )
        return PermissionDeniedError(
            f"{what}: the account is not allowed to do this{detail}",
            hint="run `supportctl check`; ask a Jira administrator for the permission",
        )
    if status == 410 or (status == 404 and _REMOVED.search(said.text)):
        return ProtocolError(
            f"{what}: Atlassian has removed this endpoint from Cloud{detail}",
            hint="the profile says Data Center, and this site is Cloud: add it again as Cloud, with an API token "
            "(`supportctl profile add`)",
        )
    if status == 404:
        return NotFoundError(
            f"{what}: it does not exist, or the account may not see it{detail}",
            hint="check the key; `supportctl check` shows who is signed in",
        )
    if status == 409:
        return ConflictError(f"{what}: somebody else changed it at the same time{detail}", hint="run it again")
    if status in {400, 413, 422} and detail:
        return InvalidRequestError(f"{what}: Jira refuses the request{detail}", hint=_hint(said))
    return None


def _hint(said: Complaint) -> str:
    if any("appropriate screen" in text for text in said.fields.values()):
        names = ", ".join(said.fields)
        return f"ask a Jira administrator to put {names} on the edit screen of these issues"
    if any("JQL" in text or "query" in text for text in said.messages):
        return "run `supportctl query explain` to see the JQL that was sent"
    return "run again with --debug to see the exchange"
