"""Handing a packet over: whether it may leave, and what of it goes into an engineer's tracker."""

from supportctl.evidence.handing.packet import Handed, take

__all__ = ["Handed", "take"]
