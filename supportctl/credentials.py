"""Where secrets come from: a file, the environment, the keyring, a command; never a flag's value or plain text of ours.

A secret in the keyring belongs to a profile's name *and* host (and to that of its ``token_url``): a profile pointed
elsewhere does not find it.
"""

import os
import re
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from supportctl.config import Profile
from supportctl.errors import AuthError, ConfigError, SupportctlError

KEYRING_TIMEOUT = 3.0
COMMAND_TIMEOUT = 60.0
SERVICE = "supportctl"
MAX_SECRET = 16_384

T = TypeVar("T")


class Origin(StrEnum):
    """Where a secret was found, in the order looked."""

    FILE = "file"
    ENVIRONMENT = "environment"
    KEYRING = "keyring"
    COMMAND = "command"


class Secret:
    """A secret and its origin; shown nowhere."""

    __slots__ = ("detail", "origin", "value")

    def __init__(self, value: str, origin: Origin, detail: str) -> None:
        self.value = value
        self.origin = origin
        self.detail = detail
        """What to look at: a variable's name, a file's path, a command's first word."""

    def __repr__(self) -> str:
        return f"Secret('…', {self.origin.value}: {self.detail})"


class Part(StrEnum):
    """Which of a profile's secrets: the one it signs in with, or that of its OAuth client where both are needed."""

    TOKEN = "token"  # noqa: S105 (a name, not a secret)
    CLIENT_SECRET = "client_secret"  # noqa: S105


def environment_name(profile_name: str, part: Part = Part.TOKEN) -> str:
    """``SUPPORTCTL_<PROFILE>_TOKEN``: upper case, everything but letters and digits as ``_``."""
    middle = re.sub(r"[^A-Z0-9]", "_", profile_name.upper())
    return f"SUPPORTCTL_{middle}_{part.upper()}" if middle else f"SUPPORTCTL_{part.upper()}"


def secret_for(
    profile: Profile,
    *,
    env: Mapping[str, str] = os.environ,
    token_file: str | None = None,
    keyring_timeout: float = KEYRING_TIMEOUT,
) -> str:
    """The profile's secret. See `find_secret`."""
    return find_secret(profile, env=env, token_file=token_file, keyring_timeout=keyring_timeout).value


def find_secret(
    profile: Profile,
    *,
    env: Mapping[str, str] = os.environ,
    token_file: str | None = None,
    keyring_timeout: float = KEYRING_TIMEOUT,
) -> Secret:
    """The profile's secret with its origin: ``token_file`` (``--token-file``) or the profile's, then the environment
    variable, the keyring, the profile's ``credential_command``.

    Raises `AuthError` naming the ways out when there is none, `ConfigError` when a configured source is unfit.
    """
    if path := token_file or profile.auth.token_file:
        return Secret(_from_file(path), Origin.FILE, path)
    name = environment_name(profile.name)
    if name in env:
        return Secret(_clean(env[name], f"the environment variable {name}"), Origin.ENVIRONMENT, name)
    trouble: str | None = None
    try:
        stored = read_keyring(profile, Part.TOKEN, timeout=keyring_timeout)
    except ConfigError as error:
        stored, trouble = None, error.message
    if stored:
        return Secret(_clean(stored, "the keyring entry"), Origin.KEYRING, SERVICE)
    if command := profile.auth.credential_command:
        return Secret(_from_command(command, env), Origin.COMMAND, command[0])
    raise AuthError(
        f"no secret for profile {profile.name!r}: {trouble or 'the keyring has none'}; nothing was sent",
        hint=_ways_out(profile, keyring=trouble is None),
    )


def refresh_token_origin(
    profile: Profile, *, env: Mapping[str, str] = os.environ, token_file: str | None = None
) -> Secret:
    """Where a refresh token would be found, without reading a file that another process may be replacing."""
    if (path := token_file or profile.auth.token_file) and path != "-":
        return Secret("", Origin.FILE, path)
    return find_secret(profile, env=env, token_file=token_file)


