"""The alert catalogue: every published alert is found, and what is unknown stays unexplained."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources

import pytest
from iotriage.queries import alert_catalogue
from iotriage.queries.alert_catalogue import (
    KnownBy,
    entry_for,
    explained,
    known,
    known_of,
    published_words,
)
from iotriage.queries.answers import Answer, Column
from iotriage.queries.packs.loading import load_pack

with (
    resources.files("iotriage.queries")
    .joinpath("alert_catalogue.tsv")
    .open(encoding="utf-8") as _lines
):
    ROWS = list(csv.DictReader(_lines, delimiter="\t"))
TYPES = sorted({row["alert_type"] for row in ROWS} - {""})
NAMES = sorted({row["name"] for row in ROWS})
PANES = {"Processes", "Logins", "Users", "Ports"}


#: Panes to which a check may lead.
QUESTIONS = set(load_pack("exact").panes)


def test_all_catalogues_are_there_whole() -> None:
    # As many as the vendor has published of each.
    assert Counter(row["catalogue"] for row in ROWS) == {
        "micro_agent": 39,
        "legacy_agent": 39,
        "legacy_agent_custom": 5,
        "iot_hub": 10,
        "iot_hub_custom": 14,
    }
    assert len(TYPES) == 65
    assert len(NAMES) == 79
    without = [row["name"] for row in ROWS if not row["attack_technique_suggested"]]
    assert Counter(name.startswith("Custom alert - The number of") for name in without) == {
        True: 14,
        False: 2,
    }


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


def test_how_an_alert_was_found_is_said() -> None:
    assert known("IoT_Bruteforce_Success", "whatever").by is KnownBy.TYPE
    assert known("", "Reverse shells").by is KnownBy.NAME
    assert known("IoT_Unheard", "Crypto Coin Miner").by is KnownBy.LIVE_NAME
    assert known("IoT_Unheard", "Unheard") == alert_catalogue.Match(None, KnownBy.NOTHING)
    assert known_of({"AlertName": "Reverse shells"}).by is KnownBy.NAME
    assert known_of({"AlertName": None, "AlertType": 7}).by is KnownBy.NOTHING


def test_catalogues_that_tell_the_same_alert_agree_on_all_but_how_grave_it_is() -> None:
    told = {"meaning", "remediation", "tactic_suggested", "check_first"}
    told |= {"attack_technique_suggested", "attack_ics_suggested"}
    for column in ("alert_type", "name"):
        groups: dict[str, set[tuple[str, ...]]] = {}
        for row in ROWS:
            if row[column]:
                groups.setdefault(row[column].lower(), set()).add(
                    tuple(row[name] for name in sorted(told))
                )
        assert {key for key, said in groups.items() if len(said) > 1} == set()
    miner = entry_for("IoT_CryptoMiner", "")
    assert miner is not None
    assert published_words(miner) == "micro agent, there High, legacy agent, there Medium"
    shell = entry_for("IoT_ReverseShell", "")
    assert shell is not None
    assert published_words(shell) == "micro agent, legacy agent, there High"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['catalogue']}-{row['name']}")
def test_every_alert_says_what_to_check_first(row: dict[str, str]) -> None:
    entry = entry_for(row["alert_type"], row["name"])
    assert entry is not None
    assert entry.checks
    asked = [check.question for check in entry.checks if check.question]
    assert set(asked) <= QUESTIONS
    assert len(asked) == len(set(asked))
    assert all(check.reason[-1] in ".?" for check in entry.checks)
    # Alerts of the hub lead to no pane of a device.
    assert bool(asked) is not row["catalogue"].startswith("iot_hub")


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
