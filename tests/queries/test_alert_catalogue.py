"""The alert catalogue: every published alert is found, and what is unknown stays unexplained."""

from __future__ import annotations

import csv
from importlib import resources

import pytest
from iotriage.queries import alert_catalogue
from iotriage.queries.alert_catalogue import entry_for, explained
from iotriage.queries.answers import Answer, Column

with (
    resources.files("iotriage.queries")
    .joinpath("alert_catalogue.tsv")
    .open(encoding="utf-8") as _lines
):
    ROWS = list(csv.DictReader(_lines, delimiter="\t"))
TYPES = sorted({row["alert_type"] for row in ROWS} - {""})
NAMES = sorted({row["name"] for row in ROWS})
PANES = {"Processes", "Logins", "Users", "Ports"}


def test_the_catalogue_is_as_long_as_it_should_be() -> None:
    assert len(ROWS) > 90
    assert len(TYPES) > 50


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['catalogue']}-{row['name']}")
def test_every_row_is_whole(row: dict[str, str]) -> None:
    assert None not in row
    # Who made a custom alert knows what to do about it: none is published.
    needed = ("name", "meaning", *(() if "custom" in row["catalogue"] else ("remediation",)))
    for column in needed:
        assert row[column].strip() == row[column] != "", column


@pytest.mark.parametrize("kind", TYPES)
def test_every_alert_type_is_found(kind: str) -> None:
    found = entry_for(kind, "some other name")
    assert found is not None
    assert found.alert_type == kind
    for spelt in (kind.upper(), kind.lower(), f" {kind} ", f"{kind}/2026-11-20"):
        assert entry_for(spelt, "") is found


@pytest.mark.parametrize("name", NAMES)
def test_every_published_name_is_found(name: str) -> None:
    found = entry_for("", name)
    assert found is not None
    assert found.name == name
    assert entry_for("IoT_NotPublished", f"  {name.upper()} ") is found


@pytest.mark.parametrize("name", alert_catalogue._LIVE_NAMES)
def test_names_of_live_rows_lead_to_a_published_alert(name: str) -> None:
    found = entry_for("", name.title())
    assert found is not None
    assert found.alert_type in TYPES
    assert found.meaning
    assert found.remedy


def test_the_type_is_asked_before_the_name() -> None:
    one, two = TYPES[0], TYPES[-1]
    other = entry_for(two, "")
    assert other is not None
    assert entry_for(one, other.name) is entry_for(one, "")
    assert entry_for(one, "") is not other


@pytest.mark.parametrize(
    ("kind", "name"),
    [("", ""), ("IoT_", ""), ("/", "/"), ("unknown", "unknown"), ("", "Brute"), ("\0", "\ud800")],
)
def test_what_is_unknown_is_not_found(kind: str, name: str) -> None:
    assert entry_for(kind, name) is None


def test_where_to_look_names_panes_first() -> None:
    for kind in TYPES:
        found = entry_for(kind, "")
        assert found is not None
        places = found.look_at.split(", ") if found.look_at else []
        assert len(places) == len(set(places))
        panes = [place in PANES for place in places]
        assert panes == sorted(panes, reverse=True), found.look_at
        # A pane is called what the console calls it.
        assert not {"ProcessCreate", "Login", "LocalUsers", "ListeningPorts"} & set(places)


def answer(columns: tuple[str, ...], *rows: tuple[str, ...]) -> Answer:
    return Answer("alerts", tuple(Column(name, "string") for name in columns), rows)


def test_alerts_are_explained_and_unknown_ones_left_blank() -> None:
    given = answer(
        ("AlertName", "Other", "AlertType"),
        ("Custom", "x", "IoT_CryptoMiner"),
        ("Brute force attack succeeded", "y", ""),
        ("Never heard of", "z", "IoT_NeverHeardOf"),
        ("", "", ""),
    )
    found = explained(given)
    assert found.columns == given.columns + alert_catalogue.ADDED
    assert [row[:3] for row in found.rows] == list(given.rows)
    blank = [row[3:] == ("", "", "") for row in found.rows]
    assert blank == [False, False, True, True]


def test_answers_without_type_or_name_are_left_as_they_are() -> None:
    for columns in (("AlertName",), ("AlertType",), ()):
        given = answer(columns)
        assert explained(given) is given
