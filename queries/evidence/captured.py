"""What a capture says of itself: whose evidence it is, from when to when, and what is missing."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec

from ..answers import Notice, NoticeKind, rfc3339
from ..held import RECOMMENDATIONS
from ..language import tr, translatable
from ..questions import Query
from ..window import Window
from ..wording import counted
from .tables import TABLES

ALERTS = "SecurityAlert"
#: So many stretches that lack something are named one by one; of more, the first and how many.
_NAMED = 5
_HOLDS = translatable(
    "a capture of {source}: it holds the raw events of {device} and the alerts{hub}"
    " from {start} to {end}, and nothing else"
)
_HOLDS_MORE = translatable(
    "a capture of {source}: it holds the raw events and the recommendations of {device} and the"
    " alerts{hub} from {start} to {end}, and nothing else"
)
_NO_EVENTS = translatable(
    "this capture holds the raw events of {captured}: whether {device} sent any is not known here"
)
_NO_RECOMMENDATIONS = translatable(
    "this capture holds the recommendations of {captured}: whether {device} has any is not known"
    " here"
)
_Sha256 = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
_Count = Annotated[int, msgspec.Meta(ge=0)]
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class State(StrEnum):
    COMPLETE = "complete"
    #: Some of its rows came, and more are there.
    CUT = "cut"
    FAILED = "failed"


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a capture is of.

    Attributes:
        source: as the header shows it.
        start: of the window, inclusive; ``end`` is exclusive.
        asked: the words that the window was asked for with, "" for those of the source itself.
    """

    source: str
    device: str
    hub: str
    start: _Moment
    end: _Moment
    asked: str = ""

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)

    def is_same(self, other: Wanted) -> bool:
        """Whether one goes on where the other stopped."""
        same = (self.source, self.device, self.window) == (other.source, other.device, other.window)
        return same and self.hub.casefold() == other.hub.casefold()

    def __str__(self) -> str:
        return tr(
            "{device}{hub}, {start} to {end}, of {source}",
            device=self.device,
            hub=tr(" on {hub}", hub=self.hub) if self.hub else "",
            start=rfc3339(self.start),
            end=rfc3339(self.end),
            source=self.source,
        )


