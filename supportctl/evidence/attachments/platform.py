"""What hangs on a ticket, read through its reader: the adapter and the wire decide where from, we how much."""

import io
import re
from typing import TYPE_CHECKING

from supportctl.errors import (
    AuthError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    SupportctlError,
    TemporaryError,
    TooLargeError,
)
from supportctl.evidence.attachments.kinds import RUN_BY_CLICK, suffix_of
from supportctl.evidence.attachments.limits import Budget, RefusedEntry, megabytes
from supportctl.evidence.attachments.names import safe_name

if TYPE_CHECKING:
    from supportctl.adapters.base import Reader
    from supportctl.model import Attachment

_PROGRAMS = re.compile(
    r"application/(x-msdownload|x-msdos-program|x-dosexec|vnd\.microsoft\.portable-executable|x-executable|"
    r"x-sharedlib|x-mach-binary|x-msi|java-archive|vnd\.android\.package-archive|x-apple-diskimage|x-iso9660-image|"
    r"hta|x-ms-shortcut)",
    re.IGNORECASE,
)
_MOST_REFUSED = 3
_PAGE = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)


def read(attachment: "Attachment", reader: "Reader", budget: Budget) -> tuple[bytes, list[str]]:
    """The content, and what is odd about it. Raises `RefusedEntry` where it is not to be had."""
    limits = budget.limits
    name = safe_name(attachment.filename)
    if suffix_of(name) in RUN_BY_CLICK or _PROGRAMS.match(attachment.content_type or ""):
        raise RefusedEntry("a program: it was not read")
    if budget.downloads >= limits.files:
        raise RefusedEntry(f"not read: {limits.files:,} attachments are read at most")
    if attachment.size is not None and attachment.size > limits.file_bytes:
        raise RefusedEntry(f"not read: larger than {megabytes(limits.file_bytes)}")
    left = limits.total_bytes - budget.downloaded
    if left <= 0 or (attachment.size or 0) > left:
        raise RefusedEntry(f"not read: all attachments together are larger than {megabytes(limits.total_bytes)}")
    if budget.refused >= _MOST_REFUSED:
        raise RefusedEntry("not read: the platform did not accept the account for the ones before")
    budget.downloads += 1
    into = io.BytesIO()
    try:
        reader.download(attachment, into, max_bytes=min(limits.file_bytes, left, _most(attachment.size)))
    except TooLargeError:
        if attachment.size is not None and _most(attachment.size) <= min(limits.file_bytes, left):
            reason = f"more came than the {attachment.size:,} bytes the platform had told of"
        elif left < limits.file_bytes:
            reason = f"all attachments together are larger than {megabytes(limits.total_bytes)}"
        else:
            reason = f"larger than {megabytes(limits.file_bytes)}"
        raise RefusedEntry(f"not read: {reason}") from None
    except SupportctlError as error:
        budget.refused += isinstance(error, AuthError)
        raise RefusedEntry(_said(error)) from None
    data = into.getvalue()
    budget.downloaded += len(data)
    notes = []
    if attachment.size is not None and attachment.size != len(data):
        if _PAGE.match(data) and "html" not in (attachment.content_type or name).lower():
            raise RefusedEntry("not read: a web page came instead of it")
        notes.append(f"{len(data):,} bytes came; the platform had told of {attachment.size:,}")
    return data, notes


def _most(size: int | None) -> int:
    """Bytes to read of what is said to be so large: a body may go on for ever. Some come packed, and are unfolded."""
    return 1 << 62 if size is None else size * 20 + (1 << 20)


def _said(error: SupportctlError) -> str:
    """For the reader of a packet, who knows no requests."""
    if not error.message.startswith("GET "):
        return error.message
    if isinstance(error, NotFoundError):
        return "not read: it is gone, or the account may not see it"
    if isinstance(error, PermissionDeniedError | AuthError):
        return "not read: the account may not read it"
    if isinstance(error, RateLimitedError):
        return "not read: the platform's rate limit is used up; run again later"
    if isinstance(error, TemporaryError):
        return "not read: the platform did not hand it out; running again may help"
    return "not read: the platform refuses it"
