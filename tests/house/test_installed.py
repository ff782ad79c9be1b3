"""The suite judges what a user installs, and the wheel holds everything there is in the folders."""

from __future__ import annotations

import importlib
import os
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("queries", "tui", "themes")
EDITABLE = os.environ.get("IOTRIAGE_EDITABLE") == "1"


def files_below(folder: Path) -> set[str]:
    return {
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }


def installed(package: str) -> Path:
    """The folder that a package of ours is imported from."""
    file = importlib.import_module(f"iotriage.{package}").__file__
    assert file is not None
    return Path(file).resolve().parent


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.skipif(EDITABLE, reason="IOTRIAGE_EDITABLE=1: developing with an editable install")
def test_runs_against_the_installed_wheel(package: str) -> None:
    site_packages = Path(sysconfig.get_path("purelib")).resolve()
    assert installed(package) == site_packages / "iotriage" / package, (
        "install the wheel (README, the test command), or set IOTRIAGE_EDITABLE=1"
    )


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.skipif(EDITABLE, reason="IOTRIAGE_EDITABLE=1: developing with an editable install")
def test_the_wheel_is_the_tree(package: str) -> None:
    there, here = installed(package), ROOT / package
    assert files_below(there) == files_below(here), "remove build/, which keeps old files; install"
    for name in files_below(here):
        assert (there / name).read_bytes() == (here / name).read_bytes(), f"{name}: install again"


def test_every_package_is_listed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    folders = {
        ".".join(("iotriage", *file.relative_to(ROOT).parent.parts))
        for package in PACKAGES
        for file in (ROOT / package).rglob("__init__.py")
    }
    assert set(project["tool"]["setuptools"]["packages"]) == folders
