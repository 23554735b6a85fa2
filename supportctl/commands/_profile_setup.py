"""Connecting an account: ask, sign in once, save. Nothing is saved unless the platform accepted who we are."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from supportctl.commands._app import App
from supportctl.commands.check import examine, print_checks
from supportctl.config import (
    AUTH_KINDS,
    GRANTS,
    PLATFORMS,
    Auth,
    Profile,
    deployment_of,
    normalise_token_url,
    normalise_url,
)
from supportctl.config_edit import check_name, save_profile
from supportctl.errors import ConfigError, UsageError
from supportctl.exits import Exit

TOKENS = {
    (
        "zendesk",
        "api_token",
    ): "API token: Admin Center > Apps and integrations > APIs > Zendesk API. The user: your e-mail.",
    (
        "zendesk",
        "oauth",
    ): "OAuth token: Admin Center > Apps and integrations > APIs > OAuth clients. Scope read is enough.",
    ("jsm", "api_token"): "API token: id.atlassian.com > Security > API tokens. The user: your e-mail.",
    ("jsm", "pat"): "Personal access token: your profile > Personal Access Tokens (Data Center).",
    ("jsm", "oauth"): "OAuth token: scopes read:jira-work and read:servicedesk-request are enough to read.",
    (
        "servicenow",
        "basic",
    ): "Password of a user with the role itil (read-only: itil is still needed to see incidents).",
    ("servicenow", "oauth"): "OAuth token: System OAuth > Application Registry.",
    ("zendesk", "client_credentials"): "The secret of the OAuth client. Its tokens act as whoever made the client.",
    ("zendesk", "refresh_token"): "A refresh token of the OAuth client. It is replaced whenever it is used.",
    ("jsm", "refresh_token"): "A refresh token of the OAuth app (scope offline_access). It is replaced when used.",
    ("servicenow", "client_credentials"): "The client secret: System OAuth > Application Registry.",
    ("servicenow", "password"): "The user's password. The client's secret is looked for separately.",
    ("servicenow", "refresh_token"): "A refresh token: System OAuth > Manage Tokens.",
    ("servicenow", "api_key"): "API key: System Web Services > API Access Policies > REST API Key.",
}
"""Where each platform gives a secret out."""

PIPED = (None, "-")
NEEDS_USER = {("zendesk", "api_token"), ("jsm", "api_token"), ("servicenow", "basic"), ("servicenow", "password")}
SECRETS = {
    "basic": "password",
    "password": "password",
    "client_credentials": "client secret",
    "refresh_token": "refresh token",
}
"""What the profile's secret is, where it is not a token."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the command line already said."""

    name: str
    platform: str | None = None
    url: str | None = None
    user: str | None = None
    auth: str | None = None
    ca_bundle: str | None = None
    credential_command: list[str] | None = None
    client_id: str | None = None
    scope: str | None = None
    token_url: str | None = None
    client_secret_file: str | None = None
    token_stdin: bool = False
    no_store: bool = False
    no_check: bool = False
    replace: bool = False


def run(asked: Answers, app: App) -> int:
    """Exit 0 when the profile was saved."""
    from supportctl.credentials import environment_name, secret_for

    check_name(asked.name)
    if asked.name in app.config.profiles and not asked.replace:
        raise UsageError(
            f"there is a profile {asked.name!r} already; nothing was changed",
            hint=f"change it with supportctl profile set {asked.name}, or give --replace",
        )
    profile = _profile(asked, app)
    from_elsewhere = bool(asked.no_store or asked.credential_command or os.environ.get(environment_name(asked.name)))
    if from_elsewhere and asked.token_stdin:
        secret = _secret(asked, profile, app)
    elif from_elsewhere:
        secret = "" if asked.no_check else secret_for(profile, token_file=app.options.token_file)
    else:
        secret = _secret(asked, profile, app)
    # A refresh token is used up by the first sign-in: what replaces it needs its place before.
    early = profile.auth.kind == "refresh_token" and not from_elsewhere
    if early:
        _keep(profile, secret)
    code = Exit.OK if asked.no_check else _checked(profile, secret, app, from_keyring=early)
    if code != Exit.OK:
        if early and _was_used(profile, secret):
            app.console.error_line(
                "The profile was not saved. The refresh token was used; the one that replaced it is in the keyring.\n"
                "To save the profile all the same, with that one: --no-check --no-store"
            )
        else:
            app.console.error_line("The profile was not saved. To save it all the same: --no-check")
        return int(code)
    if not from_elsewhere and not early:
        _keep(profile, secret)
    save_profile(profile)
    app.console.success(f"{asked.name} saved in {app.config.path}; it is read-only")
    app.console.hint(f"look at the queue: supportctl list -p {asked.name} status:open")
    return int(Exit.OK)


