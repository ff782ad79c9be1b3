"""What can go wrong between here and the service, each in words an analyst can act on."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..language import tr
from ..printable import printable
from ..tokens import without_tokens

_LONGEST = 400
#: A clock that is off by more than this makes good tokens look bad.
_SKEW_SECONDS = 300
_BUSY = frozenset({429, 500, 502, 503})


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is no result: status, headers with lower-case names, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ServiceFailure(Exception):  # noqa: N818 - it is the service that failed
    """A question that was not answered; the text is one line.

    Attributes:
        again: whether the same question may be answered when it is asked again.
        after: seconds that the service asks to wait before, None where it does not say.
        refused: the token was not taken.
        too_large: the answer took too long or too much; a narrower question may be answered.
        place: line from 1 and column from 0 of the text that was sent, where the service found a
            mistake; None where it did not say.
    """

    def __init__(
        self,
        text: str,
        *,
        again: bool = False,
        after: float | None = None,
        refused: bool = False,
        too_large: bool = False,
        place: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(one_line(text))
        self.again = again
        self.after = after
        self.refused = refused
        self.too_large = too_large
        self.place = place


def one_line(text: str) -> str:
    """Free of tokens and of anything that commands a terminal, not longer than a few lines."""
    joined = " ".join(without_tokens(text).split())
    cut = joined if len(joined) <= _LONGEST else f"{joined[:_LONGEST]} …"
    return printable(cut)


def from_reply(reply: Reply, host: str) -> ServiceFailure:
    """An HTTP status that is no success, or a success without a result."""
    status = reply.status
    after = retry_after(reply.headers.get("retry-after", ""))
    if status in (301, 302, 303, 307, 308):
        where = reply.headers.get("location", "nowhere")
        return ServiceFailure(
            tr(
                "HTTP {status}: {host} sends us on to {where}, which is not followed: a proxy's"
                " sign-in page, or a wrong --endpoint",
                status=status,
                host=host,
                where=where,
            )
        )
    error = error_of(reply.body)
    if error is None:
        return _from_stranger(reply, host, after)
    innermost = innermost_of(error)
    said = innermost.get("message") or error.get("message") or ""
    code = str(error.get("code") or "")
    if status == 401:
        return ServiceFailure(
            tr(
                "HTTP 401: the sign-in was not accepted: {said}{clock}",
                said=said,
                clock=_skew_words(reply),
            ),
            refused=True,
        )
    if status == 403:
        return ServiceFailure(
            tr(
                "HTTP 403: you may not read this workspace: {said} (ask for the role Log"
                " Analytics Reader on it)",
                said=said,
            )
        )
    if status == 404:
        return ServiceFailure(
            tr(
                "HTTP 404: {host} knows no such workspace: {said} (check --workspace and --cloud)",
                host=host,
                said=said,
            )
        )
    if status == 400:
        return ServiceFailure(tr("the query was refused: {said}", said=said), place=place_of(error))
    if status == 413:
        return ServiceFailure(
            tr("HTTP 413: the answer is too large for the service: {said}", said=said),
            too_large=True,
        )
    if status == 429:
        return ServiceFailure(tr("HTTP 429: throttled: {said}", said=said), again=True, after=after)
    if status == 504:
        return ServiceFailure(
            tr(
                "HTTP 504: the service gave up on the query: {said} (narrow the window, or give"
                " a longer --timeout)",
                said=said,
            ),
            too_large=True,
        )
    return ServiceFailure(
        f"HTTP {status} {code}: {said}", again=status in _BUSY or after is not None, after=after
    )


def _from_stranger(reply: Reply, host: str, after: float | None) -> ServiceFailure:
    """No word of the service's own: something on the way, or a wrong address."""
    status, kind = reply.status, reply.headers.get("content-type", "").partition(";")[0]
    again = status in _BUSY
    text = reply.body[:4096].decode("utf-8", "replace")
    if "html" in kind or text.lstrip()[:1] == "<":
        title = re.search(r"<title[^>]*>(.*?)</title", text, flags=re.I | re.S)
        named = tr(' titled "{title}"', title=title[1].strip()) if title else ""
        return ServiceFailure(
            tr(
                "HTTP {status}: not {host} but a web page{named} answered: a proxy on the way,"
                " or a wrong --endpoint",
                status=status,
                host=host,
                named=named,
            ),
            again=again,
            after=after,
        )
    if not reply.body:
        said = (
            tr("an empty workspace, or an empty body")
            if status == 204
            else tr("with an empty body")
        )
        return ServiceFailure(f"HTTP {status}: {said}", again=again, after=after)
    if status == 401:
        return ServiceFailure(
            tr("HTTP 401: the sign-in was not accepted{clock}", clock=_skew_words(reply)),
            refused=True,
        )
    said = tr("what {host} answered is no result: {text}", host=host, text=text[:80])
    return ServiceFailure(f"HTTP {status}: {said}", again=again, after=after)


def error_of(body: bytes) -> dict[str, Any] | None:
    """The ``error`` object of a body; None where there is none."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    error = content.get("error") if isinstance(content, dict) else None
    return error if isinstance(error, dict) else None


def _inside(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The error and all those it was caused by, the outermost first."""
    # A hostile body may nest for ever.
    for _ in range(50):
        yield error
        details = error.get("details")
        inner = error.get("innererror")
        if not isinstance(inner, dict) and isinstance(details, list) and details:
            inner = details[0]
        if not isinstance(inner, dict):
            return
        error = inner


def innermost_of(error: Mapping[str, Any]) -> Mapping[str, Any]:
    """The deepest error with a message: the others only say that something went wrong."""
    found = error
    for inner in _inside(error):
        if isinstance(inner.get("message"), str) and inner["message"].strip():
            found = inner
    return found


def place_of(error: Mapping[str, Any]) -> tuple[int, int] | None:
    """Line and column of the mistake in the query, where anything tells."""
    for inner in reversed(list(_inside(error))):
        line, column = inner.get("line"), inner.get("pos")
        if isinstance(line, int) and line > 0:
            return line, column if isinstance(column, int) else 0
        said = str(inner.get("message", ""))
        if match := re.search(r"\[line:position=(\d+):(\d+)\]|line \[(\d+),(\d+)\]", said):
            return int(match[1] or match[3]), int(match[2] or match[4])
    return None


def retry_after(text: str) -> float | None:
    """Seconds until then, from seconds or from an HTTP date (RFC 9110, 10.2.3)."""
    text = text.strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    moment = _http_date(text)
    return None if moment is None else max(0.0, moment.timestamp() - time.time())


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _skew_words(reply: Reply) -> str:
    """Said where the service's clock and ours differ so far that tokens are misjudged."""
    theirs = _http_date(reply.headers.get("date", ""))
    if theirs is None:
        return ""
    off = time.time() - theirs.timestamp()
    if abs(off) < _SKEW_SECONDS:
        return ""
    minutes = abs(off) / 60
    if off > 0:
        return tr(
            "; the clock here is {minutes:.0f} min ahead of the service's: set it right",
            minutes=minutes,
        )
    return tr(
        "; the clock here is {minutes:.0f} min behind the service's: set it right", minutes=minutes
    )
