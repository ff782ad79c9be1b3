"""The team's own template for the summary, in Jinja, with nothing it could do but write text.

What a template prints is escaped as in the built-in one: only text that is Markdown already, and
what the template itself says, reaches the renderer as Markdown. So there are none of the filters
that mark text as safe, and what a filter or an operator makes is plain again. Text of a device
mostly stands in a code span of its own: print it into no code, link or HTML of yours.

Variables (Markdown unless said otherwise; as in ``summary.md.jinja``):

- ``device``; ``asked``: table of what was asked, where, when and by whom; ``counts``: table.
- ``drifted``, ``suspicious``: lists of findings with ``title``, ``decision``, ``also`` (on which
  other devices it is suspicious; may be empty), ``hints`` (list: by what it was hinted), ``drift``
  (list: what was gained), ``note`` (list of lines), ``alert`` (list: tactics, techniques, entities;
  empty for what is no alert), ``evidence`` (table).
- ``expected``, ``unreviewed``: lists, one for each question, of ``title``, ``rows`` (table) and
  ``left_out`` (a number).
- ``timeline``: table of the alerts, or none; ``unknown``: list of sentences.
- ``history``: table of who entered what and when, or none.
- ``appendix``: list, one for each question, of ``title``, ``status``, ``sha256``, ``kql``.
"""

# ruff: noqa: N802 - Jinja names the visiting methods after its nodes.
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from traceback import extract_tb
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from ...queries.language import tr
from ...queries.printable import printable
from .report import Report
from .summary import escaped, variables

#: Turns of all loops and calls together, and characters of a text or of the whole.
_MOST_TURNS = 300_000
_MOST_TEXT = 64_000_000
#: Stand where code that was printed begins and ends, until all is written.
_BEFORE, _AFTER = "\x02", "\x03"
#: Filters that say a text is safe, or make much out of little.
_NO_FILTERS = frozenset(
    (
        *("safe", "escape", "e", "forceescape", "tojson", "urlize", "xmlattr", "striptags"),
        *("center", "format", "indent", "replace", "slice", "batch", "random", "pprint"),
    )
)
_NO_METHODS = frozenset(
    ("center", "expandtabs", "format", "format_map", "ljust", "replace", "rjust", "translate")
) | {"zfill"}


#: What a template can bring about in Jinja and Python.
_FAILURES = (
    *(TemplateError, ArithmeticError, AssertionError, AttributeError, LookupError),
    *(MemoryError, TypeError, ValueError),
)


class TemplateProblem(Exception):  # noqa: N818 - no failure of ours, but what to tell its author
    """A template that cannot be used: one line, with the number of the line it is about."""

    def __init__(self, line: int | None, what: str) -> None:
        super().__init__(
            tr("template, line {line}: {what}", line=line, what=printable(what))
            if line
            else tr("template: {what}", what=printable(what))
        )
        self.line = line


def render_template(report: Report, template_text: str) -> str:
    """The report as the template has it.

    Raises:
        TemplateProblem: it is no template, uses what is not there, or does what it may not.
    """
    if _BEFORE in template_text or _AFTER in template_text:
        raise TemplateProblem(None, tr("it holds control characters"))
    try:
        environment = _Environment()
        pieces = []
        length = 0
        for piece in environment.template(template_text).generate(variables(report)):
            pieces.append(piece)
            length += len(piece)
            if length > _MOST_TEXT:
                raise SecurityError(tr("it writes too much"))
    except TemplateSyntaxError as error:
        raise TemplateProblem(error.lineno, error.message or tr("it is no template")) from None
    except RecursionError as error:
        what = tr("it is nested too deep, or calls itself without an end")
        raise TemplateProblem(_line(error), what) from None
    except SyntaxError:
        # Python's own limit, reached by what Jinja makes of it.
        raise TemplateProblem(None, tr("its blocks are nested too deep")) from None
    except _FAILURES as error:
        what = str(error) or type(error).__name__
        raise TemplateProblem(_line(error), what) from None
    return _apart("".join(pieces))


def _apart(text: str) -> str:
    """Keep code that was printed from running into its neighbours."""
    text = text.replace(_AFTER + _BEFORE, " ")
    if f"`{_BEFORE}" in text or f"{_AFTER}`" in text:
        what = tr("a ` stands right beside {{ }}, which brings its own: leave it out")
        raise TemplateProblem(None, what)
    return _unmarked(text)


def _unmarked(text: str) -> str:
    return text.replace(_BEFORE, "").replace(_AFTER, "")


