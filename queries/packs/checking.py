"""Whether a pack can be relied on: every text tried, every column that it names looked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..evidence.tables import TABLES
from ..kql.tokens import Kind, meaning, place_of
from ..kusto_parser.parser import KustoParser, ParserError, ParserMissing
from ..kusto_parser.schemas import TABLES as SCHEMAS
from ..language import tr, translatable
from ..literals import prologue
from ..questions import Query, Question
from ..window import Window
from .finding import PackError, text_of
from .loading import Loaded, Piece, line_of, load_whole

if TYPE_CHECKING:
    from ..evidence.trying import NoRows

ERROR, WARNING = translatable("error"), translatable("warning")
#: What the drill-down to the values of a row has to give.
_VALUES = ("Column", "Value", "Count", "FirstObserved", "LastObserved")
_COUNTS = frozenset({"long", "int"})
_DAY = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
#: What Microsoft's parser calls a table that it was not told of.
_UNKNOWN_TABLE = frozenset({"KS204", "KS205"})


@dataclass(frozen=True, slots=True)
class Problem:
    """``severity`` is ERROR or WARNING; ``line`` and ``column`` count from 1, 0 for not known."""

    severity: str
    file: Path
    line: int
    column: int
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was looked at, and what is wrong with it.

    Attributes:
        name: empty where the pack cannot be loaded.
        questions: of the pack itself, without those of the pack that it extends.
        unparsed: why Microsoft's parser has not looked at the texts; empty where it has.
    """

    name: str
    questions: tuple[str, ...]
    problems: tuple[Problem, ...]
    unparsed: str = ""

    @property
    def is_sound(self) -> bool:
        return all(problem.severity != ERROR for problem in self.problems)


def check_pack(name_or_folder: str, packs: Path | None = None) -> Checked:
    """Every mistake of a pack.

    Raises:
        PackError: there is no such pack.
    """
    complaints: list[PackError] = []
    try:
        loaded = load_whole(name_or_folder, packs, complaints.append)
    except PackError as error:
        if error.place is None:
            raise
        return Checked("", (), (_of(error),))
    problems = [_of(error) for error in complaints]
    with ExitStack() as stack:
        from ..evidence.trying import NoRows  # noqa: PLC0415 - DuckDB, where it is needed

        rows = stack.enter_context(NoRows())
        parser, unparsed = None, ""
        try:
            parser = stack.enter_context(KustoParser())
        except (ParserMissing, ParserError) as error:
            unparsed = str(error)
        for name in loaded.own:
            if (question := loaded.pack.questions.get(name)) is not None:
                try:
                    problems += _Look(loaded, question, rows, parser).problems()
                except ParserError as error:
                    parser, unparsed = None, str(error)
                    problems += _Look(loaded, question, rows, None).problems()
    return Checked(loaded.pack.name, loaded.own, tuple(dict.fromkeys(problems)), unparsed)


def _of(error: PackError) -> Problem:
    file, line = error.place or (Path(), 0)
    return Problem(ERROR, file, line, 1 if line else 0, "", error.what)


