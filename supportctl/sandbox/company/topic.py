"""What people write about: subjects and bodies by topic and language.

``{slots}`` are filled per ticket; the same slots in another variant or language make a duplicate.
"""

from dataclasses import dataclass

Texts = dict[str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    kind: str
    category: str
    subcategory: str
    service: str
    group: int
    tags: tuple[str, ...]
    texts: Texts
    """Language -> (subject, body) variants; English is always there."""
    fix: str
    """What the agents write as resolution notes."""


def topic(slug: str, kind: str, place: str, group: int, tags: str, fix: str, texts: Texts) -> Topic:
    category, subcategory, service = place.split("/")
    return Topic(slug, kind, category, subcategory, service, group, tuple(tags.split()), texts, fix)
