"""Words for mailboxes and accounts that belong to nobody in person."""

_MAILBOXES = (
    "abuse accounting accounts admin administrator alerts anfrage billing buchhaltung career careers contact contacto "
    "contato customercare customerservice desk donotreply enquiries feedback finance frontdesk hello help helpdesk "
    "hilfe hostmaster hr info information inquiries invoice invoices it itsupport jobs kontakt legal mail "
    "mailer-daemon marketing monitoring news newsletter no-reply no_reply noreply notification notifications office "
    "operations ops orders postmaster press privacy purchasing reception rechnung reservations root sales security "
    "service servicedesk shop soporte support system team test user webmaster"
)
_PLACES = (
    "account bar bot branch center centre clinic counter department dept front group guest hotel kitchen kiosk lab "
    "library lobby manager night nurse plant pos restaurant room school server shared spa staff station store terminal "
    "warehouse"
)
MAILBOXES = frozenset(_MAILBOXES.split())
NOBODY = MAILBOXES | frozenset(_PLACES.split())
"""A name or login with one of these words is an account of a place or a team."""