def _was_used(profile: Profile, secret: str) -> bool:
    """Whether the keyring has another refresh token by now; the one that was given is taken out again."""
    from supportctl.credentials import delete_secret
    from supportctl.token_store import KeyringStore

    if KeyringStore(profile).read().refresh_token != secret:
        return True
    delete_secret(profile)
    return False


def _keep(profile: Profile, secret: str) -> None:
    from supportctl.credentials import store_secret

    try:
        store_secret(profile, secret)
    except ConfigError as error:
        ways = (error.hint or "").rstrip(".")
        raise ConfigError(
            f"{error.message}; nothing was saved", hint=f"{ways}\nthen run this again with --no-store"
        ) from None


def _profile(asked: Answers, app: App) -> Profile:
    console = app.console
    platform = asked.platform or console.ask(f"Platform ({', '.join(PLATFORMS)})", flag="--platform")
    platform = platform.lower()
    if platform not in PLATFORMS:
        raise UsageError(f"there is no platform {platform!r}", hint=f"platforms: {', '.join(PLATFORMS)}")
    url = normalise_url(platform, asked.url or console.ask("Address of the account", flag="--url"))
    kind = auth_kind(platform, asked.auth) if asked.auth else _suggested(platform, asked, app)
    user = asked.user
    if user is None and (platform, kind) in NEEDS_USER:
        user = console.ask("E-mail" if kind == "api_token" else "User name", flag="--user")
    client_id = asked.client_id
    if client_id is None and kind in GRANTS:
        client_id = console.ask("Identifier of the OAuth client", flag="--client-id")
    values: dict[str, Any] = {
        "kind": kind,
        "user": user or None,
        "client_id": client_id or None,
        "scope": asked.scope or None,
        "token_url": normalise_token_url(asked.token_url),
        "client_secret_file": absolute(asked.client_secret_file),
        "credential_command": asked.credential_command,
        "token_file": absolute(app.options.token_file)
        if asked.no_store and app.options.token_file not in PIPED
        else None,
    }
    return Profile(
        name=asked.name,
        platform=platform,  # type: ignore[arg-type]
        url=url,
        auth=Auth(**values),
        ca_bundle=asked.ca_bundle or None,
        deployment=deployment_of(platform, kind, url),
    )


def absolute(path: str | None) -> str | None:
    """A path that means the same from every folder; ``~`` stays as it is."""
    if not path or path.startswith("~"):
        return path or None
    return str(Path(path).absolute())


def _suggested(platform: str, asked: Answers, app: App) -> str:
    kinds = AUTH_KINDS[platform]
    first = "api_token" if asked.user and "api_token" in kinds else kinds[0]
    if not app.console.can_ask:
        return first
    return auth_kind(platform, app.console.ask(f"Sign in with ({', '.join(kinds)})", flag="--auth", default=first))


def auth_kind(platform: str, kind: str) -> str:
    """``kind`` if the platform takes it. Raises `UsageError`."""
    kind = kind.replace("-", "_").lower()
    if kind not in AUTH_KINDS[platform]:
        raise UsageError(f"{platform} does not take --auth {kind}", hint=f"it takes: {', '.join(AUTH_KINDS[platform])}")
    return kind


def _secret(asked: Answers, profile: Profile, app: App) -> str:
    from supportctl.commands.profiles import read_secret

    if app.console.can_ask and not asked.token_stdin and app.options.token_file is None:
        app.console.error_line(TOKENS.get((profile.platform, profile.auth.kind), ""))
    what = SECRETS.get(profile.auth.kind, "token")
    secret = read_secret(app, what, stdin=asked.token_stdin)
    if not secret:
        raise UsageError(f"no {what} was given; nothing was saved", hint="pipe it in with --token-stdin")
    return secret


def _checked(profile: Profile, secret: str, app: App, *, from_keyring: bool) -> Exit:
    options = replace(app.options, token_file=None) if from_keyring else app.options
    with App(options, profile=profile, secret=secret, console=app.console, clock=app.clock) as trial:
        lines, code = examine(trial)
    print_checks(app.console, lines)
    return code
