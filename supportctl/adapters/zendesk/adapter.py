"""Both halves of the Zendesk adapter, and the vendor's client for people's own scripts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from supportctl.adapters.documented import documented
from supportctl.adapters.zendesk.reader import ZendeskReader
from supportctl.adapters.zendesk.writer import ZendeskWriter
from supportctl.config import Profile
from supportctl.wire import Transport


@documented("Zendesk")
class ZendeskAdapter(ZendeskReader, ZendeskWriter):
    """`adapters.base.Adapter` for Zendesk Support."""

    def native(self) -> Any:
        """A `zenpy.Zenpy` on our transport. Not thread safe; reading ``ticket.requester`` costs a request each."""
        from supportctl.wire.vendors import zenpy_client

        return zenpy_client(self.transport)

    def close(self) -> None:
        self.transport.close()


def create(profile: Profile, transport: Transport, now: Callable[[], datetime]) -> ZendeskAdapter:
    return ZendeskAdapter(profile, transport, now)
