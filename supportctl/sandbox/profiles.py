"""The accounts the sandbox accepts, and the profiles people use to reach it.

The secrets are no secrets: they open nothing but the sandbox on this machine.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One way to sign in. ``platform`` is the door: ``jira_dc`` is Jira Data Center beside Cloud's ``jsm``.

    ``kind``: ``api_token``, ``scoped_token`` (Jira, through the gateway), ``api_key``, ``oauth``, ``basic`` or ``pat``;
    ``scope``: what an OAuth or scoped token may, empty when it is not bound. ``role``: ``admin``, ``agent``,
    ``customer`` (of a service desk: own requests only, and no internal comments), ``itil`` (works incidents and may not
    close them), ``limited`` (reads, but neither all records nor work notes, and writes nothing).
    """

    platform: str
    kind: str
    user: str
    secret: str
    role: str = "admin"
    scope: str = ""


ACCOUNTS = (
    Account("zendesk", "api_token", "ops@harborlight.example", "sandbox-zendesk-token"),
    Account("zendesk", "oauth", "ops@harborlight.example", "sandbox-zendesk-oauth"),
    Account("zendesk", "oauth", "mira.solberg@harborlight.example", "sandbox-zendesk-agent", role="agent"),
    Account("zendesk", "oauth", "owen.tregarth@harborlight.example", "sandbox-zendesk-assigned", role="agent"),
    Account("zendesk", "oauth", "nadia.haddad@harborlight.example", "sandbox-zendesk-organization", role="agent"),
    Account("zendesk", "oauth", "jonas.brandt@harborlight.example", "sandbox-zendesk-unrestricted", role="agent"),
    Account("jsm", "api_token", "ops@harborlight.example", "sandbox-jira-token"),
    Account("jsm", "oauth", "ops@harborlight.example", "sandbox-jira-oauth"),
    Account(
        "jsm",
        "scoped_token",
        "ops@harborlight.example",
        "sandbox-jira-scoped",
        scope="read:jira-work write:jira-work read:jira-user read:servicedesk-request",
    ),
    Account(
        "jsm",
        "scoped_token",
        "ops@harborlight.example",
        "sandbox-jira-scoped-read",
        scope="read:jira-work read:jira-user read:servicedesk-request",
    ),
    Account("jsm", "api_token", "limited@harborlight.example", "sandbox-jira-limited", role="agent"),
    Account("jsm", "api_token", "gwen.aldous@saltmarsh-marina.example", "sandbox-jira-customer", role="customer"),
    Account("jira_dc", "pat", "ops", "sandbox-jira-pat"),
    Account("jira_dc", "basic", "ops", "sandbox-jira-password"),
    Account("jira_dc", "pat", "mira.solberg", "sandbox-jira-pat-agent", role="agent"),
    Account("jira_dc", "pat", "limited", "sandbox-jira-pat-limited", role="agent"),
    Account("servicenow", "basic", "ops", "sandbox-servicenow-password"),
    Account("servicenow", "oauth", "ops", "sandbox-servicenow-oauth"),
    Account("servicenow", "api_key", "ops", "sandbox-servicenow-apikey"),
    Account("servicenow", "basic", "itil.agent", "sandbox-servicenow-agent", role="itil"),
    Account("servicenow", "basic", "limited.reader", "sandbox-servicenow-limited", role="limited"),
)
"""The first account of each platform is the one the printed profile uses."""

PROFILE_NAMES = {
    "zendesk": "demo-zendesk",
    "jsm": "demo-jsm",
    "servicenow": "demo-servicenow",
    "jira_dc": "demo-jira-dc",
}
_DATA_CENTERS = {"jira_dc": ("jsm", "/jira")}
"""Door -> platform and context path."""


def accounts(platform: str) -> tuple[Account, ...]:
    return tuple(account for account in ACCOUNTS if account.platform == platform)


def profiles(url: str) -> list[dict[str, str]]:
    """One profile per door of a sandbox at ``url``: keys name, platform, deployment, url, auth, user, secret."""
    found = []
    for door, name in PROFILE_NAMES.items():
        account = accounts(door)[0]
        platform, context = _DATA_CENTERS.get(door, (door, ""))
        found.append(
            {
                "name": name,
                "platform": platform,
                "deployment": "data_center" if door in _DATA_CENTERS else "cloud",
                "url": url.rstrip("/") + context,
                "auth": account.kind,
                "user": account.user,
                "secret": account.secret,
            }
        )
    return found


def mappings(platform: str) -> dict[str, dict[str, str]]:
    """What a profile of the sample company says about its own fields and statuses: keys ``fields`` and ``statuses``."""
    match platform:
        case "zendesk":
            from supportctl.sandbox.zendesk import names

            fields = {
                "category": names.CATEGORY,
                "subcategory": names.SUBCATEGORY,
                "closure_code": names.ROOT_CAUSE,
                "resolution_notes": names.NOTES,
                "impact": names.IMPACT,
                "urgency": names.URGENCY,
                "service": names.SERVICE,
                "component": names.ASSET,
            }
            return {"fields": {ours: str(number) for ours, number in fields.items()}, "statuses": {}}
        case "jsm":
            from supportctl.sandbox.jira import vocabulary

            return {
                "fields": {
                    "category": vocabulary.CATEGORY,
                    "subcategory": vocabulary.SUBCATEGORY,
                    "impact": vocabulary.IMPACT,
                    "urgency": vocabulary.URGENCY,
                    "resolution_notes": vocabulary.NOTES,
                    "group": vocabulary.GROUP,
                    "service": vocabulary.SERVICE,
                    "channel": vocabulary.CHANNEL,
                },
                "statuses": {
                    vocabulary.status_id(project, state): state
                    for project in vocabulary.PROJECTS
                    for state in ("pending", "on_hold", "closed", "cancelled")
                },
            }
        case _:
            return {"fields": {}, "statuses": {}}