class Slice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stretch of one table, as it was asked for.

    Attributes:
        kql: the whole text that was sent.
        sha256: of its rows in their canonical form, "" where it failed.
        why: it is not complete; one line, in the language of the capture.
        mended: texts whose JSON could not be read, and now can.
        absent: columns that the source does not have; they are empty.
    """

    table: str
    start: _Moment
    end: _Moment
    state: State
    kql: str
    rows: _Count
    sha256: _Sha256
    fetched: _Moment
    why: str = ""
    mended: _Count = 0
    absent: tuple[str, ...] = ()

    @property
    def window(self) -> Window:
        return Window(self.start, self.end)


class SourceNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What every answer of the source was to be read with when it was captured."""

    kind: NoticeKind
    text: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A capture's own account.

    Attributes:
        version: of iotriage.
        tables: those that the source had.
        slices: by table and time.
    """

    version: str
    wanted: Wanted
    tables: tuple[str, ...]
    notices: tuple[SourceNotice, ...]
    slices: tuple[Slice, ...]

    @property
    def lacking(self) -> list[Slice]:
        """Slices of which something is missing."""
        return [each for each in self.slices if each.state is not State.COMPLETE]

    def of_table(self, table: str) -> list[Slice]:
        return sorted(
            (each for each in self.slices if each.table == table), key=lambda s: (s.start, s.end)
        )


@dataclass(frozen=True, slots=True)
class Captured:
    """A manifest as it stands in a store; ``sha256`` is what was put down for its text."""

    manifest: Manifest
    text: str
    sha256: str

    @property
    def actual_sha256(self) -> str:
        """Of the manifest's text as it is now; it stands for all rows of the capture too."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def is_unchanged(self) -> bool:
        return self.actual_sha256 == self.sha256

    def notices(self) -> list[Notice]:
        """What every answer out of the capture is to be read with."""
        manifest, wanted = self.manifest, self.manifest.wanted
        found = [Notice(each.kind, each.text) for each in manifest.notices]
        text = tr(
            _HOLDS_MORE if RECOMMENDATIONS in manifest.tables else _HOLDS,
            source=wanted.source,
            device=wanted.device,
            hub=tr(" of hub {hub}", hub=wanted.hub) if wanted.hub else "",
            start=rfc3339(wanted.start),
            end=rfc3339(wanted.end),
        )
        found.append(Notice(NoticeKind.REMARK, text))
        if not self.is_unchanged:
            text = tr(
                "the manifest was changed after the capture: iotriage capture verify looks closer"
            )
            found.append(Notice(NoticeKind.UNREAD, text))
        if mended := sum(each.mended for each in manifest.slices):
            text = tr("{texts} held broken Unicode, shown as U+FFFD", texts=counted(mended, "text"))
            found.append(Notice(NoticeKind.REMARK, text))
        for table in TABLES:
            absent = {name for each in manifest.of_table(table) for name in each.absent}
            if absent:
                names = ", ".join(sorted(absent))
                text = tr(
                    "{table} had no {names} where it was captured: empty here",
                    table=table,
                    names=names,
                )
                found.append(Notice(NoticeKind.REMARK, text))
        return found

    def notices_for(self, query: Query, window: Window) -> list[Notice]:
        """What this question asks for and the capture does not hold."""
        wanted = self.manifest.wanted
        tables = [table for table in TABLES if re.search(rf"\b{table}\b", query.text)]
        if not tables:
            return []
        texts = []
        if window.start < wanted.start or window.end > wanted.end:
            texts.append(
                tr(
                    "captured from {start} to {end}: what was before or after is not in this"
                    " capture",
                    start=rfc3339(wanted.start),
                    end=rfc3339(wanted.end),
                )
            )
        device, hub = (query.parameters.get(name) or "" for name in ("device", "hub"))
        if device not in ("", wanted.device) and tables != [ALERTS]:
            told = _NO_RECOMMENDATIONS if tables == [RECOMMENDATIONS] else _NO_EVENTS
            texts.append(tr(told, captured=wanted.device, device=device))
        if hub and wanted.hub and str(hub).casefold() != wanted.hub.casefold():
            texts.append(
                tr(
                    "this capture is of hub {captured}: hub {hub} is not in it",
                    captured=wanted.hub,
                    hub=hub,
                )
            )
        for table in tables:
            texts += _lacking(self.manifest.of_table(table), window)
        return [Notice(NoticeKind.UNREAD, text) for text in texts]


def lacking_words(manifest: Manifest) -> list[str]:
    """A sentence for each stretch that is missing or not whole."""
    window = manifest.wanted.window
    return [text for table in TABLES for text in _lacking(manifest.of_table(table), window)]


def _lacking(slices: list[Slice], window: Window) -> list[str]:
    """Of one table, as far as the window goes; neighbours that lack for one reason together."""
    stretches: list[list[Slice]] = []
    for each in slices:
        if each.state is State.COMPLETE or each.end <= window.start or each.start >= window.end:
            continue
        last = stretches[-1][-1] if stretches else None
        if last and (last.end, last.state, last.why) == (each.start, each.state, each.why):
            stretches[-1].append(each)
        else:
            stretches.append([each])
    texts = [_lacking_words(stretch) for stretch in stretches]
    if len(texts) > _NAMED:
        more = counted(len(texts) - 1, "more stretch", "more stretches")
        return [tr("{text} (and {stretches} of it)", text=texts[0], stretches=more)]
    return texts


def _lacking_words(stretch: list[Slice]) -> str:
    first = stretch[0]
    start, end = rfc3339(first.start), rfc3339(stretch[-1].end)
    if first.state is State.CUT:
        return tr(
            "{table} from {start} to {end} was captured in part, {rows}: {why}",
            table=first.table,
            start=start,
            end=end,
            rows=counted(sum(each.rows for each in stretch), "row"),
            why=first.why,
        )
    return tr(
        "{table} from {start} to {end} was not captured: {why}",
        table=first.table,
        start=start,
        end=end,
        why=first.why,
    )


def encoded(manifest: Manifest) -> tuple[str, str]:
    """A manifest's text as a store holds it, and its SHA-256."""
    text = msgspec.json.encode(manifest)
    return text.decode(), hashlib.sha256(text).hexdigest()