def find_client_secret(
    profile: Profile, *, env: Mapping[str, str] = os.environ, keyring_timeout: float = KEYRING_TIMEOUT
) -> str | None:
    """The OAuth client's secret beside the profile's own: the profile's ``client_secret_file``, then
    ``SUPPORTCTL_<PROFILE>_CLIENT_SECRET``, then the keyring. None for a public client, which has none.
    """
    if path := profile.auth.client_secret_file:
        return _from_file(path)
    name = environment_name(profile.name, Part.CLIENT_SECRET)
    if name in env:
        return _clean(env[name], f"the environment variable {name}")
    try:
        stored = read_keyring(profile, Part.CLIENT_SECRET, timeout=keyring_timeout)
    except ConfigError:
        return None
    return _clean(stored, "the keyring entry") if stored else None


def read_keyring(profile: Profile, part: Part, *, timeout: float = KEYRING_TIMEOUT) -> str | None:
    """What the keyring has for this profile and host. Raises `ConfigError` when it cannot be asked."""
    account = _account(profile, part)
    return _keyring(lambda ring: ring.get_password(SERVICE, account), timeout)


def store_secret(
    profile: Profile, secret: str, part: Part = Part.TOKEN, *, keyring_timeout: float = KEYRING_TIMEOUT
) -> None:
    """Keep the secret in the keyring, and read it back: some backends drop what they are given.

    Raises `ConfigError` with the ways out; nothing is ever written in plain text instead.
    """
    value = _clean(secret, "the secret")
    account = _account(profile, part)

    def store(ring: "KeyringModule") -> bool:
        ring.set_password(SERVICE, account, value)
        return ring.get_password(SERVICE, account) == value

    problem: str | None = None
    try:
        if not _keyring(store, keyring_timeout):
            problem = "the keyring did not keep it"
    except ConfigError as error:
        problem = error.message
    if problem:
        raise ConfigError(
            f"the secret of profile {profile.name!r} was not stored: {problem}", hint=_ways_out(profile, keyring=False)
        )


def delete_secret(profile: Profile, *, keyring_timeout: float = KEYRING_TIMEOUT) -> bool:
    """Remove the profile's secrets from the keyring; False when there was none."""
    accounts = [_account(profile, part) for part in Part]

    def delete(ring: "KeyringModule") -> bool:
        found = [account for account in accounts if ring.get_password(SERVICE, account) is not None]
        for account in found:
            ring.delete_password(SERVICE, account)
        return bool(found)

    return _keyring(delete, keyring_timeout)


class KeyringModule:
    """The three calls used of `keyring`, behind its lazy import."""

    def __init__(self) -> None:
        import keyring

        backend = type(keyring.get_keyring())
        if "plaintext" in backend.__name__.lower():
            raise _PlaintextError
        self.get_password: Callable[[str, str], str | None] = keyring.get_password
        self.set_password: Callable[[str, str, str], None] = keyring.set_password
        self.delete_password: Callable[[str, str], None] = keyring.delete_password


class _PlaintextError(Exception):
    pass


def _keyring(use: Callable[[KeyringModule], T], timeout: float) -> T:
    """``use`` in a thread of its own, since backends may wait for ever for a prompt nobody sees."""
    results: list[T] = []
    problems: list[str] = []

    def work() -> None:
        try:
            results.append(use(KeyringModule()))
        except Exception as error:  # noqa: BLE001 (backends raise anything)
            problems.append(_keyring_problem(error))

    thread = threading.Thread(target=work, name="keyring", daemon=True)
    thread.start()
    thread.join(timeout)
    if results:
        return results[0]
    raise ConfigError(problems[0] if problems else f"the keyring did not answer within {timeout:g} s")


