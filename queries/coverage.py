"""What an answer cannot say: read from what was heard of the device at all.

An empty pane may mean that nothing happened, that the agent was silent or dropped events, that
this kind of agent has no such event, that the table is missing, or that the window is empty.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from .answers import Answer, Notice, NoticeKind, Status, rfc3339
from .held import ENDPOINT, RAW_EVENTS
from .language import tr
from .questions import Question
from .window import Window

#: coverage.kql divides the window into this many slots.
SLOTS = 96
#: Both agents report at least hourly (aggregated events), so three hours without a word say
#: something; in a long window a slot is longer than that, and three slots are asked for.
_QUIET = timedelta(hours=3)
_QUIET_SLOTS = 3

_MICRO_EVENTS = frozenset(
    {"Process", "NetworkActivity", "Baseline", "SBoM", "Peripheral", "FileSystem", "Heartbeat"}
)
_LEGACY_EVENTS = frozenset(
    {"ProcessCreate", "ListeningPorts", "LocalUsers", "ConnectionCreate", "OSBaseline"}
)
#: In which agents are heard; other tables tell of a device without its agent.
_HEARD_IN = frozenset((*RAW_EVENTS, *ENDPOINT))


def notices_for(
    question: Question,
    answer: Answer,
    coverage: Answer | None,
    window: Window,
    missing_tables: frozenset[str],
) -> tuple[Notice, ...]:
    """What to tell the analyst beside the rows; nothing for an answer that failed.

    ``coverage`` is the answer to the question of that name for the same device and window, or
    None while it is unknown; a failed one is said to be unknown.
    """
    if answer.status is Status.FAILED:
        return ()
    notices = _missing(question, missing_tables)
    notices += [Notice(NoticeKind.REMARK, tr(text)) for text in question.remarks]
    events = question.raw_events
    heard_in = _HEARD_IN.intersection(question.tables)
    # Where no agent can be heard, its silence says nothing.
    if not events or coverage is None or (heard_in and missing_tables >= heard_in):
        return tuple(notices)
    if coverage.status is Status.FAILED:
        text = tr(
            "whether the agent was heard from is unknown: {failure}", failure=coverage.failure
        )
        return (*notices, Notice(NoticeKind.REMARK, text))
    heard = {row["RawEventName"]: row for row in coverage.records()}
    if not heard:
        return (*notices, _unheard(answer, _told_otherwise(question, missing_tables), window))
    notices += _kind_of_agent(question, frozenset(heard), events)
    notices += _silence(coverage, window)
    dropped = sum(row["DroppedEvents"] or 0 for row in coverage.records())
    if dropped:
        text = tr(
            "the agent says it dropped {dropped:,} events: not everything was sent", dropped=dropped
        )
        notices.append(Notice(NoticeKind.SILENT, text))
    return tuple(notices)


def absence_of(question: Question, coverage: Answer | None, missing_tables: frozenset[str]) -> str:
    """Why there cannot be an answer, as far as is known; nothing where there may be one.

    ``coverage`` as for :func:`notices_for`; only a complete one says what there is not.
    """
    if question.tables and missing_tables.issuperset(question.tables):
        return tr("there is no table {names} here", names=tr(" and ").join(question.tables))
    if not question.raw_events or coverage is None or coverage.status is not Status.COMPLETE:
        return ""
    if _told_otherwise(question, missing_tables):
        return ""
    if any(row["RawEventName"] in question.raw_events for row in coverage.records()):
        return ""
    return tr(
        "no {names} of this device in this window", names=tr(" or ").join(question.raw_events)
    )


def _told_otherwise(question: Question, missing: frozenset[str]) -> list[str]:
    """The tables that a question reads, and that tell of a device though its agent is silent."""
    return [table for table in question.tables if table not in _HEARD_IN and table not in missing]


def _unheard(answer: Answer, told_by: list[str], window: Window) -> Notice:
    """Nothing was heard of the device."""
    between = {"start": rfc3339(window.start), "end": rfc3339(window.end)}
    if answer.rows and told_by:
        text = tr(
            "all of this is from {names}: no raw event of this device between {start} and {end}",
            **between,
            names=tr(" and ").join(told_by),
        )
        return Notice(NoticeKind.SILENT, text)
    text = tr(
        "no raw event of this device between {start} and {end}: the agent was silent, or the"
        " window is wrong",
        **between,
    )
    return Notice(NoticeKind.EMPTY_WINDOW, text)


def _missing(question: Question, missing: frozenset[str]) -> list[Notice]:
    absent = [table for table in question.tables if table in missing]
    if not absent:
        return []
    names = tr(" and ").join(absent)
    if len(absent) < len(question.tables):
        return [
            Notice(
                NoticeKind.MISSING_TABLE,
                tr("there is no table {names} here; read the rest", names=names),
            )
        ]
    text = tr(
        "there is no table {names} here: {title} cannot be known",
        names=names,
        title=tr(question.title).lower(),
    )
    return [Notice(NoticeKind.CANNOT_KNOW, text)]


def _kind_of_agent(
    question: Question, heard: frozenset[str], events: tuple[str, ...]
) -> list[Notice]:
    micro = bool(heard & _MICRO_EVENTS)
    legacy = bool(heard & _LEGACY_EVENTS)
    if micro and not legacy:
        if question.name == "users":
            text = tr("this device has the micro agent, which does not report users")
            return [Notice(NoticeKind.CANNOT_KNOW, text)]
        if question.name == "ports":
            text = tr(
                "the micro agent shows ports by their traffic only: an idle listener is unseen"
            )
            return [Notice(NoticeKind.REMARK, text)]
    if not heard & set(events):
        names = tr(" or ").join(events)
        text = tr("the agent was heard from, but sent no {names} in this window", names=names)
        return [Notice(NoticeKind.REMARK, text)]
    return []


def _silence(coverage: Answer, window: Window) -> list[Notice]:
    """The longest stretch without any event, where it is long enough to matter."""
    slots = sorted({slot for row in coverage.records() for slot in row["Slots"] or ()})
    if not slots:
        return []
    slot = window.length / SLOTS
    longest, first, last = 0, 0, 0
    edges = [-1, *slots, SLOTS]
    for before, after in pairwise(edges):
        if after - before - 1 > longest:
            longest, first, last = after - before - 1, before + 1, after
    quiet = longest * slot
    if quiet < _QUIET or longest < _QUIET_SLOTS:
        return []
    start, end = window.start + first * slot, window.start + last * slot
    until = tr("the end of the window") if last >= SLOTS else rfc3339(end)
    hours = quiet / timedelta(hours=1)
    text = tr(
        "the agent was silent from about {start} until {until} ({hours:.0f} h): nothing seen"
        " then does not mean that nothing happened",
        start=rfc3339(start),
        until=until,
        hours=hours,
    )
    return [Notice(NoticeKind.SILENT, text)]
