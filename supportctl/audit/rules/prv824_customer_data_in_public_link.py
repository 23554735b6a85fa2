from typing import ClassVar

from supportctl.adapters.base import Need
from supportctl.audit.actors import Actor, actor_of
from supportctl.audit.leaks import Leaks
from supportctl.audit.rule import Context, Options, TicketRule
from supportctl.audit.scope import is_noise
from supportctl.audit.texts import Text, texts, unread
from supportctl.audit.verdict import CLEAN, OUTSIDE, Verdict, fault
from supportctl.detect.links import find_open_links
from supportctl.model import Confidence, Persona, Severity, Ticket
from supportctl.text.fold import fold_word

_SHOWN = 5


class PublicLinkOptions(Options, frozen=True):
    allowed_hosts: tuple[str, ...] = ()
    """Hosts, with their subdomains, on which your company shares files on purpose."""


class CustomerDataInPublicLink(TicketRule):
    """Files are handed over by a link that opens for anybody.

    ## What it does
    Reports links to public file shares, paste bins and picture hosts (Dropbox, WeTransfer, Pastebin, Imgur …) and
    signed addresses of cloud storage that have not run out.

    ## Why is this bad?
    Logs and screenshots hold customer data. Whoever sees the link in a mail, a proxy or a search engine has them,
    and the ticket loses its evidence the day the link runs out.

    ## Example
    "The logs are at transfer.sh/…/dump.tar.gz".

    ## Fix
    Attach the file to the ticket or use the upload page of your desk; ask for the share to be deleted.

    ## False positives
    Drives where only the owner knows who may read (Google Drive, OneDrive, Box) are not reported, nor are pages of
    such sites that hold no file. What an agent links on a paste bin is mostly a how-to and passes. Signed addresses
    that have run out open for nobody. Vendor portals and your own shares go into the option `allowed_hosts`. Merged
    and deleted tickets and spam are out of scope.

    ## Fields
    All text on every platform. Where a part cannot be read and the rest holds nothing, the ticket is not judged.
    """

    code = "PRV824"
    name = "customer-data-in-public-link"
    severity = Severity.MEDIUM
    confidence = Confidence.MEDIUM
    persona = Persona.PEDANTIC
    wants: ClassVar[frozenset[Need]] = frozenset({Need.COMMENTS})
    reads_text = True
    options = PublicLinkOptions

    def check(self, ticket: Ticket, context: Context) -> Verdict:
        if is_noise(ticket, context):
            return OUTSIDE
        hosts = context.options(self.code, PublicLinkOptions).allowed_hosts
        allowed = frozenset(fold_word(host).lstrip("*.") for host in hosts)
        found = Leaks()
        for text in texts(ticket):
            for link in find_open_links(text.words, context.now, allowed):
                if not (link.publishes and _by_team(text, ticket, context)):
                    found.add(text, "link to", link.site, text.words[link.start : link.end])
        if found:
            sites = sorted({leak.masked for leak in found})
            return fault(
                f"public link to {' and '.join(sites)}",
                ", ".join(sorted(leak.seen for leak in found)),
                [evidence for leak in found for evidence in leak.evidence][:_SHOWN],
            )
        return unread(ticket, context) or CLEAN


def _by_team(text: Text, ticket: Ticket, context: Context) -> bool:
    if text.comment is None:
        return text.place == "resolution_notes"
    return actor_of(text.comment.author, ticket, context) in (Actor.AGENT, Actor.BOT)
