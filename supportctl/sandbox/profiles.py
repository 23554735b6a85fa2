"""The accounts the sandbox accepts, and the profiles people use to reach it.

The secrets are no secrets: they open nothing but the sandbox on this machine.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One way to sign in.

    ``kind``: ``api_token``, ``api_key``, ``oauth``, ``basic`` or ``pat``; ``role``: ``admin``, ``agent``.
    """

    platform: str
    kind: str
    user: str
    secret: str
    role: str = "admin"


ACCOUNTS = (
    Account("zendesk", "api_token", "ops@harborlight.example", "sandbox-zendesk-token"),
    Account("zendesk", "oauth", "ops@harborlight.example", "sandbox-zendesk-oauth"),
    Account("zendesk", "oauth", "mira.solberg@harborlight.example", "sandbox-zendesk-agent", role="agent"),
    Account("zendesk", "oauth", "owen.tregarth@harborlight.example", "sandbox-zendesk-assigned", role="agent"),
    Account("zendesk", "oauth", "nadia.haddad@harborlight.example", "sandbox-zendesk-organization", role="agent"),
    Account("zendesk", "oauth", "jonas.brandt@harborlight.example", "sandbox-zendesk-unrestricted", role="agent"),
    Account("jsm", "api_token", "ops@harborlight.example", "sandbox-jira-token"),
    Account("jsm", "oauth", "ops@harborlight.example", "sandbox-jira-oauth"),
    Account("jsm", "pat", "ops@harborlight.example", "sandbox-jira-pat"),
    Account("servicenow", "basic", "ops", "sandbox-servicenow-password"),
    Account("servicenow", "oauth", "ops", "sandbox-servicenow-oauth"),
    Account("servicenow", "api_key", "ops", "sandbox-servicenow-apikey"),
)
"""The first account of each platform is the one the printed profile uses."""

PROFILE_NAMES = {"zendesk": "demo-zendesk", "jsm": "demo-jsm", "servicenow": "demo-servicenow"}


def accounts(platform: str) -> tuple[Account, ...]:
    return tuple(account for account in ACCOUNTS if account.platform == platform)


def profiles(url: str) -> list[dict[str, str]]:
    """One profile per platform for a sandbox at ``url``: keys name, platform, url, auth, user, secret."""
    found = []
    for platform, name in PROFILE_NAMES.items():
        account = accounts(platform)[0]
        found.append(
            {
                "name": name,
                "platform": platform,
                "url": url.rstrip("/"),
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
