"""The OAuth ways to sign in, each as a profile of the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from supportctl.adapters.registry import open_adapter
from supportctl.config import Auth, Profile
from supportctl.sandbox.jira.gateway import PREFIX, TOKENS
from supportctl.token_store import FileStore

if TYPE_CHECKING:
    from supportctl.adapters.base import Adapter
    from tests.conformance.subjects import SharedClock
    from tests.fixtures.sandbox import Sandbox

CLIENT, CLIENT_SECRET = "sandbox-client", "sandbox-client-secret"


@dataclass(frozen=True)
class Flow:
    """``secret`` is the profile's own; ``needs_client_secret``: the client's besides."""

    platform: str
    kind: str
    secret: str
    client: str = CLIENT
    needs_client_secret: bool = False
    user: str | None = None

    @property
    def name(self) -> str:
        return f"{self.platform}-{self.kind}" + ("-public" if self.client != CLIENT else "")

    def profile(self, sandbox: Sandbox, **auth: Any) -> Profile:
        gateway = self.platform == "jsm"
        values = {"kind": self.kind, "user": self.user, "client_id": self.client}
        values |= {"token_url": f"{sandbox.url}{TOKENS}"} if gateway else {}
        return Profile(
            name="flow",
            platform=self.platform,  # type: ignore[arg-type]
            url=f"{sandbox.url}{PREFIX}" if gateway else sandbox.url,
            auth=Auth(**{**values, **auth}),
            writes=True,
        )

    def file(self, place: Path) -> Path:
        """A token file as a person would make it."""
        path = place / "refresh-token"
        path.touch(mode=0o600)
        path.write_text(f"{self.secret}\n")
        return path

    @contextmanager
    def open(
        self, sandbox: Sandbox, clock: SharedClock, place: Path, *, secret: str | None = None, **auth: Any
    ) -> Iterator[Adapter]:
        path = place / "refresh-token"
        if self.kind == "refresh_token" and not path.exists():
            self.file(place)
        adapter = open_adapter(
            self.profile(sandbox, **auth),
            secret=secret if secret is not None else self.secret,
            client_secret=CLIENT_SECRET if self.needs_client_secret else None,
            store=FileStore(str(path)) if self.kind == "refresh_token" else None,
            clock=clock,
            now=sandbox.store.now,
            max_wait=100_000,
            debug=lines_of(place).append,
        )
        try:
            yield adapter
        finally:
            adapter.close()


_LINES: dict[Path, list[str]] = {}


def lines_of(place: Path) -> list[str]:
    """What ``--debug`` would have printed in this test."""
    return _LINES.setdefault(place, [])


FLOWS = (
    Flow("zendesk", "client_credentials", CLIENT_SECRET),
    Flow("zendesk", "refresh_token", "sandbox-zendesk-refresh", needs_client_secret=True),
    Flow("zendesk", "refresh_token", "sandbox-zendesk-public-refresh", client="sandbox-public-client"),
    Flow("jsm", "refresh_token", "sandbox-jira-refresh", needs_client_secret=True),
    Flow("servicenow", "client_credentials", CLIENT_SECRET),
    Flow("servicenow", "password", "sandbox-servicenow-password", needs_client_secret=True, user="ops"),
    Flow("servicenow", "refresh_token", "sandbox-servicenow-refresh", needs_client_secret=True),
)
ROTATING = tuple(flow for flow in FLOWS if flow.kind == "refresh_token")