class _Look:
    """At one question."""

    def __init__(
        self, loaded: Loaded, question: Question, rows: NoRows, parser: KustoParser | None
    ) -> None:
        self._loaded = loaded
        self._question = question
        self._rows = rows
        self._parser = parser
        self._source = text_of(loaded.file)

    def problems(self) -> Iterator[Problem]:
        question = self._question
        yield from self._tables()
        record = dict.fromkeys(question.keys, "")
        asked: Mapping[str, Callable[[], Query]] = {
            "text": lambda: question.query("", "", _DAY),
            "events": lambda: question.events_query("", "", _DAY, record),
            "values": lambda: question.values_query("", "", _DAY, record),
        }
        for field, query in asked.items():
            if (question.name, field) in self._loaded.pieces:
                yield from self._part(field, query())

    def _part(self, field: str, query: Query) -> Iterator[Problem]:
        from ..evidence.query_errors import QueryError  # noqa: PLC0415

        for token in meaning(query.text):
            if token.kind is Kind.WORD and token.text == "declare":
                place = place_of(query.text, token.start)
                yield self._at(
                    field, place, ERROR, tr("Log Analytics takes no declare: values are bound")
                )
        diagnostics = list(self._diagnostics(field, query))
        yield from diagnostics
        try:
            columns = self._rows.columns(query, _DAY)
        except QueryError as error:
            known = any(problem.severity == ERROR for problem in diagnostics)
            only_here = error.only_here and (self._parser is not None or self._reads_others())
            severity = WARNING if only_here and not known else ERROR
            said = tr("offline: {failure}", failure=error)
            yield self._at(field, error.place, severity, said)
            return
        kinds = {column.name: column.type for column in columns}
        yield from self._values(kinds) if field == "values" else ()
        yield from self._columns(kinds) if field == "text" else ()

    def _diagnostics(self, field: str, query: Query) -> Iterator[Problem]:
        """What Microsoft's parser says."""
        if self._parser is None:
            return
        before = prologue(query.parameters).count("\n")
        for found in self._parser.check(query.kql).diagnostics:
            severity = WARNING
            if found.severity == "Error" and not (
                found.code in _UNKNOWN_TABLE and self._reads_others()
            ):
                severity = ERROR
            place = (found.line - before, found.column)
            yield self._at(field, place, severity, f"{found.code}: {found.message}")

    def _reads_others(self) -> bool:
        """Tables that the pack names, and nobody here knows."""
        return any(table not in SCHEMAS for table in self._question.tables)

    def _tables(self) -> Iterator[Problem]:
        question = self._question
        texts = (question.text, question.events, question.values)
        words = {t.text for text in texts for t in meaning(text) if t.kind is Kind.WORD}
        for table in TABLES:
            if table in words and table not in question.tables:
                text = tr("the text reads {table}, which tables does not name", table=table)
                yield self._in_entry("tables", "", ERROR, text)
        for table in question.tables:
            if table not in words:
                text = tr("tables names {table}, which no text reads", table=table)
                yield self._in_entry("tables", table, WARNING, text)

    def _columns(self, kinds: Mapping[str, str]) -> Iterator[Problem]:
        question = self._question
        named: Mapping[str, Sequence[str]] = {
            "keys": question.keys,
            "sets": question.sets,
            "counts": tuple(question.counts.values()),
            "shown": tuple(shown.column for shown in question.shown),
        }
        for field, columns in named.items():
            for column in columns:
                if column not in kinds:
                    known = ", ".join(kinds)
                    text = tr(
                        "{field} names {column!r}, and the answer has {known}",
                        field=field,
                        column=column,
                        known=known,
                    )
                    yield self._in_entry(field, column, ERROR, text)
                elif field == "sets" and kinds[column] != "dynamic":
                    text = tr("{column} is no set but {kind}", column=column, kind=kinds[column])
                    yield self._in_entry(field, column, ERROR, text)
                elif field == "counts" and kinds[column] not in _COUNTS:
                    text = tr("{column} counts nothing: {kind}", column=column, kind=kinds[column])
                    yield self._in_entry(field, column, ERROR, text)

    def _values(self, kinds: Mapping[str, str]) -> Iterator[Problem]:
        for column in _VALUES:
            if column not in kinds:
                text = tr("the answer to values lacks the column {column}", column=column)
                yield self._in_entry("values", "", ERROR, text)

    def _in_entry(self, field: str, word: str, severity: str, text: str) -> Problem:
        """At an entry of the pack.toml, as near to the word as can be told."""
        lines = self._source.split("\n")
        line = line_of(self._source, f"questions.{self._question.name}.{field}")
        # A list may go on over several lines.
        for number in range(line, min(line + 50, len(lines) + 1)):
            if word and (at := lines[number - 1].find(f'"{word}"')) >= 0:
                return self._problem(severity, self._loaded.file, (number, at + 2), text)
        return self._problem(severity, self._loaded.file, (line, 1), text)

    def _at(self, field: str, place: tuple[int, int] | None, severity: str, text: str) -> Problem:
        """At a place of a text, in the file that it came from."""
        pieces: tuple[Piece, ...] = self._loaded.pieces[self._question.name, field]
        if place is None:
            return self._problem(severity, pieces[-1].file, (0, 0), text)
        line, column = place
        for piece in pieces:
            if line <= piece.lines or piece is pieces[-1]:
                return self._problem(severity, piece.file, (max(line, 1), column), text)
            line -= piece.lines
        raise AssertionError("a text is made of files")

    def _problem(self, severity: str, file: Path, place: tuple[int, int], text: str) -> Problem:
        return Problem(severity, file, place[0], place[1], self._question.name, text)
