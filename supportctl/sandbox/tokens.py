"""OAuth tokens of all dialects: given out, found, used up, revoked. The dialects decide what their endpoint looks like.

Tokens of one sign-in form a chain: whoever refreshes ends the access tokens given before.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlite3 import Row

    from supportctl.sandbox.store import Store

SCHEMA = """
CREATE TABLE IF NOT EXISTS oauth_token (
  token TEXT PRIMARY KEY, platform TEXT NOT NULL, kind TEXT NOT NULL, chain TEXT NOT NULL, client TEXT NOT NULL,
  user TEXT NOT NULL, scope TEXT NOT NULL, given REAL NOT NULL, ends REAL, state TEXT NOT NULL DEFAULT 'live'
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS oauth_token_chain ON oauth_token (chain);
"""


@dataclass(frozen=True, slots=True)
class Client:
    """An application that was registered. ``secret`` None: a public client. ``user``: whom its own tokens act as."""

    platform: str
    id: str
    secret: str | None
    user: str


CLIENTS = (
    Client("zendesk", "sandbox-client", "sandbox-client-secret", "ops@harborlight.example"),
    Client("zendesk", "sandbox-public-client", None, "ops@harborlight.example"),
    Client("jsm", "sandbox-client", "sandbox-client-secret", "ops@harborlight.example"),
    Client("servicenow", "sandbox-client", "sandbox-client-secret", "ops"),
)

FIRST_REFRESH = {
    ("zendesk", "sandbox-zendesk-refresh"): ("sandbox-client", "read write"),
    ("zendesk", "sandbox-zendesk-public-refresh"): ("sandbox-public-client", "read write"),
    ("jsm", "sandbox-jira-refresh"): (
        "sandbox-client",
        "read:jira-work write:jira-work read:jira-user read:servicedesk-request offline_access",
    ),
    ("servicenow", "sandbox-servicenow-refresh"): ("sandbox-client", "useraccount"),
}
"""Refresh tokens that a person's sign-in in a browser would have led to; each is good once after a reset."""
FIRST_LIFE = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Token:
    """What a token stands for. ``ends`` is in seconds since 1970; None: never."""

    token: str
    kind: str
    chain: str
    client: str
    user: str
    scope: str
    given: float
    ends: float | None


def client_of(platform: str, identifier: object, secret: object) -> Client | None:
    """The client, if the secret is its own (a public one has none to show)."""
    shown = secret if isinstance(secret, str) else ""
    for client in CLIENTS:
        if client.platform == platform and client.id == identifier:
            if client.secret is None:
                return client
            return client if hmac.compare_digest(shown.encode("utf-8", "replace"), client.secret.encode()) else None
    return None


def give(
    store: "Store", platform: str, kind: str, *, client: str, user: str, scope: str, life: float | None,
    chain: str | None = None,
) -> Token:  # fmt: skip
    """A new token that lives ``life`` seconds, in a chain of its own if none is named."""
    now = store.now()
    ends = None if life is None else (now + timedelta(seconds=life)).timestamp()
    token = Token(
        token=secrets.token_urlsafe(48),
        kind=kind,
        chain=chain or secrets.token_hex(8),
        client=client,
        user=user,
        scope=scope,
        given=now.timestamp(),
        ends=ends,
    )
    with store.write() as db:
        _insert(db, platform, token)
    return token


def find(store: "Store", platform: str, kind: str, text: str | None) -> Token | None:
    """The token if it is live; None when unknown, expired, used or revoked."""
    if not text or not text.isascii():
        return None
    row = store.row("SELECT * FROM oauth_token WHERE token = ?", (text,))
    if row is None:
        return _first(store, platform, text) if kind == "refresh" else None
    alive = row["state"] == "live" and (row["ends"] is None or row["ends"] > store.now().timestamp())
    return _token(row) if alive and row["platform"] == platform and row["kind"] == kind else None


def use_up(store: "Store", platform: str, token: Token) -> bool:
    """Take a refresh token, and the access tokens of its chain, out of use. False when somebody else just did."""
    with store.write() as db:
        if db.execute("SELECT 1 FROM oauth_token WHERE token = ?", (token.token,)).fetchone() is None:
            _insert(db, platform, token)
        taken = db.execute(
            "UPDATE oauth_token SET state = 'used' WHERE token = ? AND state = 'live'", (token.token,)
        ).rowcount
        if taken:
            db.execute("UPDATE oauth_token SET state = 'used' WHERE chain = ? AND kind = 'access'", (token.chain,))
        return bool(taken)


def revoke(store: "Store", text: str, *, whole_chain: bool = False) -> None:
    """End one token at once, or everything that came from the same sign-in."""
    with store.write() as db:
        where = "chain = (SELECT chain FROM oauth_token WHERE token = ?)" if whole_chain else "token = ?"
        db.execute(f"UPDATE oauth_token SET state = 'revoked' WHERE {where}", (text,))  # noqa: S608 (no value in it)


def _first(store: "Store", platform: str, text: str) -> Token | None:
    found = FIRST_REFRESH.get((platform, text))
    if found is None:
        return None
    client, scope = found
    user = next(each.user for each in CLIENTS if each.platform == platform and each.id == client)
    now = store.now().timestamp()
    return Token(text, "refresh", f"first-{text}", client, user, scope, now, now + FIRST_LIFE)


def _insert(db, platform: str, token: Token) -> None:  # type: ignore[no-untyped-def]
    db.execute(
        "INSERT INTO oauth_token (token, platform, kind, chain, client, user, scope, given, ends) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            token.token, platform, token.kind, token.chain, token.client, token.user, token.scope, token.given,
            token.ends,
        ),
    )  # fmt: skip


def _token(row: "Row") -> Token:
    return Token(*(row[name] for name in ("token", "kind", "chain", "client", "user", "scope", "given", "ends")))
