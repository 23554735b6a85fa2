"""Numbers that make sense: none is negative, and what is a share by default stays one."""

from datetime import timedelta
from typing import Any

import msgspec


def beyond(kind: type[msgspec.Struct], name: str, value: Any) -> str | None:
    """Why a struct's field cannot have this value; None: it can."""
    usual = next((field.default for field in msgspec.structs.fields(kind) if field.name == name), None)
    for each in value.values() if isinstance(value, dict) else (value,):
        if isinstance(each, timedelta) and each < timedelta(0):
            return "a duration is not negative"
        if isinstance(each, bool) or not isinstance(each, int | float):
            continue
        if isinstance(usual, float) and 0 <= usual <= 1 and not 0 <= each <= 1:
            return "a share lies between 0 and 1"
        if each < 0:
            return "it is 0 or more"
        if name.endswith("_support") and each < 1:
            return "it is 1 or more"
    return None
