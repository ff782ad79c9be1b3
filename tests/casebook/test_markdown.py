"""Text of a device stays text in Markdown, whatever it is."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from iotriage.queries.printable import printable
from iotriage.tui.casebook.markdown import (
    CELL_LIMIT,
    LINE_LIMIT,
    Markdown,
    cell,
    code,
    code_block,
    inline,
    table,
)

from .gfm import inlines, parsed, plain, read, rows, text
from .samples import HOSTILE, texts

#: What GitHub and Azure DevOps act on in text outside of code, after all escapes are gone.
_ACTED_ON = re.compile(
    r"[@#$<>\[\]*_~`\\{}|&=]|:\S+:|www\.|://|\b[A-Za-z]+-[0-9]|\b[0-9a-fA-F]{7,}\b|\w\.\w|![0-9]"
)


in_table: list[Callable[[str], Markdown]] = [cell, lambda text: inline(text, table=True)]
in_prose: list[Callable[[str], Markdown]] = [code, inline]


@pytest.mark.parametrize("escape", in_table)
@settings(max_examples=300, deadline=None)
@given(hostile=texts)
def test_a_cell_holds_exactly_the_text(escape: Callable[[str], Markdown], hostile: str) -> None:
    markdown = table(("a", "b", "c"), [(Markdown("x"), escape(hostile), Markdown("y"))])
    seen = read(hostile, CELL_LIMIT if escape is cell else LINE_LIMIT)
    assert rows(markdown) == [["a", "b", "c"], ["x", seen, "y"]]
    for token in inlines(markdown, "td_open"):
        assert not _ACTED_ON.search(plain(token).replace("|", "")), markdown


@pytest.mark.parametrize("escape", in_prose)
@pytest.mark.parametrize("block", ["", "> ", "- ", "### "])
@settings(max_examples=150, deadline=None)
@given(hostile=texts)
@example(hostile="0-A-0")
def test_a_line_holds_exactly_the_text(
    escape: Callable[[str], Markdown], block: str, hostile: str
) -> None:
    before, after = f"before\n\n{block}", "\n\nafter\n"
    tokens = parsed(f"{before}{escape(hostile)}{after}")
    lines = [token for token in tokens if token.type == "inline"]
    seen = read(hostile, CELL_LIMIT if escape is code else LINE_LIMIT)
    if seen or block == "### ":
        assert [text(token) for token in lines] == ["before", seen, "after"]
        assert not _ACTED_ON.search(plain(lines[1]))
    else:
        assert [text(token) for token in lines] == ["before", "after"]


@settings(max_examples=300, deadline=None)
@given(hostile=texts)
@example("```\nx\n````\n")
@example("~~~")
def test_a_block_holds_exactly_the_lines(hostile: str) -> None:
    (fence, paragraph) = [
        token
        for token in parsed(f"{code_block(hostile, 'kusto')}\n\nafter\n")
        if token.type in ("fence", "inline")
    ]
    lines = hostile.replace("\r\n", "\n").split("\n")
    assert fence.content == "".join(f"{printable(line)}\n" for line in lines)
    assert fence.info == "kusto"
    assert text(paragraph) == "after"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_several_texts_side_by_side_do_not_run_together(hostile: str) -> None:
    line = ", ".join([cell(hostile), cell("`"), cell(hostile)])
    shown = printable(hostile)
    expected = f"{shown}, `, {shown}" if shown else ", `,"
    assert rows(table(("a",), [(Markdown(line),)]))[1] == [expected]


def test_plain_words_stay_readable() -> None:
    sentence = 'The camera signed in twice (from outside), and "nobody" knew - 日本語の、メモ。'
    assert inline(sentence) == sentence.replace("-", "`-`")


def test_what_is_no_plain_word_is_code() -> None:
    assert inline("ask @mei about www.evil.example, and run: curl x|sh.") == (
        "ask `@mei` about `www.evil.example`, and run: curl `x|sh`."
    )


def test_pipes_in_a_table_are_escaped_inside_the_code() -> None:
    assert cell("curl x | sh") == "`curl x \\| sh`"
    assert cell("a\\|b") == "`a\\`&#124;`b`"
    assert code("curl x | sh") == "`curl x | sh`"


def test_the_fence_is_the_shortest_that_does_not_occur() -> None:
    # Renderers give up on very long runs.
    hostile = "` `` " + "`" * 200
    assert code(hostile).startswith("``` ` ``")


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cell("x" * CELL_LIMIT) == f"`{'x' * CELL_LIMIT}`"
    assert cell("x" * 1000) == f"`{'x' * CELL_LIMIT}…` (cut: 700 more characters)"
    assert inline("word " * 1000).endswith(f"… (cut: {5000 - LINE_LIMIT} more characters)")


def test_what_is_hidden_is_shown() -> None:
    assert code("a\u202eb\x1b[0m\ud800") == "`a\\u202eb\\e[0m\\ud800`"
