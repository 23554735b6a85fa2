"""The sample company "Harborlight": rents payment terminals and a booking back office to marinas and small hotels.

Everything in it is invented; addresses end in ``.example``, telephone numbers are from ranges kept for fiction.
"""

from supportctl.sandbox.company.build import build

__all__ = ["build"]
