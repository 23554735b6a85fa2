"""The packet as one file: the same bytes for the same packet."""

import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import BinaryIO

from supportctl.evidence.packet.contents import Content, pieces, size

_FIRST = datetime(1980, 1, 1, tzinfo=UTC)
"""Before it a zip knows no times."""
_FILE = 0o100644 << 16


def write(out: BinaryIO, top: str, files: Mapping[str, Content], at: datetime) -> None:
    """All below one folder ``top``, in the order of their names, with ``at`` as their time."""
    moment = max(at.astimezone(UTC), _FIRST)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second // 2 * 2)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(f"{top}/{name}", stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = _FILE
            info.file_size = size(files[name])
            with archive.open(info, "w") as member:
                for piece in pieces(files[name]):
                    member.write(piece)
