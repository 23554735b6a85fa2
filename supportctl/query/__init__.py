"""The portable filter language: parse, evaluate on a Ticket, split into pushed-down and residual parts."""

from supportctl.query.evaluate import evaluate, needs
from supportctl.query.parse import extent, parse, source
from supportctl.query.pushdown import Literal, literals, normal_form, push
from supportctl.query.show import format_error
from supportctl.query.unparse import unparse

__all__ = [
    "Literal",
    "evaluate",
    "extent",
    "format_error",
    "literals",
    "needs",
    "normal_form",
    "parse",
    "push",
    "source",
    "unparse",
]
