"""Packs: both built-in ones load, a user's own works, and a mistake is named with its line."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from files import alert, event, reading, write_lines
from held import WINDOW
from iotriage.queries.answers import NoticeKind
from iotriage.queries.asking import Scope, ask
from iotriage.queries.packs import loading
from iotriage.queries.packs.loading import BUILT_IN, PANES, REQUIRED, PackError, load_pack
from iotriage.queries.questions import Pack

BUILT = Path(loading.__file__).parent
SCOPE = Scope("cam", "plant", WINDOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's copy of a built-in pack, free to be spoilt."""
    shutil.copytree(BUILT / "exact", tmp_path / "mine")
    return tmp_path / "mine"


def complaint(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(str(folder))
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


def edited(folder: Path, old: str, new: str, count: int = 1) -> int:
    """Change pack.toml; the line (from 1) on which the change was made."""
    file = folder / "pack.toml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, count))
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_pack_answers_every_pane(name: str) -> None:
    pack = load_pack(name)
    assert pack.name == name
    assert pack.title
    assert tuple(pack.questions)[: len(REQUIRED)] == REQUIRED
    assert set(PANES) < set(REQUIRED)
    for question in pack.questions.values():
        assert question.title
        assert question.text.strip()
        assert question.guidance
        assert set(question.names) <= set(question.keys)
        assert set(question.counts) <= set(question.sets)
        shown = [each.column for each in question.shown]
        assert len(shown) == len(set(shown))
        assert all(each.label for each in question.shown)


def test_the_packs_ask_the_same_questions() -> None:
    exact, guide = (load_pack(name) for name in BUILT_IN)
    for name in REQUIRED:
        assert exact.questions[name].title == guide.questions[name].title
        assert exact.questions[name].guidance == guide.questions[name].guidance


def test_no_question_reads_the_clock() -> None:
    # An answer depends on the evidence and the window; now() would make it depend on the day.
    for name in BUILT_IN:
        for question in load_pack(name).questions.values():
            for text in (question.text, question.events, question.values):
                assert "now(" not in text
                assert "ago(" not in text


def test_a_users_pack_works(folder: Path, tmp_path: Path) -> None:
    (folder / "users.kql").write_text('print UserName = device, GroupNames = strcat("on ", hub)\n')
    edited(folder, 'title = "Users"', 'title = "Who"')
    pack = load_pack(str(folder))
    assert isinstance(pack, Pack)
    assert (pack.name, pack.questions["users"].title) == ("mine", "Who")
    with reading(write_lines(tmp_path / "a.json", event("u"), alert("a"))) as source:
        answer = ask(source.evidence, pack.questions["users"], SCOPE)
        assert answer.rows == (("cam", "on plant"),)
        assert ask(source.evidence, pack.questions["alerts"], SCOPE).records()[0]["Meaning"] == ""


def test_a_pack_may_ask_more(folder: Path) -> None:
    with (folder / "pack.toml").open("a") as file:
        file.write(
            '\n[questions.firmware]\ntitle = "Firmware"\ntext = "firmware.kql"\n'
            'keys = ["Version"]\ntables = []\nguidance = []\n'
            'shown = [{ column = "Version", label = "Version" }]\n'
        )
    (folder / "firmware.kql").write_text("print Version = 1\r\n\r\n")
    question = load_pack(str(folder)).questions["firmware"]
    assert question.text == "print Version = 1\n"
    assert (question.events, question.values, question.sets) == ("", "", ())


def test_fragments_come_before_each_text(folder: Path) -> None:
    (folder / "one.kql").write_text("let one = 1;")
    (folder / "two.kql").write_text("let two = one;\n")
    edited(folder, 'fragments = ["fragments/alerts.kql"]', 'fragments = ["one.kql", "two.kql"]')
    question = load_pack(str(folder)).questions["devices"]
    assert question.text.startswith("let one = 1;\nlet two = one;\n")


def test_an_unknown_name_says_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"no pack 'exakt': give one of exact, guide, or a folder"):
        load_pack("exakt")
    assert f"{tmp_path}/pack.toml: there is no such file" in complaint(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title = \"Users\"", "titel = \"Users\"", "titel"),
        ("title = \"Users\"", "title = 5", "str"),
        ("keys = [\"UserName\", \"GroupNames\"]", "keys = \"UserName\"", "array"),
        ("keys = [\"UserName\", \"GroupNames\"]", "keys = []", "keys must name"),
        ("keys = [\"UserName\", \"GroupNames\"]", "keys = [\"UserName\", 5]", "str"),
        ("keys = [\"UserName\", \"GroupNames\"]", "keys = [\"UserName\"]", "GroupNames"),
        ("names = [\"GroupNames\"]", "names = [\"Groups\"]", "not in keys"),
        ("counts = { IPAddress = \"CntIPAddress\" }", "counts = { IP = \"Cnt\" }", "not in sets"),
        ("counts = { IPAddress = \"CntIPAddress\" }", "counts = [1]", "object"),
        ("text = \"users.kql\"", "text = \"user.kql\"", "there is no file user.kql"),
        ("events = \"users.events.kql\"", "events = \"x.kql\"", "there is no file x.kql"),
        ("values = \"users.values.kql\"", "values = \"x.kql\"", "there is no file x.kql"),
        ("{ column = \"UserName\", label = \"User\" }", "{ column = \"UserName\" }", "label"),
        ("sets = [\"UserIds\", \"EarlierGroups\"]", "sets = [\"User Ids\"]", "no column name"),
        ("sets = [\"UserIds\", \"EarlierGroups\"]", "sets = [\"a) | take 1\"]", "no column name"),
        ("\"fragments/users.kql\"", "\"fragments/user.kql\"", "no file fragments/user.kql"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(folder: Path, old: str, new: str, said: str) -> None:
    line = edited(folder, old, new)
    text = complaint(folder)
    assert said in text
    place, _, rest = text.removeprefix(f"{folder}/pack.toml:").partition(":")
    assert rest
    # At its line, or at that of the field that does not fit it.
    named = (folder / "pack.toml").read_text().splitlines()[int(place) - 1]
    assert int(place) == line or named.startswith(("names =", "shown =")), named


def test_bad_toml_is_named_with_its_line(folder: Path) -> None:
    line = edited(folder, 'title = "Users"', 'title = "Users')
    assert f"line {line}" in complaint(folder)


@pytest.mark.parametrize("question", REQUIRED)
def test_a_missing_question_is_named(folder: Path, question: str) -> None:
    edited(folder, f"[questions.{question}]", "[questions.other]")
    assert f"lacks the question(s) {question}" in complaint(folder)


@pytest.mark.parametrize("name", ["my-question", "sp ace", "1st", "é", ""])
def test_a_questions_name_is_a_plain_one(folder: Path, name: str) -> None:
    with (folder / "pack.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[questions."{name}"]\ntitle = "x"\ntext = "users.kql"\nkeys = ["a"]\n'
            'tables = []\nguidance = []\nshown = [{ column = "a", label = "a" }]\n'
        )
    assert "letters, digits and _" in complaint(folder)


SPOILT: dict[str, Callable[[Path], object]] = {
    "not UTF-8": lambda file: file.write_bytes(b"print '\xff'"),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "a dangling link": lambda file: (file.unlink(), file.symlink_to("nowhere")),
    "a link to itself": lambda file: (file.unlink(), file.symlink_to(file.name)),
}


@pytest.mark.parametrize("name", ["pack.toml", "users.kql", "fragments/users.kql"])
@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_file_that_cannot_be_read_is_named(
    folder: Path, name: str, spoil: Callable[[Path], object]
) -> None:
    spoil(folder / name)
    assert name in complaint(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named(folder: Path) -> None:
    (folder / "users.kql").chmod(0)
    assert "users.kql" in complaint(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "title = 'x'",
        "questions = 5",
        "title = 'x'\nquestions = []",
        "[questions.users]\n",
        "\0",
    ],
)
def test_a_pack_that_is_hardly_one_is_refused(folder: Path, text: str) -> None:
    (folder / "pack.toml").write_text(text)
    assert str(folder / "pack.toml") in complaint(folder)


def test_a_question_that_is_no_kql_fails_in_its_answer(folder: Path, tmp_path: Path) -> None:
    (folder / "users.kql").write_text("localUsers | wher UserName == 1")
    with reading(write_lines(tmp_path / "a.json", event("u"))) as source:
        answer = ask(source.evidence, load_pack(str(folder)).questions["users"], SCOPE)
        assert answer.failure
        assert len(answer.failure.splitlines()) == 1
        assert all(notice.kind is not NoticeKind.CUT for notice in answer.notices)
