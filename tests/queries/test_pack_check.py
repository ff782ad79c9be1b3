"""``pack check``: each mistake is found, at its place, and a sound pack has none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from iotriage.queries.kusto_parser.parser import FOLDER, KustoParser, find_parser
from iotriage.queries.packs.checking import Problem, check_pack
from iotriage.queries.packs.loading import PackError

PARSER = find_parser()
#: Fragment of four lines, text of three.
FRAGMENT = """\
// What ran.
let ran = SecurityIoTRawEvent
| where DeviceId == device
| where RawEventName == "ProcessCreate";
"""
TEXT = """\
ran
| extend Executable = tostring(parse_json(EventDetails).Executable)
| summarize Runs = count(), Lines = make_set(pack_array(RawEventType)) by Executable
"""
ENTRY = """\
title = "Team"
extends = "exact"

[questions.ran]
title = "Ran"
text = "ran.kql"
fragments = ["ran.fragment.kql"]
keys = ["Executable"]
sets = ["Lines"]
counts = { Lines = "Runs" }
tables = ["SecurityIoTRawEvent"]
shown = [
    { column = "Executable", label = "What" },
    { column = "Runs", label = "Runs" },
]
guidance = []
"""


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sound pack, checked without Microsoft's parser."""
    monkeypatch.delenv(FOLDER, raising=False)
    folder = tmp_path / "team"
    folder.mkdir()
    (folder / "pack.toml").write_text(ENTRY)
    (folder / "ran.kql").write_text(TEXT)
    (folder / "ran.fragment.kql").write_text(FRAGMENT)
    return folder


def spoil(file: Path, old: str, new: str) -> tuple[int, int]:
    """Where the change stands, from 1."""
    text = file.read_text()
    assert text.count(old) == 1
    at = text.index(old)
    file.write_text(text.replace(old, new))
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def only(folder: Path) -> Problem:
    (problem,) = check_pack(str(folder)).problems
    return problem


def test_a_built_in_pack_is_sound(kusto_parser: KustoParser) -> None:
    checked = check_pack("guide")
    assert checked.problems == ()
    assert checked.unparsed == ""
    assert checked.is_sound


def test_a_sound_pack_has_no_problem_and_says_what_was_not_checked(team: Path) -> None:
    checked = check_pack(str(team))
    assert (checked.name, checked.questions, checked.problems) == ("team", ("ran",), ())
    assert "Node" in checked.unparsed or "not installed" in checked.unparsed


@pytest.mark.parametrize(
    ("name", "old", "new", "off", "said"),
    [
        ("ran.kql", "| summarize", "| sumarize", 2, "no operator is called sumarize"),
        ("ran.kql", "| extend Executable", "| extend = Executable", 0, "offline: syntax error"),
        ("ran.kql", "by Executable", "by Executble", 3, '"Executble" not found'),
        ("ran.kql", "tostring(", "tostrin(", 0, "the function tostrin"),
        ("ran.fragment.kql", "DeviceId ==", "DeviceId = =", 11, "offline: syntax error"),
        ("ran.fragment.kql", "DeviceId ==", "DevicId ==", 0, '"DevicId" not found'),
        ("pack.toml", '["Executable"]', '["Executables"]', 2, "keys names 'Executables'"),
        ("pack.toml", '{ column = "Runs", l', '{ column = "Run", l', 12, "shown names 'Run'"),
        ("pack.toml", '{ Lines = "Runs" }', '{ Lines = "Executable" }', 11, "counts nothing"),
        ("pack.toml", '["Lines"]', '["Lines", "Runs"]', 11, "Runs is no set but long"),
        ("pack.toml", '["SecurityIoTRawEvent"]', "[]", None, "reads SecurityIoTRawEvent"),
        ("pack.toml", 'text = "ran.kql"', 'text = "run.kql"', None, "there is no file run.kql"),
        ("pack.toml", 'title = "Ran"', "titel = 1", None, "unknown field `titel`"),
        ("pack.toml", '"exact"', '"exakt"', None, "extends 'exakt'"),
    ],
)
def test_a_mistake_is_found_at_its_place(
    team: Path, name: str, old: str, new: str, off: int | None, said: str
) -> None:
    line, column = spoil(team / name, old, new)
    problem = check_pack(str(team)).problems[0]
    assert said in problem.text
    assert problem.severity == "error"
    assert (problem.file, problem.line) == (team / name, line)
    # A mistake of the form is told with its line alone.
    assert problem.column == (column + off if off is not None else 1)


