"""What the reading left out or could not know, in sentences."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..answers import Notice, NoticeKind
from ..wording import counted
from .reports import FileReport, LoadReport
from .tables import TABLES

#: So many files are named one by one; of more, the first and how many.
_NAMED = 3
_FORMS = "export as JSON Lines, REST, CSV or Parquet"


def nothing_in(path: Path, report: LoadReport) -> str:
    """Why there is no evidence at a path, and what to give instead."""
    for file in report.files:
        if file.refused:
            return f"{file.place}: {file.refused}; {_FORMS}"
    if unread := _unread_rows(report):
        return f"{path}: {unread}, and no other is there; {_FORMS}"
    if report.files:
        return (
            f"{path}: holds no rows of {', '.join(TABLES)}; give an export of one of these tables"
        )
    for place, why in report.left_out:
        return f"{place}: {why}; give exported evidence"
    return f"{path}: the folder holds no files; give exported evidence"


def notices_of(report: LoadReport) -> list[Notice]:
    notices: list[Notice] = []

    def tell(kind: NoticeKind, text: str) -> None:
        notices.append(Notice(kind, text))

    def tell_each(kind: NoticeKind, concerned: Callable[[FileReport], str], words: str) -> None:
        files = [file for file in report.files if concerned(file)]
        for file in files[:_NAMED] if len(files) <= _NAMED else files[:1]:
            more = len(files) - 1 if len(files) > _NAMED else 0
            also = f" (and {counted(more, 'more file')} like it)" if more else ""
            tell(kind, f"{file.place}{words}{concerned(file)}{also}")

    unread, remark = NoticeKind.UNREAD, NoticeKind.REMARK
    if text := _unread_rows(report):
        tell(unread, text)
    tell_each(unread, lambda file: "" if file.stranger else file.refused, " was refused: ")
    tell_each(unread, lambda file: file.cut, " was read in part: ")
    tell_each(unread, lambda file: file.partial, " holds a partial answer: ")
    again = "open it again"
    tell_each(unread, lambda file: again if file.changed else "", " changed while it was read: ")
    tell_each(unread, lambda file: file.zone, ": ")
    strangers = [file for file in report.files if file.refused and file.stranger]
    if strangers:
        text = f"{counted(len(strangers), 'file')} left out, first {strangers[0].place}"
        tell(remark, f"{text}: {strangers[0].refused}")
    if report.left_out:
        place, why = report.left_out[0]
        text = f"{counted(len(report.left_out), 'path')} never opened, first {place}: {why}"
        tell(remark, text)
    if report.untimed:
        text = f"{counted(report.untimed, 'row')} without a readable TimeGenerated: in no window"
        tell(unread, text)
    if times := sum(file.unread_times for file in report.files):
        tell(unread, f"{counted(times, 'time')} beside TimeGenerated could not be read: left empty")
    if rows := sum(file.deviceless for file in report.files):
        tell(
            unread,
            f"{counted(rows, 'row')} of security messages do not say whose they are: they are in"
            " the answers about no device (AgentId in EventDetails tells them apart)",
        )
    if report.from_messages:
        tell(remark, "security messages do not say when they came: TimeGenerated is TimestampUTC")
    if rows := sum(file.unnamed for file in report.files):
        tell(
            unread,
            f"{counted(rows, 'row')} of an az query have the device None, which is also what it"
            " writes for no device: read as no device",
        )
    if mended := report.repaired + sum(file.repaired for file in report.files):
        tell(remark, f"{counted(mended, 'text')} held broken Unicode, shown as U+FFFD")
    if report.foreign:
        tell(remark, f"{counted(report.foreign, 'row')} of other tables left aside")
    return notices


def _unread_rows(report: LoadReport) -> str:
    bad = [file for file in report.files if file.bad]
    if not bad:
        return ""
    count = sum(file.bad for file in bad)
    return f"{counted(count, 'row')} could not be read, first at {bad[0].first_bad}"
