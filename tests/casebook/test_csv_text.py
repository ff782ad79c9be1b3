"""CSV cells are text, whatever they hold."""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from iotriage.queries.printable import printable
from iotriage.tui.casebook.csv_text import csv_cell, csv_text

from .samples import texts


@settings(max_examples=400, deadline=None)
@given(texts, texts)
def test_cells_are_the_texts_and_start_no_formula(one: str, two: str) -> None:
    written = csv_text(("a", "b"), [(one, two)])
    assert all(printable(line) == line for line in written.split("\n"))
    head, row = csv.reader(io.StringIO(written))
    assert head == ["a", "b"]
    for cell, text in zip(row, (one, two), strict=True):
        assert cell in (printable(text), f"'{printable(text)}")
        assert not cell.lstrip(' \u3000"').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


def test_what_would_be_computed_is_marked_as_text() -> None:
    assert csv_cell("=1+1") == "'=1+1"
    assert csv_cell(" \u3000=1") == "' \u3000=1"
    assert csv_cell("'=1") == "''=1"
    assert csv_cell("＠SUM(A1)") == "'＠SUM(A1)"
    assert csv_cell("\t=1") == "\\t=1"
    assert csv_cell("a=1") == "a=1"
