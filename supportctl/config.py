"""Profiles: which platform, where, as whom, and how careful.

They live in one file, ``config.toml`` in the user's configuration folder (``SUPPORTCTL_CONFIG`` names another),
or wholly in the environment (``SUPPORTCTL_PLATFORM``, ``SUPPORTCTL_URL`` …). A project's file says nothing of them:
what is checked in must not be able to send a token elsewhere. Secrets are never here: see `supportctl.credentials`.
"""

import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

import msgspec

from supportctl.errors import ConfigError, UsageError

AuthKind = Literal[
    "oauth", "client_credentials", "refresh_token", "password", "api_token", "api_key", "basic", "pat", "none"
]


class Auth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to sign in; the secret itself is looked up by the profile's name.

    ``oauth``: a bearer token as it is (Zendesk, ServiceNow, Jira 3LO). ``client_credentials``, ``refresh_token``,
    ``password``: OAuth grants for ``client_id``; the secret is the client's secret, a refresh token that is replaced
    whenever it is used, or the user's password. ``api_token``: e-mail + API token (Zendesk legacy, Jira Cloud).
    ``api_key``: ServiceNow. ``basic``: user name + password (ServiceNow). ``pat``: Jira Data Center personal access
    token.
    """

    kind: AuthKind
    user: str | None = None
    client_id: str | None = None
    """The OAuth client's identifier."""
    scope: str | None = None
    """The scope to ask for, words with spaces between; None: the platform's usual one."""
    token_url: str | None = None
    """Where tokens are given out, if not where the platform usually does."""
    client_secret_file: str | None = None
    """A file with the client's secret, where it is needed besides the profile's own secret."""
    credential_command: list[str] | None = None
    """A command that prints the secret on standard output; run without a shell."""
    token_file: str | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    name: str = ""
    platform: Literal["zendesk", "jsm", "servicenow"]
    url: str
    auth: Auth
    writes: bool = False
    """False: every writing command refuses. ``profile set NAME --allow-writes`` changes it."""
    tables: list[str] = []
    """ServiceNow: further tables than incident, problem, sc_request, sc_req_item and sc_task."""
    tag_backend: str = "label"
    """ServiceNow: ``label`` or ``field:<name>``."""
    statuses: dict[str, str] = {}
    """Overrides: native status (id or value) -> portable status."""
    priorities: dict[str, str] = {}
    """Overrides: native priority (id or value) -> p1..p5."""
    fields: dict[str, str] = {}
    """Portable field -> native field, e.g. ``impact = "customfield_10004"``."""
    attachment_hosts: list[str] = []
    """Further hosts attachment content may come from (visited without credentials)."""
    deployment: Literal["cloud", "data_center"] = "cloud"
    """Jira only."""
    ca_bundle: str | None = None


ENVIRONMENT = "env"
"""Name of the profile that comes from the environment."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

PLATFORMS = ("zendesk", "jsm", "servicenow")

AUTH_KINDS: dict[str, tuple[AuthKind, ...]] = {
    "zendesk": ("oauth", "client_credentials", "refresh_token", "api_token"),
    "jsm": ("api_token", "pat", "oauth", "refresh_token"),
    "servicenow": ("basic", "oauth", "client_credentials", "password", "refresh_token", "api_key"),
}
"""What each platform takes; the first is suggested."""

GRANTS: frozenset[AuthKind] = frozenset({"client_credentials", "refresh_token", "password"})
"""Kinds that fetch their access token from the platform's token endpoint."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration file says; empty when there is none."""

    path: Path
    profiles: dict[str, Profile] = {}
    default_profile: str | None = None


