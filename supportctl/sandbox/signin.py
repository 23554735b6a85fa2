"""Reading the Authorization header: shared by the dialects, which decide what a failed sign-in looks like."""

import base64
import binascii
from typing import TYPE_CHECKING

from supportctl.sandbox import tokens
from supportctl.sandbox.profiles import Account, accounts

if TYPE_CHECKING:
    from supportctl.sandbox.store import Store


def basic_credentials(header: str) -> tuple[str, str] | None:
    """User and password of a ``Basic`` header; None when it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def bearer_token(header: str) -> str | None:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def account_of(header: str, platform: str, store: "Store | None" = None, *, user_suffix: str = "") -> Account | None:
    """The account that signs in with this Authorization header; None when absent or wrong.

    ``store`` knows the tokens its OAuth endpoint gave out. ``user_suffix`` is what the platform adds to the user name
    (Zendesk: ``/token``).
    """
    token = bearer_token(header)
    if store is not None and (granted := tokens.find(store, platform, "access", token)) is not None:
        role = next((account.role for account in accounts(platform) if account.user == granted.user), "agent")
        return Account(platform, "oauth", granted.user, granted.token, role=role, scope=granted.scope)
    pair = basic_credentials(header)
    for account in accounts(platform):
        if account.kind in {"oauth", "pat"}:
            if token == account.secret:
                return account
        elif pair is not None and pair[0].lower() == (account.user + user_suffix).lower() and pair[1] == account.secret:
            return account
    return None
