"""Microsoft's KQL parser, run in Node, as a context manager."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from ..language import tr
from .schemas import TABLES, Schema

PACKAGE = "@kusto/language-service-next"
FOLDER = "IOTRIAGE_KUSTO_PARSER"

_HERE = Path(__file__).resolve().parent


class ParserMissing(RuntimeError):  # noqa: N818 - no error of ours
    """Node or the parser's package is not there; the text says which, and what to do."""


class ParserError(RuntimeError):
    """The parser is there and does not work."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What the parser has to say about one place. ``line`` and ``column`` (characters) from 1."""

    severity: str
    code: str
    message: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.line}:{self.column} {self.severity} {self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """``type`` is the Kusto name: string, long, datetime, dynamic, ... or unknown."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A literal as lexed: text unescaped, long in decimal, bool ``true``/``false``, timespan in
    ticks of 100 ns, datetime as ISO 8601 in UTC cut to milliseconds."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything the parser found; ``columns`` are those of the last statement."""

    diagnostics: tuple[Diagnostic, ...]
    columns: tuple[ResultColumn, ...]
    literals: tuple[Literal, ...]

    def types(self) -> dict[str, str]:
        """Result columns in order, name to Kusto type."""
        return {column.name: column.type for column in self.columns}


def find_parser() -> Path | None:
    """The ``node_modules`` that holds the parser: the one that IOTRIAGE_KUSTO_PARSER names.

    None is looked for: a folder that somebody works in may hold programs of others.
    """
    given = os.environ.get(FOLDER)
    return Path(given) if given and (Path(given) / PACKAGE).is_dir() else None


class KustoParser:
    """One Node process that answers for as long as the context is open.

    Raises:
        ParserMissing: on entering, where Node or the package is not installed.
        ParserError: the process died, took longer than ``patience`` seconds, or the parser
            itself threw.
    """

    def __init__(
        self, tables: Mapping[str, Schema] | None = None, *, patience: float = 60.0
    ) -> None:
        self._tables = TABLES if tables is None else tables
        self._patience = patience
        self._asked = 0

    def __enter__(self) -> KustoParser:
        node = shutil.which("node")
        if node is None:
            raise ParserMissing(tr("Microsoft's KQL parser needs Node, and there is none on PATH"))
        folder = find_parser()
        if folder is None:
            raise ParserMissing(
                tr(
                    "{package} is not installed: npm install {package}, and point {variable} at"
                    " the node_modules folder",
                    package=PACKAGE,
                    variable=FOLDER,
                )
            )
        # A file, not a pipe: nobody reads it while the process runs.
        self._stderr = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [node, str(_HERE / "check.cjs")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._stderr,
            env={**os.environ, FOLDER: str(folder.resolve())},
        )
        try:
            self._ask({"tables": self._tables})
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def check(self, text: str) -> Checked:
        """What the parser makes of one query text."""
        self._asked += 1
        reply = self._ask({"id": self._asked, "text": text})
        if reply.get("id") != self._asked:
            raise ParserError(f"asked {self._asked}, answered {reply.get('id')}")
        if "error" in reply:
            raise ParserError(f"the parser threw: {reply['error']}")
        return Checked(
            tuple(Diagnostic(**found) for found in reply["diagnostics"]),
            tuple(ResultColumn(**column) for column in reply["columns"]),
            tuple(Literal(**literal) for literal in reply["literals"]),
        )

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        # readline() knows no timeout: killing the process ends it.
        watchdog = threading.Timer(self._patience, process.kill)
        watchdog.start()
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            watchdog.cancel()
        if not line:
            status = process.wait()
            self._stderr.seek(0)
            said = self._stderr.read().decode(errors="replace").strip()
            raise ParserError(f"the parser's process ended (status {status}): {said[-2000:]}")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _stop(self) -> None:
        # Not communicate(): a broken stdin must not hide the error that brought us here.
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout, self._stderr):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
