"""Tactics and techniques: the alert's own, however they are written, else the suggested ones."""

from __future__ import annotations

import csv
import json
import re
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iotriage.queries.alert_catalogue import entry_for
from iotriage.queries.attack import (
    TACTICS,
    Tally,
    attack_of,
    tactic_name,
    tactics_in_play,
    technique_name,
    technique_words,
)

BRUTE = entry_for("IoT_Bruteforce_Success", "")


@pytest.mark.parametrize(
    "cell",
    [
        "CredentialAccess,InitialAccess",
        "Credential Access, Initial Access",
        " CredentialAccess ; InitialAccess,",
        '["CredentialAccess","InitialAccess"]',
        "['CredentialAccess' , InitialAccess]".replace("'", '"'),
        ["CredentialAccess", "InitialAccess"],
        "CredentialAccess,CredentialAccess,InitialAccess",
    ],
)
def test_what_an_alert_says_itself_is_its_own(cell: Any) -> None:
    found = attack_of({"Tactics": cell, "Techniques": ""}, BRUTE)
    assert (found.tactics, found.tactics_own) == (("Credential Access", "Initial Access"), True)
    # The techniques it does not name are suggested all the same.
    assert (found.techniques, found.techniques_own) == (("T1110.001", "T0859"), False)


@pytest.mark.parametrize("cell", ["", None, " ", "[]", "[,]", '[""]', 7, {}, "[" * 9000])
def test_what_it_does_not_say_is_suggested(cell: Any) -> None:
    found = attack_of({"Tactics": cell, "Techniques": cell}, BRUTE)
    assert (found.tactics_own, found.techniques_own) == (False, False)
    assert found.tactics == ("Credential Access", "Initial Access")
    nothing = attack_of({"Tactics": cell}, None)
    assert (nothing.tactics, nothing.techniques) == ((), ())


names = st.lists(
    st.text(
        st.characters(exclude_characters=',;[] "\\', exclude_categories=["C", "Z"]), min_size=1
    ),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(names)
def test_lists_with_commas_and_json_say_the_same(techniques: list[str]) -> None:
    for cell in (",".join(techniques), json.dumps(techniques), techniques):
        assert attack_of({"Techniques": cell}, None).techniques == tuple(techniques)


def test_tactics_in_play_stand_in_the_order_of_an_attack() -> None:
    reverse_shell = {"AlertType": "IoT_ReverseShell", "Tactics": "", "Techniques": ""}
    records = [
        {"AlertType": "IoT_CryptoMiner", "AlertName": "", "Tactics": "Impact"},
        {"AlertType": "never heard of", "Tactics": "NewTactic,CommandAndControl"},
        {"AlertType": "never heard of", "Tactics": ""},
        reverse_shell,
        reverse_shell | {"Tactics": '["Execution"]'},
    ]
    assert list(tactics_in_play(records).items()) == [
        ("Execution", Tally(own=1, suggested=1)),
        ("Command and Control", Tally(own=1, suggested=1)),
        ("Impact", Tally(own=1)),
        ("NewTactic", Tally(own=1)),
    ]


def test_every_suggested_technique_and_tactic_has_its_name() -> None:
    file = resources.files("iotriage.queries").joinpath("alert_catalogue.tsv")
    with file.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t"):
            entry = entry_for(row["alert_type"], row["name"])
            assert entry is not None
            for technique in (*entry.techniques, *entry.ics):
                assert technique_name(technique), technique
                assert technique_words(technique).startswith(f"{technique} ")
            assert set(entry.tactics) <= set(TACTICS)
            assert all(re.fullmatch(r"T[1-9]\d{3}(\.\d{3})?", t) for t in entry.techniques)
            assert all(re.fullmatch(r"T0\d{3}", t) for t in entry.ics)
    assert technique_words("T0859") == "T0859 Valid Accounts (ICS)"
    assert technique_words("T9999") == "T9999"
    assert tactic_name("commandandcontrol") == "Command and Control"
    assert tactic_name("Unknown") == "Unknown"
