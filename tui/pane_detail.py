"""How a pane stands, as lines."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from ..queries.answers import Answer, Status, Value
from ..queries.hints.hint import Hinted
from ..queries.language import tr
from ..queries.questions import Question
from .alert_detail import tactic_lines
from .detail_lines import NAMES, titled
from .widgets.lines_view import Line
from .widgets.text_cells import cell_text

#: In the name of a measurement that is in bytes.
_IN_BYTES = ("memory", "bytes")


def pane_lines(
    question: Question,
    answer: Answer | None,
    hinted: Hinted | None = None,
    refused: Sequence[str] = (),
) -> list[Line]:
    """How a pane stands: status, what cannot be known, measurements, hints, the KQL.

    Args:
        refused: of each rule that is not used, why.
    """
    if answer is None:
        return [Line(tr("not answered yet"), "muted")]
    calm = answer.status is Status.COMPLETE
    lines = [Line(tr(str(answer.status)), "plain" if calm else "warning", NAMES, tr("status"))]
    if answer.failure:
        lines.append(Line(answer.failure, "warning", NAMES, tr("why")))
    lines += [
        Line(notice.text, "warning", NAMES, tr(str(notice.kind))) for notice in answer.notices
    ]
    for name, value in answer.statistics.items():
        lines.append(_measured(name, value))
    if question.name == "alerts":
        lines += tactic_lines(answer.records())
    lines += titled(tr("What to ask yourself"), [tr(sentence) for sentence in question.guidance])
    if hinted is not None:
        said = [tr("{count} rows have hints", count=len(hinted.hints)), *hinted.remarks]
        if hinted.failure:
            said.append(tr("the rules could not be asked: {why}", why=hinted.failure))
        lines += titled(tr("Hints"), said)
    lines += titled(tr("Rules that are not used"), refused)
    return lines + titled(tr("The KQL that was asked"), answer.kql.splitlines())


def _measured(name: str, value: Value) -> Line:
    """A measurement with its unit: fractions are seconds, whole numbers count bytes or others."""
    # After a comma stands where it was measured.
    kind, comma, where = name.partition(",")
    if isinstance(value, float):
        text = f"{value:,.3f} s"
    elif isinstance(value, int) and not isinstance(value, bool):
        text = _bytes(value) if any(word in kind for word in _IN_BYTES) else f"{value:,}"
    else:
        text = cell_text(value)
    label = f"{tr(kind)}{comma}{where}"
    if cell_len(label) < NAMES:
        return Line(text, "plain", NAMES, label)
    return Line(f"{label}: {text}")


def _bytes(count: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if count < 1024:
            return (
                tr("{count:,.0f} bytes", count=count) if unit == "bytes" else f"{count:,.1f} {unit}"
            )
        count /= 1024
    return f"{count:,.1f} GiB"
