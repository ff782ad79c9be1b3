"""The team's own template: what it can say, and what it cannot do."""

from __future__ import annotations

import time
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from iotriage.tui.casebook.casebook import Casebook
from iotriage.tui.casebook.findings import Verdict
from iotriage.tui.casebook.report import Report, build_report, render
from iotriage.tui.casebook.templates import TemplateProblem, render_template

from .gfm import inlines, parsed, text
from .samples import (
    ALERTS,
    HOSTILE,
    PROCESSES,
    alert,
    alerts,
    found,
    process,
    processes,
    subject,
    texts,
    ticking,
)

EVIL = "[x](http://evil.example) <img src=x> `"


def report_of(folder: Path, note: str = EVIL, device: str = "cam-1") -> Report:
    shell, miner = process("/bin/sh", EVIL), process("/tmp/miner", "./miner")
    warning = alert(1, EVIL, EVIL)
    answered = [(ALERTS, alerts(warning)), (PROCESSES, processes(shell, miner))]
    with Casebook.open(folder / "case", "mei", ticking()) as casebook:
        casebook.mark([(found(miner), miner)], Verdict.SUSPICIOUS, note)
        casebook.mark([(found(warning, ALERTS), warning)], Verdict.SUSPICIOUS, note)
        return build_report(subject(device), answered, casebook)


@pytest.fixture
def report(tmp_path: Path) -> Report:
    return report_of(tmp_path)


def test_the_built_in_template_is_one_like_any(report: Report) -> None:
    package = files("iotriage.tui.casebook")
    built_in = package.joinpath("summary.md.jinja").read_text("utf-8")
    assert render_template(report, built_in) == render(report, "markdown")


def test_a_template_says_what_it_wants(report: Report) -> None:
    template = """# Ours: {{ device }}
{% for finding in suspicious %}
## {{ loop.index }}. {{ finding.title }}
{% for line in finding.note %}
> {{ line }}
{% endfor %}

{{ finding.evidence }}
{% endfor %}
{% set many = suspicious | length %}
{{ many }} in all, {{ many * 2 ~ "" }}; {{ unreviewed[0].title | upper }}
"""
    markdown = render_template(report, template)
    assert text(inlines(markdown, "heading_open")[0]) == "Ours: cam-1"
    assert markdown.endswith("2 in all, 4; PROCESSES\n")
    assert EVIL in [text(token) for token in inlines(markdown, "paragraph_open")]


@pytest.mark.parametrize(
    "template",
    [
        "{{ x }}",
        "{{ x | upper | lower }}",
        "{{ x | trim }}{{ x | string }}{{ x[0:] }}",
        "{{ '' ~ x }}",
        "{{ '' + x }}",
        "{{ x * 1 }}",
        "{{ [x, x] | join('') }}",
        "{% set block %}{{ x }}{% endset %}{{ block }}",
        "{% set block %}**{% endset %}{{ block ~ x }}",
        "{% set block %}{% endset %}{{ block + x }}",
        "{% set block %}{{ x }}{% endset %}{{ block[0:40] }}",
        "{% set block %}{{ x }}{% endset %}{{ block | truncate(20, true) }}",
        "{% set block %}{{ x }}{% endset %}{{ [block, x] | join }}",
        "{% macro say(y) %}{{ y }}{% endmacro %}{{ say(x) }}",
        "{% macro say(y) %}{{ y }}{% endmacro %}{{ say(x) | upper }}",
        "{% macro say(y) %}{{ y }}{% endmacro %}{{ say(x) | first }}",
        "{% block b %}{{ x }}{% endblock %}{{ self.b() ~ x }}",
        "{% autoescape false %}{{ x }}{% endautoescape %}",
        "{{ {'a': x} }}{{ [x] }}",
        "{{ x.upper() }}{{ x.split('(') }}",
        "{{ x if true else 1 }}",
        "{{ x }}{{ x }}{{ x }}{{ 1 }}{{ x }}",
        "{% for i in [1, 2] %}{{ x }}{% endfor %}",
    ],
)
@pytest.mark.parametrize("hostile", [EVIL, *HOSTILE[6:30:2]])
def test_nothing_gets_out_unescaped(
    tmp_path_factory: pytest.TempPathFactory, template: str, hostile: str
) -> None:
    report = build_report_once(tmp_path_factory)
    source = f"{{% set x = {hostile!r} %}}\n{template}\n"
    try:
        markdown = render_template(report, source)
    except TemplateProblem:
        pytest.skip("no text that stands in a template")
    # Fails where it is anything but words and code.
    parsed(markdown.replace("**", ""))


