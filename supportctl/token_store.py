"""Where a refresh token lives that is replaced whenever it is used: a file or the keyring, one process at a time.

A platform that rotates refresh tokens takes each only once (Zendesk, "Using OAuth refresh tokens"; Atlassian, "Rotating
refresh tokens"). Whoever holds `TokenStore.exclusive` reads what stands there now, and replaces it whole or not at all.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from supportctl.config import ENVIRONMENT, Profile, state_dir
from supportctl.credentials import Origin, Part, Secret, read_keyring, read_private, store_secret
from supportctl.errors import AuthError, ConfigError, StateError

LOCK_TIMEOUT = 120.0
"""Seconds to wait for another process that is refreshing; longer than a refresh with its repeats usually takes."""
KEYRING_PATIENCE = 30.0
"""Seconds a keyring may take to keep what must not be lost."""
_ROOM = 16_384


class Tokens(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the store holds, as JSON; a bare refresh token is read too. ``expires_at`` is of the access token."""

    refresh_token: str
    host: str | None = None
    """Whose tokens they are; None until they were used for the first time."""
    access_token: str | None = None
    expires_at: datetime | None = None
    scope: str | None = None

    def __repr__(self) -> str:
        return "Tokens('…')"


class TokenStore(Protocol):
    """``where`` is for messages. Reading and replacing are for whoever holds the lock."""

    where: str

    def exclusive(self) -> AbstractContextManager[None]: ...

    def read(self) -> Tokens: ...

    def prove_writable(self) -> None:
        """Raise `StateError` unless what comes next can be kept: a used-up token must not be the only one left."""
        ...

    def replace(self, tokens: Tokens) -> None: ...


class FileStore:
    """A file with mode 600, replaced by renaming; the lock is a file beside it."""

    def __init__(self, path: str, *, timeout: float = LOCK_TIMEOUT) -> None:
        self.where = f"the token file {path}"
        self._path = path
        self._timeout = timeout

    @property
    def _target(self) -> Path:
        return Path(self._path).expanduser().resolve()

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        with _locked(self._target.with_name(f"{self._target.name}.lock"), self.where, self._timeout):
            yield

    def read(self) -> Tokens:
        return _parse(read_private(self._path), self.where)

    def prove_writable(self) -> None:
        self._write(b" " * _ROOM, keep=False)

    def replace(self, tokens: Tokens) -> None:
        self._write(msgspec.json.encode(tokens) + b"\n", keep=True)

    def _write(self, content: bytes, *, keep: bool) -> None:
        target = self._target
        try:
            # mkstemp makes files of mode 600.
            handle, name = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                if keep:
                    Path(name).replace(target)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as error:
            raise StateError(
                f"{self.where} cannot be replaced: {error.strerror or 'output error'}",
                hint="a refresh token changes whenever it is used: keep it in a file and folder this user may write to",
            ) from None


class KeyringStore:
    """The profile's entry of the system's keyring; the lock is a file in the state folder."""

    def __init__(self, profile: Profile, *, folder: Path | None = None, timeout: float = LOCK_TIMEOUT) -> None:
        self.where = "the keyring"
        self._profile = profile
        self._folder = folder
        self._timeout = timeout

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        folder = self._folder or state_dir()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise _no_lock(self.where, error) from None
        with _locked(folder / f"sign-in-{self._profile.name or 'env'}.lock", self.where, self._timeout):
            yield

    def read(self) -> Tokens:
        stored = read_keyring(self._profile, Part.TOKEN)
        if stored is None:
            raise AuthError("the keyring no longer has the refresh token; nothing was sent", hint=_again(self.where))
        return _parse(stored, self.where)

    def prove_writable(self) -> None:
        """The same entry, stored once more."""
        self.replace(self.read())

    def replace(self, tokens: Tokens) -> None:
        try:
            store_secret(self._profile, msgspec.json.encode(tokens).decode(), keyring_timeout=KEYRING_PATIENCE)
        except ConfigError:
            # Some keyrings take no more than a kilobyte or two; the access token can be had again.
            self._keep(Tokens(refresh_token=tokens.refresh_token))

    def _keep(self, tokens: Tokens) -> None:
        try:
            store_secret(self._profile, msgspec.json.encode(tokens).decode(), keyring_timeout=KEYRING_PATIENCE)
        except ConfigError as error:
            raise StateError(
                f"{error.message}; a refresh token that was used just now would be lost with it",
                hint="sign in again, and keep the refresh token in a file: --token-file PATH",
            ) from None


def store_of(profile: Profile, secret: Secret) -> FileStore | KeyringStore:
    """The place the secret was found in. Raises `ConfigError` where a replaced token could not be kept."""
    where = secret.origin.value
    match secret.origin:
        case Origin.FILE if secret.detail != "-":
            return FileStore(secret.detail)
        case Origin.FILE:
            where = "standard input"
        case Origin.KEYRING:
            return KeyringStore(profile)
    raise ConfigError(
        f"the refresh token of profile {profile.name or ENVIRONMENT!r} comes from where it cannot be replaced "
        f"({where}); it was not used",
        hint="it changes whenever it is used: put it into a file (--token-file PATH, mode 600) or the keyring;\n"
        "where nothing can be kept, sign in with client_credentials",
    )


def _parse(text: str, where: str) -> Tokens:
    """Raises `AuthError` that quotes nothing."""
    text = text.strip()
    try:
        found = msgspec.json.decode(text, type=Tokens) if text.startswith("{") else Tokens(refresh_token=text)
    except msgspec.MsgspecError:
        found = Tokens(refresh_token="")
    if not found.refresh_token or not found.refresh_token.isprintable():
        raise AuthError(f"{where} holds no refresh token; nothing was sent", hint=_again(where))
    return found


def _again(where: str) -> str:
    return f"sign in again, and put the new refresh token into {where}"


@contextmanager
def _locked(path: Path, where: str, timeout: float) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path, timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise StateError(
            f"another process has been refreshing {where} for {timeout:g} s; nothing was sent",
            hint="let it end, then run the command again",
        ) from None
    except OSError as error:
        raise _no_lock(where, error) from None
    try:
        yield
    finally:
        lock.release()


def _no_lock(where: str, error: OSError) -> StateError:
    return StateError(
        f"{where} cannot be locked: {error.strerror or 'output error'}; nothing was sent",
        hint="a refresh token changes whenever it is used: keep it in a file and folder this user may write to",
    )
