"""Questions saved into the pack of one's own: nothing is lost, and the pack stays sound."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from iotriage.queries.kql.asked import draft_of
from iotriage.queries.packs.checking import check_pack
from iotriage.queries.packs.loading import PackError, load_pack
from iotriage.queries.packs.saving import OWN, is_taken, save_question
from iotriage.queries.questions import Question, ShownColumn

TEXT = (
    "SecurityAlert\n| summarize Runs = count(), Hosts = make_set(pack_array(Status)) by AlertName"
)
QUESTION = replace(
    draft_of(TEXT),
    keys=("AlertName", "Runs"),
    sets=("Hosts",),
    shown=(ShownColumn("AlertName", "AlertName"), ShownColumn("Runs", "Runs")),
)


def saved(packs: Path, name: str) -> Question:
    found = load_pack(OWN, packs).questions[name]
    # The name is the analyst's, and the text is that of the file.
    return replace(found, name=QUESTION.name)


def test_the_first_one_makes_the_pack_and_the_next_are_added(tmp_path: Path) -> None:
    first = save_question(tmp_path, "noisy", QUESTION)
    assert first == tmp_path / OWN / "noisy.kql"
    assert first.read_text() == TEXT + "\n"
    save_question(tmp_path, "other", replace(QUESTION, text="print AlertName = 'a', Runs = 1\n"))
    pack = load_pack(OWN, tmp_path)
    assert tuple(pack.questions) == (*load_pack("exact").questions, "noisy", "other")
    assert pack.panes[-2:] == ("noisy", "other")
    assert saved(tmp_path, "noisy") == QUESTION
    for file in (tmp_path / OWN).iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_what_is_saved_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IOTRIAGE_KUSTO_PARSER", raising=False)
    save_question(tmp_path, "noisy", QUESTION)
    checked = check_pack(OWN, tmp_path)
    assert (checked.problems, checked.questions) == ((), ("noisy",))
    assert "not installed" in checked.unparsed or "needs Node" in checked.unparsed


def test_a_question_is_replaced_only_when_that_is_said(tmp_path: Path) -> None:
    save_question(tmp_path, "noisy", QUESTION)
    save_question(tmp_path, "quiet", QUESTION)
    before = {file: file.read_bytes() for file in (tmp_path / OWN).iterdir()}
    other = replace(QUESTION, text="SecurityAlert\n| project AlertName, Runs = 1\n", sets=())
    assert is_taken(tmp_path, "noisy")
    with pytest.raises(PackError, match="there is a question noisy already"):
        save_question(tmp_path, "noisy", other)
    assert {file: file.read_bytes() for file in (tmp_path / OWN).iterdir()} == before
    save_question(tmp_path, "noisy", other, replace=True)
    assert saved(tmp_path, "noisy") == other
    assert saved(tmp_path, "quiet") == QUESTION


@pytest.mark.parametrize("name", ["users", "devices"])
def test_a_question_of_the_extended_pack_is_taken(tmp_path: Path, name: str) -> None:
    assert is_taken(tmp_path, name)
    with pytest.raises(PackError):
        save_question(tmp_path, name, QUESTION)
    save_question(tmp_path, "noisy", QUESTION)
    assert is_taken(tmp_path, name)


def test_a_file_that_no_question_names_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / OWN).mkdir()
    (tmp_path / OWN / "draft.kql").write_text("precious")
    assert is_taken(tmp_path, "draft")
    with pytest.raises(PackError):
        save_question(tmp_path, "draft", QUESTION)
    assert (tmp_path / OWN / "draft.kql").read_text() == "precious"


@pytest.mark.parametrize("name", ["", "a b", "../up", "1st", "é", "a" * 65, "a.kql", "a/b", "\x1b"])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackError, match="letters, digits and _"):
        save_question(tmp_path, name, QUESTION)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    title=st.text(st.characters(exclude_categories=("Cs",)), min_size=1),
    label=st.text(st.characters(exclude_categories=("Cs",))),
)
def test_any_title_and_label_come_back(tmp_path: Path, title: str, label: str) -> None:
    question = replace(QUESTION, title=title, shown=(ShownColumn(label, label),))
    save_question(tmp_path, "noisy", question, replace=True)
    assert saved(tmp_path, "noisy") == question


BY_HAND = """\
title = "By hand" # mine
extends = "guide"

[questions.noisy] # to be replaced
title = "Noisy"
text = "../exact/alerts.kql"
fragments = ["../exact/fragments/alerts.kql"]
keys = ["SystemAlertId"]
tables = ["SecurityAlert"]
shown = [
    { column = "AlertName", label = "[questions.kept]" },
]
guidance = []
[questions.noisy.counts]

[questions.kept]
title = "Kept"
text = "../exact/alerts.kql"
fragments = ["../exact/fragments/alerts.kql"]
keys = ["SystemAlertId"]
tables = ["SecurityAlert"]
shown = [{ column = "AlertName", label = "Alert" }]
guidance = ["[questions.noisy]"]
"""


def test_a_pack_written_by_hand_keeps_all_else(tmp_path: Path) -> None:
    (tmp_path / OWN).mkdir()
    file = tmp_path / OWN / "pack.toml"
    file.write_text(BY_HAND)
    save_question(tmp_path, "noisy", QUESTION, replace=True)
    old, new = tomllib.loads(BY_HAND), tomllib.loads(file.read_text())
    assert new["questions"].pop("noisy")["text"] == "noisy.kql"
    del old["questions"]["noisy"]
    assert new == old
    assert "# mine" in file.read_text()


@pytest.mark.parametrize(
    "odd",
    [
        BY_HAND.replace("[questions.noisy]", '[questions."noisy"]'),
        'title = "x"\nextends = "exact"\nquestions = {}\n',
        'title = "x"\nextends = "exact"\n[questions]\nnoisy = {}\n',
        "title = [\n",
    ],
)
def test_a_pack_that_cannot_be_added_to_stays_as_it_is(tmp_path: Path, odd: str) -> None:
    (tmp_path / OWN).mkdir()
    file = tmp_path / OWN / "pack.toml"
    file.write_text(odd)
    with pytest.raises(PackError, match=r"pack\.toml: .*by hand"):
        save_question(tmp_path, "noisy", QUESTION, replace=True)
    assert file.read_text() == odd
    assert list((tmp_path / OWN).iterdir()) == [file]
