"""The vendor clients, riding on our transport with their own caches, retries and hidden calls switched off.

Good for configuration, vocabulary and people's own scripts; never for streams of tickets or bulk writes: their
objects cost several times the parsing, and some attributes hide a request each.
"""

import logging
import re
from typing import Any

from supportctl.errors import ConfigError
from supportctl.wire.bridge import intent_by_verb, mount, requests_session
from supportctl.wire.response import Intent
from supportctl.wire.transport import Transport

_READING_POST = re.compile(r".*/(search(/jql|/approximate-count)?|jql/(parse|match|pdcleaner)|issue/bulkfetch)")


def zenpy_client(transport: Transport, *, raise_errors: bool = True) -> Any:
    """A `zenpy.Zenpy` for the transport's base URL: one request per call, no object cache, no sleeping of its own.

    It is not thread safe: take one per thread. Reading ``ticket.requester`` and the like costs a request each.
    """
    import zenpy

    authority = _authority(transport)
    subdomain, dot, domain = authority.partition(".")
    if not dot:
        raise ConfigError(
            "zenpy cannot address a host name without a dot", hint="use 127.0.0.1 instead of localhost in the url"
        )
    # Its debug log holds whole payloads.
    logging.getLogger("zenpy").setLevel(logging.WARNING)
    session = requests_session(transport, raise_errors=raise_errors)
    session.authorized = True  # type: ignore[attr-defined]
    return zenpy.Zenpy(subdomain=subdomain, domain=domain, session=session, disable_cache=True)


def jira_client(transport: Transport, *, cloud: bool = True, raise_errors: bool = True) -> Any:
    """A `jira.JIRA` for the transport's base URL: no request on construction, one per page of a search.

    ``cloud`` chooses REST version 3 and the token-paged search; Data Center speaks version 2.
    """
    import jira

    # Its debug log holds headers and bodies.
    logging.getLogger("jira").setLevel(logging.WARNING)
    client = jira.JIRA(
        transport.base_url.rstrip("/"),
        options={"rest_api_version": "3" if cloud else "2", "check_update": False},
        get_server_info=False,
        validate=False,
        max_retries=0,
        logging=False,
    )
    client.deploymentType = "Cloud" if cloud else "Server"
    if not cloud:
        # Unknown would count as older than every feature; asking would be a hidden request.
        client._version = (9, 0, 0)
    # An empty cache of field names would be filled from the whole field list on the first search.
    client._fields_cache_value = {"_": "_"}
    mount(client._session, transport, intent_of=_jira_intent, raise_errors=raise_errors)
    return client


def _jira_intent(method: str, path: str) -> Intent:
    if method == "POST" and _READING_POST.fullmatch(path):
        return Intent.READ
    return intent_by_verb(method, path)


def _authority(transport: Transport) -> str:
    return transport.hosts.base.netloc.decode("ascii")
