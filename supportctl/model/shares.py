"""Shares of what was counted, with the interval that so few or so many allow."""

import math

from supportctl.model.finding import Share


def wilson(hits: int, total: int, z: float = 1.96) -> Share | None:
    """The share of ``hits`` in ``total``; None of nothing. (E. B. Wilson, 1927.)"""
    if total <= 0:
        return None
    p = hits / total
    centre = (p + z * z / (2 * total)) / (1 + z * z / total)
    reach = z * math.sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return Share(value=p, low=min(p, max(0.0, centre - reach)), high=max(p, min(1.0, centre + reach)))
