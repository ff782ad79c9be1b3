"""What was made of the evidence: a report a file, and one of the whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ..source import SourceError


class Form(StrEnum):
    JSON_LINES = "JSON Lines"
    REST = "REST answer"
    RECORDS = "Event Hubs batch"
    ROWS = "JSON array of rows"
    VALUES = "JSON rows, one after another"
    MESSAGES = "security messages"
    AZ = "az query"
    CSV = "CSV"
    PARQUET = "Parquet"
    EMPTY = "empty file"


class UnreadableError(Exception):
    """A file that is no evidence; one line why."""


class NoEvidenceError(SourceError):
    """Nothing was found that is evidence; ``report`` tells of each file that was looked at."""

    def __init__(self, text: str, report: LoadReport) -> None:
        super().__init__(text)
        self.report = report


class CutError(UnreadableError):
    """What was read up to here is good, and more was to come; one line why it did not."""


@dataclass(slots=True)
class FileReport:
    """What was made of one file, or of one member of an archive.

    Attributes:
        path: the file on disk.
        member: its name inside an archive, "" where the file is none.
        packed: "gzip", "zstd", "zip", "Avro", or several from outside in; "" where nothing is.
        tables: how many rows it gave to each table; 0 for a table that it holds empty.
        bad: rows that could not be read, of all read; ``first_bad`` is the place of the first.
        repaired: texts with broken Unicode.
        foreign: rows of other tables.
        refused: why nothing of it was read.
        stranger: it was refused because it is no evidence at all.
        cut: why it was not read to its end.
        partial: what the service said of an answer that it gave in part.
        changed: it was written to while it was read.
        zone: what is unknown about the zone or order of its times.
        unread_times: times beside TimeGenerated that could not be read; they are empty.
        deviceless: rows of messages that do not say whose they are.
        unnamed: rows whose device is the word None, which an az query also writes for no device.
    """

    path: Path
    member: str = ""
    form: Form | None = None
    packed: str = ""
    tables: Counter[str] = field(default_factory=Counter)
    bad: int = 0
    first_bad: str = ""
    repaired: int = 0
    foreign: int = 0
    refused: str = ""
    stranger: bool = False
    cut: str = ""
    partial: str = ""
    changed: bool = False
    zone: str = ""
    unread_times: int = 0
    deviceless: int = 0
    unnamed: int = 0

    @property
    def place(self) -> str:
        return f"{self.path}: {self.member}" if self.member else str(self.path)

    @property
    def rows(self) -> int:
        return self.tables.total()

    @property
    def is_whole(self) -> bool:
        """Nothing that it seemed to hold is missing."""
        return not (self.refused or self.cut or self.partial or self.bad or self.changed)

    def spoil(self, where: str | int) -> None:
        """Count a row that cannot be read; ``where`` is kept for the first."""
        self.bad += 1
        self.first_bad = self.first_bad or f"{self.place}:{where}"

    def stop(self, why: str) -> None:
        """No more of it is read; what was read before is kept."""
        if self.rows or self.bad or self.foreign:
            self.cut = self.cut or why[:300]
        else:
            self.refused = self.refused or why[:300]


@dataclass(slots=True)
class LoadReport:
    """What was read: a report a file, and what concerns the whole.

    Attributes:
        left_out: what lies in the folder and was never opened, with why.
    """

    files: list[FileReport] = field(default_factory=list)
    left_out: list[tuple[Path, str]] = field(default_factory=list)
    tables: set[str] = field(default_factory=set)
    untimed: int = 0
    repeated: int = 0
    repaired: int = 0

    @property
    def rows(self) -> int:
        return sum(file.rows for file in self.files)

    @property
    def from_messages(self) -> bool:
        """Some rows are made of security messages."""
        return any(file.form is Form.MESSAGES and file.rows for file in self.files)

    @property
    def foreign(self) -> int:
        return sum(file.foreign for file in self.files)
