"""Changing the configuration file: comments and order are kept, and a killed run leaves the old file whole."""

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from supportctl.config import ENVIRONMENT, NAME, Profile, config_path, load, refuse_twins, unknown_profile
from supportctl.errors import StateError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tomlkit import TOMLDocument


def check_name(name: str) -> None:
    """Raises `UsageError` for a name that could not stand in the file, an environment variable and a prompt."""
    if name == ENVIRONMENT:
        raise UsageError(f"{ENVIRONMENT!r} is the profile that comes from the environment; take another name")
    if not NAME.fullmatch(name):
        raise UsageError("a profile name is letters, digits, - and _, at most 64, beginning with a letter or digit")


def save_profile(profile: Profile, path: Path | None = None) -> None:
    """Add or replace one profile. Keys that are set to their default are removed."""
    check_name(profile.name)
    values = msgspec.to_builtins(profile)
    values.pop("name", None)
    with _editing(path) as document:
        import tomlkit

        profiles = document.setdefault("profiles", tomlkit.table(is_super_table=True))
        refuse_twins({*profiles, profile.name}, path or config_path())
        table = profiles.get(profile.name)
        if table is None:
            table = tomlkit.table()
            profiles[profile.name] = table
        for stale in [key for key in table if key not in values]:
            del table[stale]
        for key, value in values.items():
            if table.get(key) != value:
                table[key] = _inline(value)


def remove_profile(name: str, path: Path | None = None) -> None:
    """Take one profile out; it is no longer the default either. Raises `ConfigError` when there is none."""
    config = load(path)
    if name not in config.profiles:
        raise unknown_profile(name, config)
    with _editing(path) as document:
        del document["profiles"][name]
        if document.get("default_profile") == name:
            del document["default_profile"]


def set_default(name: str, path: Path | None = None) -> None:
    """Make ``name`` the profile that is used when none is named."""
    config = load(path)
    if name not in config.profiles:
        raise unknown_profile(name, config)
    with _editing(path) as document:
        if "default_profile" in document:
            document["default_profile"] = name
            return
        import tomlkit

        rest = document.as_string()
        document.clear()
        document.update(tomlkit.parse(f'default_profile = "{name}"\n\n{rest}'))


def _inline(value: object) -> object:
    import tomlkit

    if not isinstance(value, dict):
        return value
    table = tomlkit.inline_table()
    table.update(value)
    return table


@contextmanager
def _editing(path: Path | None) -> "Iterator[TOMLDocument]":
    """The document to change; written when the block ends without an error."""
    import tomlkit

    path = path or config_path()
    load(path)  # refuses to touch a file that cannot be read
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    document = tomlkit.parse(text)
    yield document
    _replace(path, document.as_string())


def _replace(path: Path, text: str) -> None:
    """Write beside the file, flush to the disk, rename. Readable by its owner only."""
    target = path.resolve() if path.is_symlink() else path
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(prefix=".config-", suffix=".toml", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StateError(
            f"cannot write the configuration {target}: {error.strerror}; nothing was changed",
            hint="make the folder writable, or name another file with SUPPORTCTL_CONFIG",
        ) from None
