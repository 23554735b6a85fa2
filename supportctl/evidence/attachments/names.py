"""File names of strangers: data that may look like a path, a device or another file of the same packet."""

import re
import unicodedata

from supportctl.evidence.attachments.limits import RefusedEntry

LONGEST = 120
"""Bytes of one part of a name: file systems take 255, and a number or suffix may be added."""
DEEPEST = 24
_LONGEST_PATH = 900
_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$|clock\$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f\x7f]')


def safe_part(text: str) -> str:
    """One part of a path that every file system takes and shows as what it is; never empty, never hidden."""
    kept = "".join(_character(each) for each in unicodedata.normalize("NFC", text))
    kept = _FORBIDDEN.sub("_", kept).strip(" ").rstrip(". ")
    if kept.startswith("."):
        kept = "_" + kept[1:]
    kept = _cut(kept).rstrip(". ")
    if not kept.strip("_. "):
        return "unnamed"
    return f"_{kept}" if is_reserved(kept) else kept


def safe_name(text: str) -> str:
    """A file's name out of what its sender called it: the last part of what may be a path of any system."""
    parts = [part for part in re.split(r"[/\\]", text) if part.strip(" .")]
    return safe_part(parts[-1] if parts else "")


def entry_name(text: str) -> str:
    """The relative name of an archive's entry. Raises `RefusedEntry` for one that leads, or may lead, elsewhere."""
    if "\0" in text:
        raise RefusedEntry("its name holds a zero byte")
    plain = shown(text).replace("\\", "/")
    if plain.startswith("/"):
        raise RefusedEntry("its name is an absolute path")
    if _DRIVE.match(plain):
        raise RefusedEntry("its name begins with a drive letter")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if any(part.strip() == ".." for part in parts):
        raise RefusedEntry("its name leads out of the archive (..)")
    if not parts:
        raise RefusedEntry("it has no name")
    if len(parts) > DEEPEST:
        raise RefusedEntry(f"it lies more than {DEEPEST} folders deep")
    if any(is_reserved(part) for part in parts):
        raise RefusedEntry("its name is that of a device on Windows")
    name = "/".join(safe_part(part) for part in parts)
    if len(name.encode()) > _LONGEST_PATH:
        raise RefusedEntry("its name is too long")
    return name


def shown(text: str) -> str:
    """``text`` with bytes that were no characters as question marks: it can be written again."""
    return text.encode("utf-8", "replace").decode()


def is_reserved(part: str) -> bool:
    """Whether Windows takes it for a device, whatever stands behind its first dot."""
    return _RESERVED.fullmatch(part.strip(" ").partition(".")[0].rstrip(" ")) is not None


def key_of(name: str) -> str:
    """The same for names that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


class Names:
    """The names given out so far."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._counted: dict[str, int] = {}
        """The last number given to a name that is wanted again and again."""

    def free(self, name: str) -> bool:
        key = key_of(name)
        if key in self._files or key in self._folders:
            return False
        return not any(folder in self._files for folder in _above(key))

    def take(self, name: str, *, folder: bool = False) -> str:
        """``name``, or the nearest one that is free. ``folder``: others will lie below it, and it is not written."""
        above, slash, last = name.rpartition("/")
        clash = [part for part in _above(key_of(name)) if part in self._files]
        if clash:  # A file stands where a folder should be.
            above, slash = self._above(above), "/"
        stem, dot, suffix = last.rpartition(".") if "." in last[1:] else (last, "", "")
        wanted = found = f"{above}{slash}{last}"
        while not self.free(found):
            number = self._counted[wanted] = self._counted.get(wanted, 1) + 1
            found = f"{above}{slash}{stem}-{number}{dot}{suffix}"
        key = key_of(found)
        (self._folders if folder else self._files).add(key)
        self._folders.update(_above(key))
        return found

    def _above(self, name: str) -> str:
        """A folder's name, or the nearest one that is no file's."""
        done = ""
        for part in name.split("/"):
            base = f"{done}/{part}" if done else part
            done, number = base, 1
            while key_of(done) in self._files:
                number += 1
                done = f"{base}-{number}"
        return done

    def state(self) -> tuple[frozenset[str], frozenset[str]]:
        return frozenset(self._files), frozenset(self._folders)

    def back(self, state: tuple[frozenset[str], frozenset[str]]) -> None:
        """Forget what was taken since."""
        self._files, self._folders = set(state[0]), set(state[1])


def _above(key: str) -> list[str]:
    parts = key.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _character(each: str) -> str:
    """Marks that turn or hide text go; what cannot be shown becomes a line."""
    kind = unicodedata.category(each)
    if kind == "Cf":
        return ""
    return "_" if kind in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"} else " " if kind == "Zs" else each


def _cut(text: str) -> str:
    """At most `LONGEST` bytes; a short suffix stays."""
    if len(text.encode()) <= LONGEST:
        return text
    stem, dot, suffix = text.rpartition(".")
    if not stem or len(suffix.encode()) > 12:
        stem, dot, suffix = text, "", ""
    most = LONGEST - len((dot + suffix).encode())
    return stem.encode()[:most].decode("utf-8", "ignore") + dot + suffix
