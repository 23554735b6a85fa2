"""Both halves of ServiceNow in one."""

from collections.abc import Callable
from datetime import datetime

from supportctl.adapters.base import Adapter
from supportctl.adapters.documented import documented
from supportctl.adapters.servicenow.reader import ServiceNowReader
from supportctl.adapters.servicenow.writer import ServiceNowWriter
from supportctl.config import Profile
from supportctl.wire import Transport


@documented("ServiceNow")
class ServiceNowAdapter(ServiceNowReader, ServiceNowWriter):
    """Reader and Writer over one transport."""

    def __init__(self, profile: Profile, transport: Transport) -> None:
        ServiceNowReader.__init__(self, profile, transport)
        ServiceNowWriter.__init__(self, self)

    def native(self) -> None:
        """None: the vendor's Python client (pysnc) is not a dependency of this tool."""

    def close(self) -> None:
        self.transport.close()


def create(profile: Profile, transport: Transport, now: Callable[[], datetime]) -> Adapter:
    """What the registry calls. ``now`` is not needed: selections carry their own clock."""
    return ServiceNowAdapter(profile, transport)
