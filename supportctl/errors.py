"""The error family: what was being done, what was not done, what to run next.

Customer text never goes into an error: ticket keys, field names and HTTP facts only.
"""

from supportctl.exits import Exit


class SupportctlError(Exception):
    """Root of everything a command may end with on purpose.

    ``message`` says what happened while doing what; ``hint`` names the next command or step;
    ``code`` is the stable category shown as ``error[CODE]``.
    """

    exit_code: Exit = Exit.INTERNAL
    code: str = "INTERNAL"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SupportctlError):
    """Arguments that cannot be acted on."""

    exit_code = Exit.USAGE
    code = "USAGE"


class QueryError(UsageError):
    """A query that cannot be read; ``start`` and ``end`` are character offsets into ``query``."""

    code = "QUERY"

    def __init__(self, message: str, *, query: str = "", start: int = 0, end: int = 0, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.query = query
        self.start = start
        self.end = end


class ConfigError(SupportctlError):
    """A configuration or profile that is missing or malformed."""

    exit_code = Exit.USAGE
    code = "CONFIG"


class DataError(SupportctlError):
    """An input file whose content cannot be read; names file and line, never the content."""

    exit_code = Exit.USAGE
    code = "DATA"


class NotFoundError(SupportctlError):
    """A ticket, view or endpoint the platform does not show us (absent and hidden look alike)."""

    exit_code = Exit.EMPTY
    code = "NOT_FOUND"


class AuthError(SupportctlError):
    """The platform does not accept who we are."""

    exit_code = Exit.AUTH
    code = "AUTH"


class PermissionDeniedError(SupportctlError):
    """The platform knows us and says no: role, plan or scope."""

    exit_code = Exit.AUTH
    code = "PERMISSION"


class TemporaryError(SupportctlError):
    """Network or platform trouble after retries; running again is safe."""

    exit_code = Exit.TEMPORARY
    code = "TEMPORARY"


class RateLimitedError(TemporaryError):
    """The platform asks for a longer wait than ``--max-wait`` allows; ``retry_after`` in seconds."""

    code = "RATE_LIMIT"

    def __init__(self, message: str, *, retry_after: float | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class ProtocolError(TemporaryError):
    """An answer that is not what the API promises: HTML, truncated JSON, an error inside a 200."""

    code = "PROTOCOL"


class AmbiguousWriteError(TemporaryError):
    """A write whose fate is unknown (timeout, reset or 5xx after it was sent): verify, never repeat."""

    code = "AMBIGUOUS_WRITE"


class InvalidRequestError(SupportctlError):
    """The platform understood us and refuses the content (400, 422)."""

    exit_code = Exit.PARTIAL
    code = "INVALID"


class ConflictError(SupportctlError):
    """Somebody else changed the ticket first (409)."""

    exit_code = Exit.PARTIAL
    code = "CONFLICT"


class RefusedError(SupportctlError):
    """A safety of ours said no: read-only profile, foreign plan, cap exceeded."""

    exit_code = Exit.REFUSED
    code = "REFUSED"


class TooLargeError(RefusedError):
    """More than the limit that was set for it; nothing of it was kept."""


class StateError(SupportctlError):
    """Our own state could not be kept (full disk, locked or unwritable journal)."""

    exit_code = Exit.REFUSED
    code = "STATE"