def _keyring_problem(error: Exception) -> str:
    """What went wrong by the kind of exception; its text could hold anything."""
    kind = type(error).__name__
    if isinstance(error, _PlaintextError):
        return "the keyring backend keeps secrets in plain text, which is refused"
    if kind == "NoKeyringError":
        return "this machine has no keyring"
    if isinstance(error, (ImportError, AttributeError, ValueError)) and os.environ.get("PYTHON_KEYRING_BACKEND"):
        return "PYTHON_KEYRING_BACKEND names a keyring that does not exist"
    if kind == "KeyringLocked":
        return "the keyring is locked"
    return f"the keyring failed ({kind})"


def _ways_out(profile: Profile, *, keyring: bool) -> str:
    ways = [
        f"set {environment_name(profile.name)}",
        "give --token-file PATH (mode 600)",
        "set credential_command in the profile",
    ]
    if keyring:
        ways.insert(0, f"store it with `supportctl profile set {profile.name or 'NAME'} --store-token`")
    return ", or ".join(ways)


def _account(profile: Profile, part: Part = Part.TOKEN) -> str:
    suffix = "" if part is Part.TOKEN else f"#{part}"
    host, tokens = _host(profile.url), _host(profile.auth.token_url or profile.url)
    return f"{profile.name}@{host}{'' if tokens == host else f'>{tokens}'}{suffix}"


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def _from_file(path: str) -> str:
    if path == "-":
        if sys.stdin.isatty():
            raise ConfigError("--token-file - reads standard input, which is a terminal", hint="pipe the token in")
        return _clean(sys.stdin.read(MAX_SECRET + 1), "standard input")
    return _clean(read_private(path), f"the token file {path}")


def read_private(path: str) -> str:
    """A file only its owner may read, as text. Raises `ConfigError` for any other."""
    text: str | None = None
    problem: SupportctlError | None = None
    file = Path(path).expanduser()
    try:
        with file.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if os.name == "posix" and stat.S_ISREG(status.st_mode) and status.st_mode & 0o077:
                problem = ConfigError(
                    f"the token file {path} can be read by other users (mode {stat.S_IMODE(status.st_mode):03o}); "
                    "it was not used",
                    hint=f"chmod 600 {path}",
                )
            else:
                text = stream.read(MAX_SECRET + 1).decode("utf-8-sig")
    except UnicodeDecodeError:
        problem = ConfigError(f"the token file {path} is not text", hint="it must hold the token and nothing else")
    except OSError as error:
        problem = ConfigError(
            f"the token file {path} cannot be read: {error.strerror or 'input error'}",
            hint="check the path given with --token-file or token_file in the profile",
        )
    if problem is not None or text is None:
        raise problem or ConfigError(f"the token file {path} cannot be read")
    return text


def _from_command(command: list[str], env: Mapping[str, str]) -> str:
    """Run the command without a shell. Its standard error is dropped: tools print secrets there when they fail."""
    shown = command[0]
    output: bytes | None = None
    problem = "ended without a result"
    try:
        done = subprocess.run(  # noqa: S603 (the user's own command, no shell)
            command,
            stdin=None if sys.stdin is not None and sys.stdin.isatty() else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT,
            env=dict(env),
            check=False,
        )
        if done.returncode == 0:
            output = done.stdout
        else:
            problem = f"ended with code {done.returncode}"
    except subprocess.TimeoutExpired:
        problem = f"did not end within {COMMAND_TIMEOUT:g} s"
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a usable command"
        problem = f"could not be started: {reason}"
    if output is None:
        raise AuthError(
            f"credential_command {shown!r} {problem}; nothing was sent", hint="run it by hand to see why it fails"
        )
    return _clean(output.decode("utf-8", "replace"), f"credential_command {shown!r}")


def _clean(text: str, where: str) -> str:
    """One line without surrounding space; the text itself is never quoted."""
    secret = text.strip()
    if not secret:
        raise AuthError(f"{where} is empty; nothing was sent", hint="it must give the token and nothing else")
    if len(secret) > MAX_SECRET or not secret.isprintable():
        raise AuthError(
            f"{where} holds more than one line or control characters; nothing was sent",
            hint="it must give the token and nothing else",
        )
    return secret
