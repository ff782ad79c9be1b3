"""The summary of a device, for the command and the console alike."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ..queries.answers import Answer
from ..queries.asking import Scope, ask, read_against
from ..queries.coverage import absence_of
from ..queries.hints.hint import HINTED_PANES, Hinted
from ..queries.language import tr
from ..queries.packs.loading import PANES
from ..queries.printable import printable
from ..queries.questions import Pack, Question
from ..queries.source import Source
from .casebook.casebook import Casebook, CaseError, default_case_path
from .opening import Problem

if TYPE_CHECKING:
    from ..queries.hints.hinting import Hinting
    from .casebook.report import Report

Answered = Sequence[tuple[Question, Answer]]


def answers_of(source: Source, pack: Pack, scope: Scope) -> Answered:
    """Every pane of the device with its notices, but those there is nothing to ask of.

    They are asked as the console does it: the five and the coverage at once, then the others.
    """
    first = [pack.questions[name] for name in (*PANES, "coverage")]
    rest = [pack.questions[name] for name in pack.panes if name not in PANES]

    def asked(question: Question) -> Answer:
        return ask(source, question, scope)

    with ThreadPoolExecutor(len(first)) as pool:
        *answers, coverage = pool.map(asked, first)
        rest = [each for each in rest if not absence_of(each, coverage, source.missing_tables)]
        answers += pool.map(asked, rest)
    return [
        (question, read_against(answer, question, coverage, scope, source))
        for question, answer in zip((*first[:-1], *rest), answers, strict=True)
    ]


def hints_of(
    source: Source, pack: Pack, scope: Scope, answered: Answered, hinting: Hinting
) -> dict[str, Hinted]:
    """The hints of every pane that rows were answered for."""
    wanted = [answer for question, answer in answered if question.name in HINTED_PANES]
    with ThreadPoolExecutor(len(HINTED_PANES)) as pool:
        found = pool.map(lambda answer: hinting.hints(source, pack, answer, scope), wanted)
        return {answer.question: hinted for answer, hinted in zip(wanted, found, strict=True)}


def report_of(
    scope: Scope,
    source: str,
    pack: Pack,
    answered: Answered,
    *,
    casebook: Casebook,
    analyst: str,
    at: datetime,
    hinted: Mapping[str, Hinted] | None = None,
) -> Report:
    """The report on what was answered, held against the casebook of now."""
    # Slow to load, and reports are few.
    from importlib.metadata import version  # noqa: PLC0415

    from .casebook.report import ReportSubject, build_report  # noqa: PLC0415

    subject = ReportSubject(
        device=scope.device,
        hub=scope.hub,
        window=scope.window,
        source=source,
        pack=pack.name,
        version=version("iotriage"),
        analyst=analyst,
        at=at,
    )
    return build_report(subject, answered, casebook, hinted=hinted)


@contextmanager
def opened_case(path: Path | None, analyst: str) -> Iterator[Casebook]:
    """The case file, or the default one; made when it is not there.

    Raises:
        Problem: it cannot be opened; one line why.
    """
    try:
        casebook = Casebook.open(path or default_case_path(), analyst)
    except CaseError as error:
        raise Problem(str(error)) from None
    with casebook:
        yield casebook


def default_export_name(device: str, at: datetime, suffix: str = ".md") -> str:
    """findings-<device>-<UTC time>.md; what a file name cannot hold is left out of the device."""
    kept = (char if char.isalnum() or char in "-_." else "_" for char in printable(device))
    safe = "".join(kept)[:80]
    return f"findings-{safe.strip('.') or 'device'}-{at:%Y%m%dT%H%M%SZ}{suffix}"


def read_text(path: Path, wanted: str) -> str:
    """What a file says, in UTF-8.

    Raises:
        Problem: it cannot be read; one line why, and that ``wanted`` should be given.
    """
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        reason = tr("it is not UTF-8")
    except (OSError, ValueError) as error:
        reason = _reason(error)
    raise Problem(
        tr(
            "{path} cannot be read: {reason}: give {wanted}",
            path=printable(str(path)),
            reason=reason,
            wanted=wanted,
        )
    )


def write_new(path: Path, text: str) -> None:
    """A new file, whole or not at all.

    Raises:
        Problem: it is there already, or cannot be written; one line why and what to do.
    """
    shown = printable(str(path))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Problem(
            tr("{path} is there already and stays as it is: give another name", path=shown)
        ) from None
    except (OSError, ValueError) as error:
        raise Problem(
            tr(
                "{path} cannot be written: {reason}: give another place",
                path=shown,
                reason=_reason(error),
            )
        ) from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode("utf-8", errors="backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Problem(
            tr(
                "{path} cannot be written: {reason}: give another place",
                path=shown,
                reason=_reason(error),
            )
        ) from None


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
