"""A word on the command line must not pay for a console or a database that it does not use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

HEAVY = {"textual", "rich", "azure", "duckdb", "duckdb_kql", "jinja2", "pyarrow", "sigma", "yaml"}
OURS_DRAWN = ("iotriage.tui.widgets", "iotriage.tui.screens")

# The modules are told on the error stream, which the commands asked here leave empty.
RUN = """
import json, sys
from iotriage.tui.cli import main
try:
    status = main()
except SystemExit as end:
    status = end.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
sys.exit(status)
"""


def run(folder: Path, *words: str) -> tuple[str, set[str]]:
    """What a command printed, and the modules it had loaded when it was done."""
    environment = {name: text for name, text in os.environ.items() if "IOTRIAGE" not in name}
    done = subprocess.run(
        [sys.executable, "-c", RUN, *words],
        env=environment | {"XDG_CONFIG_HOME": str(folder)},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, set(json.loads(done.stderr))


def test_the_command_is_the_entry_point() -> None:
    (command,) = entry_points(group="console_scripts", name="iotriage")
    assert command.value == "iotriage.tui.start:main"


@pytest.mark.parametrize(
    "words",
    [["--version"], ["--help"], ["devices", "--help"], ["ask", "--help"], ["report", "--help"]],
    ids=" ".join,
)
def test_words_about_the_tool_load_nothing_heavy(words: list[str], tmp_path: Path) -> None:
    printed, modules = run(tmp_path, *words)
    expected = f"iotriage {version('iotriage')}" if words == ["--version"] else "Usage: iotriage"
    assert printed.startswith(expected)
    assert "iotriage.tui.cli" in modules
    assert {name.partition(".")[0] for name in modules} & HEAVY == set()
    assert [name for name in modules if name.startswith(OURS_DRAWN)] == []


def test_printing_an_answer_loads_no_textual(tmp_path: Path) -> None:
    printed, modules = run(tmp_path, "devices", "--demo", "--format", "csv")
    assert printed.startswith('"DeviceId","Hub",')
    assert "duckdb" in modules
    # What only packed evidence needs is loaded where there is some.
    assert {name.partition(".")[0] for name in modules} & {"textual", "azure", "backports"} == set()
