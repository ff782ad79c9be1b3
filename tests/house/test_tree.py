"""What the top level holds, and what is pinned."""

from __future__ import annotations

import re
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"tui", "queries", "themes", "tests"}
PAGES = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"}


def tracked() -> list[str]:
    if not (ROOT / ".git").exists():
        pytest.skip("no git clone: what belongs to the project cannot be told from what lies here")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name]


def pins() -> dict[str, str]:
    lines = (ROOT / ".ci" / "constraints.txt").read_text("utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): release for name, release in pairs}


def needed(name: str, extras: frozenset[str], seen: set[tuple[str, str]]) -> None:
    """Every installed distribution that ``name`` with its extras leads to, into ``seen``."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return  # Of an extra that is not installed here.
    for extra in ("", *extras):
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for text in found.requires or ():
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                needed(canonicalize_name(requirement.name), frozenset(requirement.extras), seen)


def test_the_top_level_holds_only_the_rooms() -> None:
    tops = {name.partition("/")[0] for name in tracked()}
    assert {top for top in tops if not top.startswith(".")} <= ROOMS | PAGES


def test_every_package_is_pinned_exactly() -> None:
    seen: set[tuple[str, str]] = set()
    needed("iotriage", frozenset({"test", "check"}), seen)
    names = {name for name, _ in seen} - {"iotriage"}
    assert {"textual", "rich", "duckdb", "pytest", "syrupy"} <= names
    assert names - set(pins()) == set()


def test_a_pin_is_a_name_and_a_release() -> None:
    assert len(pins()) > 30
    assert [name for name, release in pins().items() if not re.fullmatch(r"[\d.]+", release)] == []
