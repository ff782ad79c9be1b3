"""Whatever text a device sends comes out of every textual shape as it went in."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from .reading import cells, expected, opened, said
from .rows import Rows
from .test_every_shape import put
from .writers import WRITERS

TEXTUAL = sorted(set(WRITERS) - {"parquet", "lake", "data_export"})
#: Half a surrogate pair is no text, and the one thing that reading changes.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
#: Made of what separates and quotes.
MARKS = st.text(st.sampled_from(list("\"',;|\t\r\n\\{}[]= \x00\ufeff\u2028N")), max_size=12)
TIMES = st.datetimes(datetime(1970, 1, 13), datetime(2200, 1, 1), timezones=st.just(UTC)).map(
    # Milliseconds, as the portal writes them; and never a day that could be a month.
    lambda t: t.replace(microsecond=t.microsecond // 1000 * 1000, day=13 + t.day % 15)
)


def nested(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf | st.integers(-(2**80), 2**80) | st.booleans() | st.none(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
        max_leaves=6,
    )


@st.composite
def rows(draw: st.DrawFn) -> Rows:
    found: Rows = {"SecurityAlert": [], "SecurityIoTRawEvent": []}
    for number in range(draw(st.integers(1, 3))):
        text = draw(TEXT | MARKS)
        when = draw(TIMES)
        found["SecurityIoTRawEvent"].append(
            {
                "TimeGenerated": when,
                "TimeStamp": when + timedelta(seconds=number),
                "DeviceId": f"d{number}",
                "IoTRawEventId": str(number),
                "RawEventName": draw(TEXT | MARKS),
                "SourceSystem": text,
                "EventDetails": json.dumps(draw(nested(TEXT | MARKS))),
                "Type": "SecurityIoTRawEvent",
            }
        )
        found["SecurityAlert"].append(
            {
                "TimeGenerated": when,
                "SystemAlertId": f"{number}",
                "AlertSeverity": text,
                "AlertName": draw(MARKS),
                "Description": draw(TEXT),
                "IsIncident": draw(st.booleans()),
                "Type": "SecurityAlert",
            }
        )
    return found


@pytest.mark.parametrize("shape", TEXTUAL)
@settings(max_examples=6, deadline=None)
@given(written=rows())
def test_a_text_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory, shape: str, written: Rows
) -> None:
    if shape == "az":
        # It writes None for nothing: the two are alike.
        for row in (row for of in written.values() for row in of):
            row.update({name: "" for name, value in row.items() if value == "None"})
    folder: Path = put(tmp_path_factory.mktemp("shape"), WRITERS[shape](written))
    with opened(folder) as evidence:
        assert cells(evidence) == expected(written)
        assert said(evidence) == []