def _finished(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    text = escaped(value)
    before = _BEFORE if text.startswith("`") else ""
    return Markup(f"{before}{text}{_AFTER if text.endswith('`') else ''}")  # noqa: S704


def _line(error: BaseException) -> int | None:
    """The line of the template where it went wrong: Jinja puts it into the traceback."""
    frames = [frame for frame in extract_tb(error.__traceback__) if frame.filename == "<template>"]
    return frames[-1].lineno if frames else None


class _Environment(ImmutableSandboxedEnvironment):
    """A sandbox in which nothing goes on for ever and nothing but our Markdown is Markdown."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self) -> None:
        super().__init__(
            autoescape=True,
            finalize=_finished,
            keep_trailing_newline=True,
            lstrip_blocks=True,
            trim_blocks=True,
            undefined=StrictUndefined,
            cache_size=0,
        )
        self._turns = 0
        self.filters = {
            name: self._plain(filter)
            for name, filter in self.filters.items()
            if name not in _NO_FILTERS
        }
        self.filters |= {"_turns": self._turned, "_plain": _plain}
        del self.globals["lipsum"]

    def template(self, text: str) -> Template:
        tree = _Guards().visit(self.parse(text))
        code = self.compile(tree)
        return self.template_class.from_code(self, code, self.make_globals(None))

    def _turn(self) -> None:
        self._turns += 1
        if self._turns > _MOST_TURNS:
            raise SecurityError(tr("it goes on for too long"))

    def _turned(self, values: Iterable[Any]) -> Iterator[Any]:
        for value in values:
            self._turn()
            yield value

    def _plain(self, filter: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(filter)
        def plain(*args: Any, **kwargs: Any) -> Any:
            self._turn()
            result = filter(
                *(_plain(arg) for arg in args),
                **{name: _plain(arg) for name, arg in kwargs.items()},
            )
            return _small(_plain(result))

        return plain

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        self._turn()
        left, right = _plain(left), _plain(right)
        if operator == "%" and isinstance(left, str):
            raise SecurityError(tr("texts are not formatted here"))
        if operator == "*":
            _see_product(left, right)
        if operator == "**" and not (isinstance(right, int) and abs(right) < 64):
            raise SecurityError(tr("the exponent is too large"))
        return _small(super().call_binop(context, operator, left, right))

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        self._turn()
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        # What a method of finished text returns would count as finished too.
        if isinstance(obj, Markup) or (isinstance(obj, str) and attr in _NO_METHODS):
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """No way around :meth:`is_safe_attribute` for ``format``."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        return super().getitem(_plain(obj), argument)


class _Guards(NodeTransformer):
    """Puts a count on every loop, and takes away what would print without being escaped."""

    def visit_For(self, node: nodes.For) -> nodes.Node:
        self.generic_visit(node)
        if isinstance(node.iter, nodes.Expr):
            node.iter = _filtered(node.iter, "_turns")
        return node

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:
        self.generic_visit(node)
        # Slices do not ask the environment.
        return _filtered(node, "_plain") if isinstance(node.arg, nodes.Slice) else node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        result: nodes.Expr = nodes.Const("", lineno=node.lineno)
        for part in node.nodes:
            text = _filtered(part, "string")
            result = nodes.Add(result, text, lineno=node.lineno)
        return result

    def visit_FilterBlock(self, node: nodes.FilterBlock) -> nodes.Node:
        raise TemplateSyntaxError(tr("'filter' blocks are not for templates here"), node.lineno)

    def visit_CallBlock(self, node: nodes.CallBlock) -> nodes.Node:
        raise TemplateSyntaxError(tr("'call' blocks are not for templates here"), node.lineno)

    def visit_AssignBlock(self, node: nodes.AssignBlock) -> nodes.Node:
        if node.filter is not None:
            raise TemplateSyntaxError(
                tr("'set' blocks with filters are not for templates here"), node.lineno
            )
        return self.generic_visit(node)


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _plain(value: Any) -> Any:
    """Text that is finished Markdown as text that is not."""
    return _unmarked(str(value)) if isinstance(value, Markup) else value


def _small(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > 4096:
        raise SecurityError(tr("a number grows too large"))
    if isinstance(value, str | list | tuple) and len(value) > _MOST_TEXT // 64:
        raise SecurityError(tr("a text or list grows too long"))
    return value


def _see_product(left: Any, right: Any) -> None:
    for one, other in ((left, right), (right, left)):
        many = isinstance(one, str | list | tuple) and isinstance(other, int)
        if many and len(one) * other > _MOST_TEXT // 64:
            raise SecurityError(tr("a text or list grows too long"))
