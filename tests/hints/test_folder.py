"""A folder of rules, as anybody may have left it: what is sound is used, the rest is named."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from iotriage.queries.hints.folder import rules_in
from iotriage.queries.hints.hint import RulesError
from iotriage.queries.hints.rules import built_in_rules, open_rules

RULE = """\
title: Our own
id: 5d3f7a1e-2c55-4a63-9d0b-3b0f4f7a9c11
description: Because.
author: the team
logsource: {category: process_creation, product: linux}
detection:
    a: {CommandLine|contains: frobnicate}
    condition: a
level: high
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "rules"
    made.mkdir()
    (made / "good.yml").write_text(RULE)
    return made


def refused(folder: Path, name: str, content: str | bytes) -> str:
    """What is said of one bad file; the good one beside it is used."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    found = rules_in(folder)
    assert [rule.title for rule in found.rules] == ["Our own"]
    (line,) = found.refused
    assert line.isprintable()
    assert line.startswith(str(folder))
    return line.removeprefix(f"{folder}/")


def test_a_folder_is_read_with_all_below_it(folder: Path) -> None:
    below = folder / "more" / "deep"
    below.mkdir(parents=True)
    (below / "other.yaml").write_text(f"{RULE}---\n{RULE.replace('Our own', 'Second')}")
    (folder / "README.md").write_text("not a rule")
    found = rules_in(folder)
    assert found.refused == ()
    assert [(rule.source, rule.title) for rule in found.rules] == [
        ("good.yml", "Our own"),
        ("more/deep/other.yaml", "Our own"),
        ("more/deep/other.yaml", "Second"),
    ]
    assert found.rules[0].author == "the team"
    assert found.rules[0].id == "5d3f7a1e-2c55-4a63-9d0b-3b0f4f7a9c11"


def test_they_stand_beside_the_built_in_ones(folder: Path) -> None:
    assert open_rules(None) == built_in_rules()
    both = open_rules(str(folder))
    assert (both.rules, both.own) == (built_in_rules().rules, rules_in(folder).rules)


LAUGHS = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30)
)
BAD = {
    "laughs.yml": (LAUGHS, "laughs.yml:2: aliases"),
    "tag.yml": ("a: !!python/object/apply:os.system [id]\n", "tag.yml:1: could not determine"),
    "broken.yml": ("title: x\n  bad: [\n", "broken.yml:2:"),
    "list.yml": ("- 1\n- 2\n", "list.yml: no rule"),
    "text.yml": ("hello", "text.yml: no rule"),
    "latin.yml": (b"title: caf\xe9\n", "latin.yml: it is not UTF-8"),
    "nul.yml": (b"title: a\x00b\n", "nul.yml: "),
    "big.yml": ("#" * 300_000, "big.yml: more than 256 KiB"),
    "deep.yml": ("[" * 20_000, "deep.yml: it is nested too deeply"),
    "steps.yml": ("- " * 5_000, "steps.yml: it is nested too deeply"),
    "brackets.yml": (
        RULE.replace("condition: a", f"condition: '{'(' * 30}a{')' * 30}'"),
        "brackets.yml, Our own: it is nested too deeply",
    ),
    "parent.yml": (
        RULE.replace("CommandLine|contains", "ParentImage"),
        "parent.yml, Our own: field ParentImage: the agents do not send it",
    ),
    "source.yml": (
        RULE.replace("process_creation", "file_event"),
        "source.yml, Our own: log source linux/file_event",
    ),
    "correlated.yml": (
        "title: x\ncorrelation: {type: event_count}\n",
        "correlated.yml, x: correlations",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_rule_is_named_and_the_rest_is_used(folder: Path, name: str) -> None:
    content, says = BAD[name]
    assert refused(folder, name, content).startswith(says)


def test_a_hostile_name_is_made_printable(folder: Path) -> None:
    line = refused(folder, "\x1b[2J\u202e.yml", "hello")
    assert line.startswith("\\e[2J\\u202e.yml: no rule")


@pytest.mark.parametrize("what", ["missing", "empty", "file"])
def test_no_folder_of_rules_is_one_clear_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    if what == "empty":
        path.mkdir()
    elif what == "file":
        path.write_text(RULE)
    with pytest.raises(RulesError) as caught:
        open_rules(str(path))
    assert str(caught.value).startswith(f"{path}: ")
    assert len(str(caught.value).splitlines()) == 1


def test_nobody_is_asked_over_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    (folder / "tags.yml").write_text(RULE + "tags: [attack.t1059.004, attack.execution]\n")
    assert rules_in(folder).rules[1].techniques == ("T1059.004",)
