"""All topics, and the tags Harborlight allows."""

from supportctl.sandbox.company.topics_accounts import ACCOUNT_TOPICS
from supportctl.sandbox.company.topics_booking import BOOKING_TOPICS
from supportctl.sandbox.company.topics_devices import DEVICE_TOPICS

TOPICS = (*DEVICE_TOPICS, *BOOKING_TOPICS, *ACCOUNT_TOPICS)

BY_SLUG = {topic.slug: topic for topic in TOPICS}

AUTOMATION_TAGS = ("bump1", "bump2", "skip_autosolve", "closed_by_merge", "vip", "sso", "sdo", "escalated", "spam")
TAXONOMY = tuple(sorted({tag for topic in TOPICS for tag in topic.tags} | set(AUTOMATION_TAGS)))
"""The tags Harborlight allows; everything else on a ticket is off the list."""
