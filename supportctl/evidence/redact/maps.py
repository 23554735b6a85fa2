"""The file that keeps tokens the same over several packets: private, and never beside what is handed on."""

import hashlib
import json
import os
import re
import stat
from pathlib import Path

from supportctl import atomic
from supportctl.errors import DataError, RefusedError
from supportctl.evidence.redact.tokens import Tokens

SCHEMA = "supportctl/redaction-map/v1"
FOLDER = "maps"


def check_place(path: Path, *forbidden: Path) -> None:
    """Raises `RefusedError` for a map inside a packet or inside a git work tree, from where it would travel."""
    place = path.resolve()
    for folder in forbidden:
        if place.is_relative_to(folder.resolve()):
            raise RefusedError(
                f"the map {path} would lie inside {folder}, which is handed on; nothing was redacted",
                hint="name a place outside with --map",
            )
    for folder in place.parents:
        if (folder / ".git").exists():
            raise RefusedError(
                f"the map {path} would lie inside the git work tree {folder}; nothing was redacted",
                hint="it holds what was hidden: keep it where nothing is committed, e.g. in your home folder",
            )


def place(state: Path, name: str, tokens: Tokens) -> Path:
    """Where the map of a packet is kept when no other place is named: in our own state folder, by what is in it."""
    told = hashlib.sha256(json.dumps(tokens.kept(), sort_keys=True).encode()).hexdigest()[:12]
    plain = re.sub(r"[^\w.-]+", "-", name)[:60].strip("-.") or "packet"
    return state / FOLDER / f"{plain}-{told}.json"


def latest(state: Path) -> Path | None:
    """The map that was written last; None where there is none."""
    found = [(path.stat().st_mtime_ns, path) for path in (state / FOLDER).glob("*.json")]
    return max(found)[1] if found else None


def load(path: Path) -> Tokens:
    """Empty where there is no file yet. Raises `DataError`; `RefusedError` for one that others may read."""
    try:
        data = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError:
        return Tokens()
    except OSError as error:
        raise DataError(f"cannot read the map {path}: {error.strerror}", hint="name another with --map") from None
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise RefusedError(
            f"the map {path} can be read by others; nothing was redacted", hint=f"take that away: chmod 600 {path}"
        )
    try:
        told = json.loads(data)
        kinds = told["tokens"]
        if told["schema"] != SCHEMA or not all(_whole(values) for values in kinds.values()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DataError(f"{path} is no map of tokens; nothing was redacted", hint="name another with --map") from None
    return Tokens(kinds)


def _whole(values: dict[str, int]) -> bool:
    return all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in values.values())


def save(path: Path, tokens: Tokens) -> None:
    """Readable for its owner only. Secrets and cards are not in it. Raises `StateError`."""
    told = {"schema": SCHEMA, "tokens": tokens.kept()}
    data = json.dumps(told, ensure_ascii=True, indent=1, sort_keys=True).encode() + b"\n"
    atomic.write(path, data, "the map of tokens", mode=atomic.PRIVATE)