def test_every_question_is_looked_at(team: Path) -> None:
    with (team / "pack.toml").open("a") as file:
        for name in ("one", "two"):
            entry = ENTRY.partition("[questions.ran]")[2]
            file.write(f"\n[questions.{name}]{entry}")
    spoil(team / "ran.kql", "| summarize", "| sumarize")
    problems = check_pack(str(team)).problems
    assert [problem.question for problem in problems] == ["ran", "one", "two"]


def test_a_declared_parameter_is_refused(team: Path) -> None:
    text = 'declare query_parameters(x: string = "a");\n' + TEXT
    (team / "ran.kql").write_text(text)
    problems = check_pack(str(team)).problems
    assert "takes no declare" in problems[0].text
    assert (problems[0].file, problems[0].line, problems[0].column) == (team / "ran.kql", 1, 1)


def test_a_drill_down_is_checked_too(team: Path) -> None:
    spoil(team / "pack.toml", "guidance = []", 'guidance = []\nvalues = "values.kql"')
    (team / "values.kql").write_text("ran | where EventDetails has keyExecutable | take 1\n")
    texts = [problem.text for problem in check_pack(str(team)).problems]
    assert len(texts) == 5
    assert "lacks the column Count" in " ".join(texts)
    (team / "values.kql").write_text("ran | where keyExecutabl == ''\n")
    problem = only(team)
    assert (problem.file.name, problem.line, problem.column) == ("values.kql", 1, 13)


def test_a_table_that_only_a_workspace_has_may_be_named(
    team: Path, kusto_parser: KustoParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    (team / "ran.kql").write_text("SomeTable_CL | take 1 | extend Executable = '', Runs = 1\n")
    spoil(team / "pack.toml", '["SecurityIoTRawEvent"]', '["SecurityIoTRawEvent", "SomeTable_CL"]')
    checked = check_pack(str(team))
    assert checked.is_sound
    assert {problem.severity for problem in checked.problems} == {"warning"}
    # Not named, it is a mistake of writing.
    spoil(team / "pack.toml", ', "SomeTable_CL"]', "]")
    assert not check_pack(str(team)).is_sound


def test_microsofts_parser_speaks_of_the_file(
    team: Path, kusto_parser: KustoParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iotriage.queries.kusto_parser import parser

    monkeypatch.setattr(parser, "find_parser", lambda: PARSER)
    line, column = spoil(team / "ran.kql", "by Executable", "by Executble")
    checked = check_pack(str(team))
    told = [(p.line, p.column) for p in checked.problems if p.text.startswith("KS142")]
    assert told == [(line, column + 3)]
    assert {problem.file for problem in checked.problems} == {team / "ran.kql"}
    spoil(team / "ran.kql", "by Executble", "by Executable\n| where Executable has 5")
    assert [p.text[:2] for p in check_pack(str(team)).problems][:1] == ["KS"]


def test_what_only_the_service_can_do_is_a_warning_where_the_parser_vouches_for_it(
    team: Path, kusto_parser: KustoParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (team / "ran.kql").open("a") as file:
        file.write("| as Result\n")
    assert only(team).severity == "error"
    from iotriage.queries.kusto_parser import parser

    monkeypatch.setattr(parser, "find_parser", lambda: PARSER)
    checked = check_pack(str(team))
    assert [problem.severity for problem in checked.problems] == ["warning"]
    assert "not possible with offline evidence" in checked.problems[0].text
    assert checked.is_sound


def test_a_parser_that_dies_is_said_to_have_checked_nothing(
    team: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("node") is None:
        pytest.skip("there is no Node")
    (tmp_path / "modules" / "@kusto" / "language-service-next").mkdir(parents=True)
    monkeypatch.setenv(FOLDER, str(tmp_path / "modules"))
    checked = check_pack(str(team))
    assert (checked.problems, checked.is_sound) == ((), True)
    assert "ended" in checked.unparsed


def test_no_pack_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no pack"):
        check_pack(str(tmp_path / "nowhere"))
