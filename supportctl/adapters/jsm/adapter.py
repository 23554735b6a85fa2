"""Both halves of the Jira Service Management adapter."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from supportctl.adapters.documented import documented
from supportctl.adapters.jsm.reader import JiraReader
from supportctl.adapters.jsm.writer import JiraWriter
from supportctl.config import Profile
from supportctl.wire import Transport


@documented("Jira")
class JiraAdapter(JiraReader, JiraWriter):
    """`adapters.base.Adapter` for Jira Cloud and Data Center."""

    def native(self) -> Any:
        """A `jira.JIRA` that sends through our transport: same pins, limits and retries."""
        from supportctl.wire.vendors import jira_client

        return jira_client(self.transport, cloud=self.site.cloud)

    def close(self) -> None:
        self.transport.close()


def create(profile: Profile, transport: Transport, now: Callable[[], datetime]) -> JiraAdapter:
    """The adapter for ``profile`` on ``transport``; sends nothing yet."""
    return JiraAdapter(profile, transport, now)
