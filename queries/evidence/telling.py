"""What the reading left out or could not know, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..answers import Notice, NoticeKind
from ..language import tr, translatable
from ..wording import counted
from .reports import FileReport, LoadReport
from .tables import TABLES

#: So many files are named one by one; of more, the first and how many.
_NAMED = 3


def nothing_in(path: Path, report: LoadReport) -> str:
    """Why there is no evidence at a path, and what to give instead."""
    for file in report.files:
        if file.refused:
            return tr(
                "{path}: {reason}; export as JSON Lines, REST, CSV or Parquet",
                path=file.place,
                reason=file.refused,
            )
    if unread := _unread_rows(report):
        return tr(
            "{path}: {unread}, and no other is there; export as JSON Lines, REST, CSV or Parquet",
            path=path,
            unread=unread,
        )
    if report.files:
        return tr(
            "{path}: holds no rows of {tables}; give an export of one of these tables",
            path=path,
            tables=", ".join(TABLES),
        )
    for place, why in report.left_out:
        return tr("{path}: {reason}; give exported evidence", path=place, reason=why)
    return tr("{path}: the folder holds no files; give exported evidence", path=path)


def notices_of(report: LoadReport) -> list[Notice]:
    return [*_of_files(report), *_of_rows(report)]


def _of_files(report: LoadReport) -> list[Notice]:
    notices: list[Notice] = []

    def tell(kind: NoticeKind, text: str) -> None:
        notices.append(Notice(kind, text))

    def tell_each(kind: NoticeKind, concerned: Callable[[FileReport], str], words: str) -> None:
        """``words``: a text with ``path`` and ``reason``."""
        files = [file for file in report.files if concerned(file)]
        for file in files[:_NAMED] if len(files) <= _NAMED else files[:1]:
            more = len(files) - 1 if len(files) > _NAMED else 0
            text = tr(words, path=file.place, reason=concerned(file))
            if more:
                text += tr(" (and {files} like it)", files=counted(more, "more file"))
            tell(kind, text)

    unread, remark = NoticeKind.UNREAD, NoticeKind.REMARK
    if text := _unread_rows(report):
        tell(unread, text)
    refused = translatable("{path} was refused: {reason}")
    tell_each(unread, lambda file: "" if file.stranger else file.refused, refused)
    tell_each(unread, lambda file: file.cut, translatable("{path} was read in part: {reason}"))
    partial = translatable("{path} holds a partial answer: {reason}")
    tell_each(unread, lambda file: file.partial, partial)
    changed, again = translatable("{path} changed while it was read: {reason}"), tr("open it again")
    tell_each(unread, lambda file: again if file.changed else "", changed)
    tell_each(unread, lambda file: file.zone, "{path}: {reason}")
    strangers = [file for file in report.files if file.refused and file.stranger]
    if strangers:
        text = tr(
            "{files} left out, first {path}",
            files=counted(len(strangers), "file"),
            path=strangers[0].place,
        )
        tell(remark, f"{text}: {strangers[0].refused}")
    if report.left_out:
        place, why = report.left_out[0]
        paths = counted(len(report.left_out), "path")
        text = tr("{paths} never opened, first {path}", paths=paths, path=place)
        tell(remark, f"{text}: {why}")
    return notices


def _of_rows(report: LoadReport) -> Iterator[Notice]:
    """Those about rows that were read, and cannot be known whole."""
    unread, remark = NoticeKind.UNREAD, NoticeKind.REMARK
    if report.untimed:
        rows = counted(report.untimed, "row")
        yield Notice(unread, tr("{rows} without a readable TimeGenerated: in no window", rows=rows))
    if times := sum(file.unread_times for file in report.files):
        text = tr(
            "{times} beside TimeGenerated could not be read: left empty",
            times=counted(times, "time"),
        )
        yield Notice(unread, text)
    if count := sum(file.deviceless for file in report.files):
        text = tr(
            "{rows} of security messages do not say whose they are: they are in"
            " the answers about no device (AgentId in EventDetails tells them apart)",
            rows=counted(count, "row"),
        )
        yield Notice(unread, text)
    if report.from_messages:
        text = tr("security messages do not say when they came: TimeGenerated is TimestampUTC")
        yield Notice(remark, text)
    if count := sum(file.unnamed for file in report.files):
        text = tr(
            "{rows} of an az query have the device None, which is also what it"
            " writes for no device: read as no device",
            rows=counted(count, "row"),
        )
        yield Notice(unread, text)
    if mended := report.repaired + sum(file.repaired for file in report.files):
        text = tr("{texts} held broken Unicode, shown as U+FFFD", texts=counted(mended, "text"))
        yield Notice(remark, text)
    if report.foreign:
        rows = counted(report.foreign, "row")
        yield Notice(remark, tr("{rows} of other tables left aside", rows=rows))


def _unread_rows(report: LoadReport) -> str:
    bad = [file for file in report.files if file.bad]
    if not bad:
        return ""
    count = sum(file.bad for file in bad)
    return tr(
        "{rows} could not be read, first at {place}",
        rows=counted(count, "row"),
        place=bad[0].first_bad,
    )