def config_path(environ: Mapping[str, str] = os.environ) -> Path:
    """``SUPPORTCTL_CONFIG``, else ``config.toml`` in the user's configuration folder."""
    if environ.get("SUPPORTCTL_CONFIG"):
        return Path(environ["SUPPORTCTL_CONFIG"]).expanduser()
    import platformdirs

    return Path(platformdirs.user_config_path("supportctl", appauthor=False)) / "config.toml"


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where journals, plans and failure reports are kept: ``SUPPORTCTL_STATE_DIR``, else the user's state folder.

    The folder may not exist yet.
    """
    if environ.get("SUPPORTCTL_STATE_DIR"):
        return Path(environ["SUPPORTCTL_STATE_DIR"]).expanduser()
    import platformdirs

    return Path(platformdirs.user_state_path("supportctl", appauthor=False))


def load(path: Path | None = None) -> Config:
    """Read the configuration file. Raises `ConfigError` naming file, line and what is wrong with it."""
    path = path or config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Config(path=path)
    except (OSError, UnicodeDecodeError) as error:
        reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise ConfigError(f"cannot read the configuration {path}: {reason}") from None
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"the configuration {path} cannot be read: {_toml_reason(error)}",
            hint="correct that line; no profile was read and nothing was sent",
        ) from None
    tables = _tables(document, path)
    refuse_twins(tables, path)
    return Config(
        path=path,
        profiles={name: _profile(name, table, path) for name, table in tables.items()},
        default_profile=_default(document, path),
    )


def refuse_twins(names: Iterable[str], path: Path) -> None:
    """Two profiles must not share an environment variable: one's token would go to the other's host."""
    seen: dict[str, str] = {}
    for name in names:
        folded = re.sub(r"[^A-Z0-9]", "_", name.upper())
        if folded in seen:
            raise ConfigError(
                f"the configuration {path} has profiles {seen[folded]!r} and {name!r}, whose tokens would share a name "
                f"in the environment (SUPPORTCTL_{folded}_TOKEN)",
                hint="rename one of them in the file",
            )
        seen[folded] = name


def _toml_reason(error: tomllib.TOMLDecodeError) -> str:
    return re.sub(r"\(at line (\d+), column (\d+)\)", r"(line \1, column \2)", str(error))


def _tables(document: dict[str, Any], path: Path) -> dict[str, Any]:
    strange = sorted(set(document) - {"profiles", "default_profile"})
    if strange:
        raise ConfigError(
            f"the configuration {path} has an unknown key {strange[0]!r}",
            hint="it may hold default_profile and [profiles.NAME] tables",
        )
    profiles = document.get("profiles", {})
    if not isinstance(profiles, dict):
        raise ConfigError(f"the configuration {path} has profiles that are not [profiles.NAME] tables")
    return profiles


def _default(document: dict[str, Any], path: Path) -> str | None:
    name = document.get("default_profile")
    if name is not None and not isinstance(name, str):
        raise ConfigError(f"the configuration {path} has a default_profile that is not a name")
    return name


def _profile(name: str, table: Any, path: Path) -> Profile:
    if not isinstance(table, dict):
        raise ConfigError(f"in {path}, [profiles.{name}] is not a table")
    if "token" in table or "token" in _mapping(table.get("auth")):
        raise ConfigError(
            f"in {path}, [profiles.{name}] holds a token; secrets do not belong into this file",
            hint=f"remove it there, then run: supportctl profile set {name} --token-stdin",
        )
    try:
        profile = msgspec.convert({**table, "name": name}, Profile)
        auth = msgspec.structs.replace(profile.auth, token_url=normalise_token_url(profile.auth.token_url))
        return msgspec.structs.replace(profile, url=normalise_url(profile.platform, profile.url), auth=auth)
    except msgspec.ValidationError as error:
        raise ConfigError(
            f"in {path}, [profiles.{name}] is not a profile: {str(error).replace('`$', '`').replace('`.', '`')}",
            hint="correct it there, or remove the table and run: supportctl profile add",
        ) from None
    except UsageError as error:
        raise ConfigError(f"in {path}, [profiles.{name}]: {error.message}", hint=error.hint) from None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


# From the environment


def environment_profile(environ: Mapping[str, str] = os.environ) -> Profile | None:
    """A profile wholly from the environment, for build servers; None without ``SUPPORTCTL_PLATFORM``.

    ``SUPPORTCTL_URL`` is required; ``SUPPORTCTL_AUTH`` is one of `AUTH_KINDS` (the platform's first, or
    ``api_token`` on Zendesk when ``SUPPORTCTL_USER`` is set); ``SUPPORTCTL_CLIENT_ID`` and ``SUPPORTCTL_SCOPE`` are
    for OAuth grants; ``SUPPORTCTL_ALLOW_WRITES=1`` permits writing. The secret is ``SUPPORTCTL_TOKEN``.
    """
    platform = environ.get("SUPPORTCTL_PLATFORM")
    if not platform:
        return None
    if platform not in PLATFORMS:
        raise ConfigError(f"SUPPORTCTL_PLATFORM is {platform!r}, which is none of {', '.join(PLATFORMS)}")
    url = environ.get("SUPPORTCTL_URL")
    if not url:
        raise ConfigError(
            "SUPPORTCTL_PLATFORM is set but SUPPORTCTL_URL is not",
            hint="set SUPPORTCTL_URL to the address of the account",
        )
    user = environ.get("SUPPORTCTL_USER") or None
    kind = environ.get("SUPPORTCTL_AUTH") or (
        "api_token" if platform == "zendesk" and user else AUTH_KINDS[platform][0]
    )
    if kind not in get_args(AuthKind):
        raise ConfigError(f"SUPPORTCTL_AUTH is {kind!r}, which is none of {', '.join(AUTH_KINDS[platform])}")
    writes = environ.get("SUPPORTCTL_ALLOW_WRITES", "").lower()
    if writes not in ("", "0", "1", "true", "false", "yes", "no"):
        raise ConfigError("SUPPORTCTL_ALLOW_WRITES is neither 1 nor 0")
    try:
        return Profile(
            name=ENVIRONMENT,
            platform=platform,  # type: ignore[arg-type]
            url=normalise_url(platform, url),
            auth=Auth(
                kind=kind,  # type: ignore[arg-type]
                user=user,
                client_id=environ.get("SUPPORTCTL_CLIENT_ID") or None,
                scope=environ.get("SUPPORTCTL_SCOPE") or None,
            ),
            writes=writes in ("1", "true", "yes"),
            deployment=deployment_of(platform, kind, normalise_url(platform, url)),
        )
    except UsageError as error:
        raise ConfigError(f"SUPPORTCTL_URL: {error.message}", hint=error.hint) from None


def choose(name: str | None, config: Config, environ: Mapping[str, str] = os.environ) -> Profile:
    """The profile a run works with.

    In this order: ``name`` (``-p``), ``SUPPORTCTL_PROFILE``, the environment's own profile, ``default_profile``,
    the only profile there is. Raises `ConfigError` when none can be told.
    """
    wanted = name or environ.get("SUPPORTCTL_PROFILE") or None
    if wanted == ENVIRONMENT or wanted is None:
        from_environment = environment_profile(environ)
        if from_environment is not None:
            return from_environment
    wanted = wanted or config.default_profile
    if wanted is None and len(config.profiles) == 1:
        return next(iter(config.profiles.values()))
    if wanted is None:
        message, hint = _no_profile(config, environ)
        raise ConfigError(message, hint=hint)
    try:
        return config.profiles[wanted]
    except KeyError:
        raise unknown_profile(wanted, config) from None


def unknown_profile(name: str, config: Config) -> ConfigError:
    close = get_close_matches(name, config.profiles, n=1)
    guess = f"; did you mean {close[0]!r}?" if close else ""
    known = (
        "run: supportctl profile list" if config.profiles else "there are none yet; run: supportctl profile add NAME"
    )
    return ConfigError(f"there is no profile {name!r} in {config.path}{guess}", hint=known)


def _no_profile(config: Config, environ: Mapping[str, str]) -> tuple[str, str]:
    if config.profiles:
        names = ", ".join(sorted(config.profiles))
        return (
            f"no profile was chosen and there is no default (there are: {names})",
            "name one with -p NAME, or for good: supportctl profile use NAME",
        )
    if environ.get("CI"):
        return (
            "no profile: this build does not say which account to use",
            "set SUPPORTCTL_PLATFORM, SUPPORTCTL_URL, SUPPORTCTL_USER (where the platform wants one) and\n"
            "SUPPORTCTL_TOKEN, the token as a protected variable of the build; see: supportctl help environment",
        )
    return (
        "no profile yet: supportctl does not know any account",
        "to connect one, run: supportctl profile add NAME\nto look around without an account, run: supportctl demo",
    )


# Addresses


def normalise_url(platform: str, text: str) -> str:
    """The account's address in one form: ``acme`` becomes ``https://acme.zendesk.com`` on Zendesk.

    Raises `UsageError` for anything but a host over https (http only to this computer), with an optional path.
    """
    text = text.strip()
    domain = {"zendesk": "zendesk.com", "jsm": "atlassian.net", "servicenow": "service-now.com"}.get(platform)
    if domain and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", text) and text.lower() != "localhost":
        text = f"{text}.{domain}"
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise UsageError("the address is not a URL", hint="give it like https://acme.example.com") from None
    host = (parts.hostname or "").rstrip(".")
    if not re.fullmatch(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:]+", host):
        raise UsageError("the address has no host name that can be used", hint="give it like https://acme.example.com")
    if parts.username is not None or parts.password is not None:
        raise UsageError(
            "the address holds a user name or password", hint="leave it out; secrets are asked for separately"
        )
    if parts.query or parts.fragment:
        raise UsageError("the address has a query or fragment", hint="give the address of the account only")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise UsageError(
            f"the address uses {parts.scheme}: secrets travel over https only", hint="give an https address"
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def deployment_of(platform: str, kind: str, url: str) -> Literal["cloud", "data_center"]:
    """Which Jira an address is likely of: Cloud has Atlassian's names and API tokens, Data Center access tokens."""
    if platform != "jsm" or kind == "api_token":
        return "cloud"
    through_gateway = urlsplit(url).path.startswith("/ex/jira/")
    return "cloud" if kind != "pat" and (is_atlassian(url) or through_gateway) else "data_center"


def is_atlassian(url: str) -> bool:
    """Whether the host is one of Atlassian's own."""
    return (urlsplit(url).hostname or "").endswith((".atlassian.net", ".atlassian.com", ".jira.com"))


def normalise_token_url(text: str | None) -> str | None:
    """An OAuth token endpoint's address; https, or http to this computer. Raises `UsageError`."""
    if not text:
        return None
    return normalise_url("", text)


def is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
