"""Profiles: which platform, where, as whom, and how careful.

Secrets are never here: `supportctl.credentials` finds them.
"""

from typing import Literal

import msgspec

AuthKind = Literal["oauth", "api_token", "basic", "pat", "none"]


class Auth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How to sign in; the secret itself is looked up by the profile's name.

    ``oauth``: a bearer token (Zendesk, ServiceNow, Jira 3LO). ``api_token``: e-mail + API token (Zendesk legacy,
    Jira Cloud). ``basic``: user name + password (ServiceNow). ``pat``: Jira Data Center personal access token.
    """

    kind: AuthKind
    user: str | None = None
    credential_command: list[str] | None = None
    """A command that prints the secret on standard output; run without a shell."""
    token_file: str | None = None


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    name: str = ""
    platform: Literal["zendesk", "jsm", "servicenow"]
    url: str
    auth: Auth
    writes: bool = False
    """False: every writing command refuses. ``profile set NAME --allow-writes`` changes it."""
    scope: str | None = None
    """A native query every read is narrowed by, e.g. ``project = SUP`` (optional)."""
    tables: list[str] = []
    """ServiceNow: further tables than incident, problem, sc_request, sc_req_item and sc_task."""
    tag_backend: str = "label"
    """ServiceNow: ``label`` or ``field:<name>``."""
    statuses: dict[str, str] = {}
    """Overrides: native status (id or value) -> portable status."""
    priorities: dict[str, str] = {}
    """Overrides: native priority (id or value) -> p1..p5."""
    fields: dict[str, str] = {}
    """Portable field -> native field, e.g. ``impact = "customfield_10004"``."""
    attachment_hosts: list[str] = []
    """Further hosts attachment content may come from (visited without credentials)."""
    deployment: Literal["cloud", "data_center"] = "cloud"
    """Jira only."""
    ca_bundle: str | None = None
