"""What a run reads and as whom: runs that read something else do not speak for each other."""

import hashlib
from typing import TYPE_CHECKING

from supportctl.commands._app import App, join_words

if TYPE_CHECKING:
    from supportctl.commands._audit_options import AuditOptions

FILE = "file"


def instance(app: App) -> str:
    """Fingerprint of the platform's instance."""
    from supportctl.changes.plan import instance_of

    return FILE if app.options.file is not None else instance_of(app.profile)


def account(app: App) -> str | None:
    """Fingerprint of who signs in. A profile that names nobody stands for itself; None: a file, which is nobody's."""
    if app.options.file is not None:
        return None
    profile = app.profile
    auth = profile.auth
    name = auth.user.casefold() if auth.user else auth.client_id
    words = f"profile|{profile.name}" if name is None else f"{name}|"
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def for_baseline(asked: "AuditOptions", app: App) -> str | None:
    """Instance, account and query. A file stands for an account; of a pipe nobody knows what was sent through it."""
    file = app.options.file
    return None if file == "-" else _origin(asked, app, account(app) or f"file|{file}")


def for_state(asked: "AuditOptions", app: App) -> str:
    """The same; but a state goes on from file to file, whatever each day's file is called."""
    return _origin(asked, app, account(app) or FILE)


def _origin(asked: "AuditOptions", app: App, who: str) -> str:
    from supportctl.audit.baseline import origin

    options = app.options
    return origin(instance(app), who, join_words(asked.words), options.native or "", options.view or "")
