"""Names of the ticket's fields, for ``--json`` and completion."""

import msgspec

from supportctl.model import Ticket


def ticket_fields() -> tuple[str, ...]:
    """Every field of the published ticket schema, in its order."""
    return tuple(field.encode_name for field in msgspec.structs.fields(Ticket))
