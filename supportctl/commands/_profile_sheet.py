"""Profiles as rows of a report."""

from collections.abc import Sequence
from typing import Any

import msgspec

from supportctl.config import Config, Profile, environment_profile
from supportctl.reports.base import Column, Sheet


class Row(msgspec.Struct, frozen=True):
    profile: Profile
    default: bool
    origin: str


def rows(config: Config) -> list[Row]:
    """Every profile there is, the environment's own first."""
    found = [Row(profile, config.default_profile == name, "file") for name, profile in sorted(config.profiles.items())]
    ours = environment_profile()
    return [Row(ours, True, "environment"), *(Row(r.profile, False, r.origin) for r in found)] if ours else found


def flat(row: Row) -> dict[str, Any]:
    profile = row.profile
    return {
        "name": profile.name,
        "default": row.default,
        "platform": profile.platform,
        "url": profile.url,
        "auth": profile.auth.kind,
        "user": profile.auth.user,
        "writes": profile.writes,
        "origin": row.origin,
    }


def pick(row: Row, fields: Sequence[str]) -> dict[str, Any]:
    values = flat(row)
    return {field: values[field] for field in fields}


def sheet() -> Sheet[Row]:
    return Sheet(
        name="profiles",
        columns=(
            Column(name="default", value=lambda r: "*" if r.default else None, rank=0, width=1, short=" "),
            Column(name="name", value=lambda r: r.profile.name, rank=0, width=20),
            Column(name="platform", value=lambda r: r.profile.platform, rank=1, width=10),
            Column(name="url", value=lambda r: r.profile.url, rank=1, width=0),
            Column(name="writes", value=lambda r: "allowed" if r.profile.writes else "read-only", rank=0, width=9),
            Column(name="auth", value=lambda r: r.profile.auth.kind, rank=3, width=9),
            Column(name="user", value=lambda r: r.profile.auth.user, rank=3, width=24),
            Column(name="origin", value=lambda r: r.origin, rank=5, width=11),
        ),
        default=("default", "name", "platform", "url", "writes", "auth", "user"),
        csv=("name", "default", "platform", "url", "auth", "user", "writes", "origin"),
        fields=("name", "default", "platform", "url", "auth", "user", "writes", "origin"),
        encode=lambda row: msgspec.json.encode(flat(row)),
        pick=pick,
    )
