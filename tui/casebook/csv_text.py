"""CSV whose cells are text to every spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from ...queries.printable import printable

#: What begins a formula, in ASCII and in the full-width forms that some spreadsheets fold.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "−")


def csv_cell(text: str) -> str:
    """``text`` made printable, with ``'`` before what a spreadsheet would compute."""
    shown = printable(text)
    return f"'{shown}" if shown.lstrip(" \u3000\"'").startswith(_FORMULA) else shown


def csv_text(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A header and rows, every cell quoted, lines ended by a line feed."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in header])
    writer.writerows([csv_cell(text) for text in row] for row in rows)
    return out.getvalue()
