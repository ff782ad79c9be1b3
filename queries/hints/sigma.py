"""Sigma rules as KQL that means the same in Log Analytics and offline.

The one module that knows pySigma. Its Kusto backend writes for tables and functions that are not
those of the raw events, or that only the service has: the conditions on values are written here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from sigma.backends.kusto.kusto import KustoBackend
from sigma.conditions import ConditionFieldEqualsValueExpression, ConditionOR
from sigma.conversion.state import ConversionState
from sigma.exceptions import SigmaError
from sigma.processing.pipeline import ProcessingItem, ProcessingPipeline
from sigma.processing.transformations import FieldMappingTransformation
from sigma.rule import SigmaDetection, SigmaDetectionItem, SigmaRule
from sigma.types import (
    SigmaBool,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaRegularExpression,
    SigmaString,
    SpecialChars,
)

from ..language import tr
from ..literals import LiteralError, literal
from ..printable import printable
from .hint import LEVELS
from .rows_of_rules import ROWS
from .rules import Rule

#: Whose device it is cannot be known from its rows: these two kinds of agents there are.
_PRODUCTS = (None, "linux", "windows")
#: What one of the two engines for regular expressions does not have.
_FOREIGN = re.compile(r"\(\?(?:[=!>]|<[=!]|P=|\(|#)|(?<!\\)(?:\\\\)*\\[1-9]|[*+?}]\+")
_LONGEST, _LONGEST_CONDITION = 4096, 32768


class Refusal(Exception):  # noqa: N818 - nothing went wrong, but for the rule
    """A rule that cannot be asked; why, in one line."""


def translated(content: Mapping[str, Any], source: str) -> Rule:
    """A rule as YAML gave it, as one that can be asked.

    Args:
        source: what the file is called.

    Raises:
        Refusal: it is no rule, or says what cannot be said in KQL of what the agents send.
    """
    if "correlation" in content or "filter" in content:
        raise Refusal(tr("correlations and filters are not translated, rules are"))
    try:
        rule = SigmaRule.from_dict(dict(content))
        pane = _pane_of(rule)
        _check_fields(rule, pane)
        conditions = _Backend(_pipeline(pane)).convert_rule(rule)
        condition = " or ".join(f"({one})" for one in conditions)
        condition.encode()
        if len(condition) > _LONGEST_CONDITION:
            raise Refusal(tr("it becomes too long a condition"))
    except Refusal:
        raise
    except (SigmaError, LiteralError, NotImplementedError) as error:
        raise Refusal(_one_line(error)) from None
    except RecursionError:
        raise Refusal(tr("it is nested too deeply")) from None
    except Exception as error:
        # pySigma trusts the shape of what it is given.
        raise Refusal(f"{type(error).__name__}: {_one_line(error)}") from None
    return Rule(
        id=str(rule.id or ""),
        title=_one_line(rule.title),
        why=_one_line(rule.description or ""),
        level=rule.level.name.lower() if rule.level else LEVELS[-1],
        techniques=tuple(
            tag.name.upper()
            for tag in rule.tags
            if tag.namespace == "attack" and re.fullmatch(r"t\d{4}(\.\d{3})?", tag.name)
        ),
        author=_one_line(rule.author or ""),
        source=source,
        pane=pane,
        condition=condition,
    )


def _one_line(text: object) -> str:
    return printable(" ".join(str(text).split()))[:500]


def _pane_of(rule: SigmaRule) -> str:
    where = rule.logsource
    for pane, rows in ROWS.items():
        if where.category == rows.category and where.product in _PRODUCTS and not where.service:
            return pane
    known = ", ".join(rows.category for rows in ROWS.values())
    raise Refusal(
        tr(
            "log source {source}: the agents send none; rules may be of category {known}",
            source=_one_line(
                "/".join(filter(None, (where.product, where.category, where.service)))
            ),
            known=known,
        )
    )


def _check_fields(rule: SigmaRule, pane: str) -> None:
    known = ROWS[pane].fields
    for detection in rule.detection.detections.values():
        for field in _fields(detection):
            if field is None:
                raise Refusal(tr("it looks for words in no field: name the field"))
            if field not in known:
                raise Refusal(
                    tr(
                        "field {field}: the agents do not send it; known are {known}",
                        field=_one_line(field),
                        known=", ".join(known),
                    )
                )


def _fields(detection: SigmaDetection | SigmaDetectionItem) -> Iterator[str | None]:
    if isinstance(detection, SigmaDetectionItem):
        yield detection.field
    else:
        for item in detection.detection_items:
            yield from _fields(item)


def _pipeline(pane: str) -> ProcessingPipeline:
    fields: dict[str | None, str | list[str]] = dict(ROWS[pane].fields.items())
    mapping = FieldMappingTransformation(fields)
    return ProcessingPipeline([ProcessingItem(mapping)])


class _Backend(KustoBackend):
    """Conditions that both engines understand alike."""

    # Each value by itself: lists of the service's backend are not always what the rule says.
    convert_or_as_in: ClassVar[bool] = False
    convert_and_as_in: ClassVar[bool] = False
    field_exists_expression: ClassVar[str] = "isnotempty({field})"
    field_not_exists_expression: ClassVar[str] = "isempty({field})"
    # Text of the agents is never null.
    field_null_expression: ClassVar[str] = "isempty({field})"

    def convert_condition_field_eq_val_str(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return _text_condition(self.escape_and_quote_field(cond.field), cond, cased=False)

    def convert_condition_field_eq_val_str_case_sensitive(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return _text_condition(self.escape_and_quote_field(cond.field), cond, cased=True)

    def convert_condition_field_eq_val_num(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        return f"{self.escape_and_quote_field(cond.field)} == {literal(str(cond.value))}"

    def convert_condition_field_eq_val_bool(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        assert isinstance(cond.value, SigmaBool)
        word = "true" if cond.value.boolean else "false"
        return f"{self.escape_and_quote_field(cond.field)} == {literal(word)}"

    def convert_condition_field_compare_op_val(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        compared = cond.value
        assert isinstance(compared, SigmaCompareExpression)
        number = getattr(compared.number, "number", None)
        if not isinstance(number, int):
            raise Refusal(tr("numbers are compared with whole ones only"))
        sign = self.compare_operators[compared.op]
        return f"tolong({self.escape_and_quote_field(cond.field)}) {sign} {literal(number)}"

    def convert_condition_field_eq_val_re(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> str:
        given = cond.value
        assert isinstance(given, SigmaRegularExpression)
        pattern = str(given.regexp)
        if len(pattern) > _LONGEST or _FOREIGN.search(pattern):
            raise Refusal(
                tr(
                    "regular expression {pattern}: look-around, back references and possessive"
                    " repeats are not known to Kusto",
                    pattern=_one_line(pattern)[:80],
                )
            )
        flags = "".join(sorted(given.sigma_to_re_flag[flag] for flag in given.flags))
        return _matches(self.escape_and_quote_field(cond.field), pattern, flags)

    def convert_condition_field_eq_val_cidr(
        self, cond: ConditionFieldEqualsValueExpression, state: ConversionState
    ) -> Any:
        given = cond.value
        assert isinstance(given, SigmaCIDRExpression)
        if given.network.version != 4:
            raise Refusal(tr("ranges of IPv6 addresses are not translated"))
        either: list[Any] = [
            ConditionFieldEqualsValueExpression(cond.field, SigmaString(pattern))
            for pattern in given.expand()
        ]
        return self.convert_condition(ConditionOR(either, cond.source), state)

    def convert_condition_val_str(self, cond: Any, state: ConversionState) -> str:
        raise Refusal(tr("it looks for words in no field: name the field"))

    convert_condition_val_num = convert_condition_val_re = convert_condition_val_str

    def convert_condition_field_eq_query_expr(self, cond: Any, state: ConversionState) -> str:
        raise Refusal(tr("it has a query of another product in it"))


def _text_condition(field: str, cond: ConditionFieldEqualsValueExpression, *, cased: bool) -> str:
    """How a text with wildcards is compared; Sigma heeds no case unless told to."""
    assert isinstance(cond.value, SigmaString)
    parts = list(cond.value.s)
    if any(not isinstance(part, str | SpecialChars) for part in parts):
        raise Refusal(tr("it has a placeholder, and nothing says what stands for it"))
    many = SpecialChars.WILDCARD_MULTI
    suffix = "_cs" if cased else ""
    match parts:
        case [] | [""]:
            return f"isempty({field})"
        case [str(text)]:
            return f"{field} {'==' if cased else '=~'} {literal(text)}"
        case [one] if one is many:
            return f"isnotempty({field})"
        case [str(text), end] if end is many:
            return f"{field} startswith{suffix} {literal(text)}"
        case [begin, str(text)] if begin is many:
            return f"{field} endswith{suffix} {literal(text)}"
        case [begin, str(text), end] if begin is many and end is many:
            return f"{field} contains{suffix} {literal(text)}"
    pattern = "".join(
        _escaped(part) if isinstance(part, str) else ".*" if part is many else "." for part in parts
    )
    return _matches(field, f"^{pattern}$", "s" if cased else "is")


def _escaped(text: str) -> str:
    """Escaped for both engines; more than these, one of them takes for something else."""
    return re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", text)


def _matches(field: str, pattern: str, flags: str) -> str:
    return f"{field} matches regex {literal(f'(?{flags}){pattern}' if flags else pattern)}"
