"""The Markdown summary: the built-in template, filled with escaped text."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from ...queries.language import spoken
from . import sections, told
from .findings import Verdict
from .judgements import Sign
from .markdown import Markdown, inline
from .report import Report


def summary(report: Report) -> str:
    """The report as Markdown."""
    return _template(spoken()).render(variables(report))


def variables(report: Report) -> dict[str, Any]:
    """What a template is filled with; :mod:`.templates` says what each is."""
    by_sign = {sign: [r for r in report.findings if r.sign is sign] for sign in Sign}
    drifted = sorted(by_sign[Sign.DRIFTED], key=lambda r: r.verdict is not Verdict.SUSPICIOUS)
    return {
        "device": sections.or_none(report.subject.device),
        "asked": sections.asked_table(report.subject),
        "counts": sections.counts(report),
        "drifted": [told.told(r) for r in drifted],
        "suspicious": [told.told(r) for r in by_sign[Sign.SUSPICIOUS]],
        "expected": told.lists(by_sign[Sign.EXPECTED], told.expected),
        "unreviewed": told.lists(by_sign[Sign.UNREVIEWED], told.unreviewed),
        "timeline": sections.timeline(report.findings),
        "unknown": [line for question in report.questions for line in sections.unknown(question)],
        "history": sections.history(report),
        "appendix": [sections.appended(question) for question in report.questions],
    }


@cache
def _template(language: str) -> Template:
    # Autoescape, with our escaper in the place of the one for HTML.
    environment = ImmutableSandboxedEnvironment(
        autoescape=True,
        finalize=escaped,
        keep_trailing_newline=True,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    name = "summary.md.jinja" if language == "en" else f"summary.{language}.md.jinja"
    text = files(__package__).joinpath(name).read_text("utf-8")
    return environment.from_string(text)


def escaped(value: object) -> Markup:
    """What is no Markdown yet becomes so, wherever it stands in the template."""
    # Markup itself comes from nothing but the template's own macros.
    done = isinstance(value, Markdown | Markup)
    return Markup(value if done else inline(str(value)))  # noqa: S704
