"""What the README says is so: commands, options, settings, keys, files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import msgspec
import pytest
from iotriage.themes import built_in
from iotriage.tui.actions import ACTIONS
from iotriage.tui.cli import commands
from iotriage.tui.keymap import REGISTRY, keymap_from
from iotriage.tui.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text("utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", TEXT, flags=re.M | re.S)
    assert found, f"README.md has no section {title}"
    return found[1]


def table(title: str) -> list[list[str]]:
    """The cells of the one table of a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def code(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def leaves() -> dict[str, click.Command]:
    """Every command by its words; "console" is iotriage by itself."""
    found: dict[str, click.Command] = {"console": commands}
    for name, command in commands.commands.items():
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {word}": leaf for word, leaf in inner.items()}
        if not inner or getattr(command, "invoke_without_command", False):
            found[name] = command
    return found


def options() -> dict[str, set[str]]:
    """Long option -> the commands that have it."""
    found: dict[str, set[str]] = {}
    for name, command in leaves().items():
        for option in command.params:
            if isinstance(option, click.Option) and "--version" not in option.opts:
                long = next(text for text in option.opts if text.startswith("--"))
                found.setdefault(long, set()).add(name)
    return found


def having(where: str) -> set[str]:
    """The commands that a cell names; "all" are those that read a source."""
    found: set[str] = set()
    for part in where.replace("`", "").split(","):
        name, _, without = part.strip().partition(" but ")
        if name == "all":
            found |= {"console", "devices", "ask", "report"} - {without}
        else:
            below = {leaf for leaf in leaves() if leaf.startswith(f"{name} ")}
            found |= {name} if name in leaves() else below
    return found


def test_one_line_to_look_and_one_to_test() -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", TEXT, flags=re.M | re.S)
    lines = [line for block in blocks for line in block.replace("\\\n", "").splitlines()]
    look, test = (line for line in lines if line.startswith("python3 -m venv "))
    assert look.endswith("/bin/iotriage --demo")
    assert test.endswith("/bin/python -m pytest")
    for line in (look, test):
        folder = line.split()[3]
        assert line.count(f"{folder}/bin/") == 2
        assert " -c .ci/constraints.txt " in line
        assert " -e " not in line
    assert look.split()[3] != test.split()[3]


def test_what_is_linked_is_there() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", TEXT)
    assert len(links) >= 3
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_folders_are_those_of_the_top_level() -> None:
    named = re.findall(r"^([.\w]+)/ ", section("The repository"), flags=re.M)
    assert [name for name in named if not (ROOT / name).is_dir()] == []
    assert {"queries", "tui", "themes", "tests"} <= set(named)


def test_every_command_is_told() -> None:
    told = re.findall(r"^iotriage (\w+)", section("Commands"), flags=re.M)
    assert sorted(told) == sorted(commands.commands)


def test_every_option_is_told_with_the_commands_that_have_it() -> None:
    told = {
        name: having(where)
        for names, where, _ in table("Commands")
        for name in re.findall(r"--[a-z]+", names)
    }
    assert told == options()


def test_every_variable_and_setting_is_told() -> None:
    rows = table("Settings")
    variables = {
        option.opts[0]: option.envvar
        for option in commands.params
        if isinstance(option, click.Option) and option.envvar
    }
    assert {code(flag)[0]: code(variable)[0] for flag, variable, _ in rows if flag} == variables
    assert {name for *_, setting in rows for name in code(setting)} == {
        field.name for field in msgspec.structs.fields(Settings)
    }
    read = set()
    for file in (*(ROOT / "tui").rglob("*.py"), *(ROOT / "queries").rglob("*.py")):
        read |= set(re.findall(r"[\"\'](IOTRIAGE_[A-Z_]+)[\"\']", file.read_text("utf-8")))
    assert {code(variable)[0].partition(":")[0] for _, variable, _ in rows if variable} == read


@pytest.mark.parametrize("name", built_in())
def test_every_theme_is_told(name: str) -> None:
    assert f"`{name}`" in section("Commands")


def test_every_key_is_told_and_no_other() -> None:
    told = [key for keys, _ in table("Keys") for key in code(keys)]
    assert sorted(told) == sorted(key for action in ACTIONS for key in action.written().split())


def test_every_action_is_told_by_the_name_that_keys_go_by() -> None:
    told = section("Keys of your own").partition("These are the names:")[2].partition("\n\n")[0]
    assert code(told) == [action.id for action in ACTIONS]


def test_the_keys_of_the_example_can_be_had() -> None:
    example = re.search(r"```toml\n(.*?)```", section("Keys of your own"), re.S)
    assert example
    assert keymap_from(tomllib.loads(example[1])["keys"]) != REGISTRY