@pytest.mark.parametrize(
    ("template", "line", "says"),
    [
        ("\n{% if %}", 2, "Expected an expression"),
        ("{{ ", 1, "unexpected"),
        ("\n\n{{ nothing }}", 3, "'nothing' is undefined"),
        ("\n{{ device.nothing }}", 2, "no attribute 'nothing'"),
        ("{% for x in suspicious %}\n{{ x.tittle }}{% endfor %}", 2, "tittle"),
        ("{{ device | safe }}", 1, "No filter named 'safe'"),
        ("{{ device | tojson }}", 1, "No filter named 'tojson'"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ("\n{{ suspicious[99] }}", 2, "99"),
        ("{% include 'other' %}", 1, "no loader"),
        ("{% extends '/etc/passwd' %}", 1, "no loader"),
        ("{% filter upper %}x{% endfilter %}", 1, "'filter' blocks"),
        ("{% macro m() %}{% endmacro %}\n{% call m() %}x{% endcall %}", 2, "'call' blocks"),
        ("{% set x | upper %}a{% endset %}", 1, "'set' blocks with filters"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe"),
        ("\n{{ suspicious.append(1) }}", 2, "unsafe"),
        ("{{ self.__init__.__globals__ }}", 1, "unsafe"),
        ("{{ '{0.__class__}'.format(device) }}", 1, "unsafe"),
        ("{{ lipsum(n=5) }}", 1, "'lipsum' is undefined"),
        ("{{ 1 + 'a' }}", 1, "unsupported operand"),
        ("{{ device() }}", 1, "not callable"),
        ("`{{ device }}`", None, "leave it out"),
        ("\x02", None, "control characters"),
    ],
)
def test_a_mistake_is_told_with_its_line(
    report: Report, template: str, line: int | None, says: str
) -> None:
    with pytest.raises(TemplateProblem) as caught:
        render_template(report, template)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.line == line
    assert str(caught.value).startswith(f"template, line {line}: " if line else "template: ")


@pytest.mark.parametrize(
    "template",
    [
        "{% for x in range(10**18)%}{% endfor %}",
        "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor%}{% endfor %}",
        "{% for x in range(99999) %}{% for y in range(999) %}{{ device }}{% endfor%}{% endfor %}",
        "{{ 'a' * 10**10 }}",
        "{{ 10**10 * 'a' }}",
        "{{ 2 ** (10**9) }}",
        "{% set n = namespace(x='a') %}{% for i in range(60)%}{% set n.x = n.x + n.x%}{% endfor %}",
        "{% set n = namespace(x='a') %}{% for i in range(60)%}{% set n.x = n.x ~ n.x%}{% endfor %}",
        "{% set n = namespace(x=[1]) %}{% for i in range(60)%}{% set n.x = n.x + n.x%}{% endfor %}",
        "{% set n = namespace(x=9) %}{% for i in range(60)%}{% set n.x = n.x * n.x%}{% endfor %}",
        "{{ '%1000000000d' % 1 }}",
        "{{ 'a' | center(10**10) }}",
        "{{ 'a'.ljust(10**10) }}",
        "{{ '{:10000000000}'.format(1) }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n %}{{ m(n-1) }}{{ m(n-1) }}{% endif %}{% endmacro %}{{ m(60) }}",
        "{% for i in range(9) %}" * 30 + "{% endfor %}" * 30,
        "(" * 10 + "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
        "{{ range(99999) | map('string') | join(',' * 999) }}",
        "{% for x in [1,2] recursive %}{{ loop([1,2]) }}{% endfor %}",
    ],
)
def test_nothing_goes_on_for_ever(report: Report, template: str) -> None:
    start = time.monotonic()
    with pytest.raises(TemplateProblem):
        render_template(report, template)
    assert time.monotonic() - start < 20


@settings(max_examples=80, deadline=None)
@given(texts)
def test_any_text_is_a_template_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, template: str
) -> None:
    report = build_report_once(tmp_path_factory)
    try:
        assert isinstance(render_template(report, template), str)
    except TemplateProblem as problem:
        line = str(problem)
    else:
        line = ""
    assert "\n" not in line


_MADE: list[Report] = []


def build_report_once(tmp_path_factory: pytest.TempPathFactory) -> Report:
    if not _MADE:
        _MADE.append(report_of(tmp_path_factory.mktemp("template")))
    return _MADE[0]
