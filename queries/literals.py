"""The one place where a value becomes KQL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from .language import tr

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})

Parameter = str | bool | int | datetime | timedelta


class LiteralError(ValueError):
    """A value or a name that KQL has no literal for."""


def literal(value: Parameter) -> str:
    r"""``value`` as a KQL literal.

    Text becomes ``"…"`` with only ``\ " \n \r \t`` escaped: every other character is taken raw
    by Kusto's lexer, and an unknown escape is an error there.

    Raises:
        LiteralError: a type with no literal here, a datetime without zone, a lone surrogate
            (no query text can carry one).
    """
    match value:
        case str():
            try:
                value.encode()
            except UnicodeEncodeError:
                raise LiteralError(
                    tr("text with half a surrogate pair cannot be asked for")
                ) from None
            return f'"{value.translate(_ESCAPES)}"'
        case bool():
            return "true" if value else "false"
        case int():
            if not -(2**63) <= value < 2**63:
                raise LiteralError(tr("{value} does not fit a long", value=value))
            return f"long({value})"
        case datetime():
            if value.tzinfo is None:
                raise LiteralError(tr("a datetime needs its zone"))
            try:
                moment = value.astimezone(UTC).replace(tzinfo=None)
            except OverflowError:
                raise LiteralError(tr("a datetime outside the years 1 to 9999")) from None
            return f"datetime({moment.isoformat(timespec='microseconds')}Z)"
        case timedelta():
            ticks = round(value / timedelta(microseconds=1)) * 10
            return f"timespan({ticks} tick)"
    raise LiteralError(tr("no KQL literal for {type}", type=type(value).__name__))


def prologue(parameters: Mapping[str, Parameter]) -> str:
    """One ``let`` a parameter, in the order given, each on a line of its own.

    Raises:
        LiteralError: as :func:`literal`, or a name that is no plain KQL identifier.
    """
    for name in parameters:
        if not _NAME.fullmatch(name):
            raise LiteralError(tr("{name!r} is no KQL name", name=name))
    return "".join(f"let {name} = {literal(value)};\n" for name, value in parameters.items())
