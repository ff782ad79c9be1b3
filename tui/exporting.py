"""The summary of the device, into a file or the clipboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ..queries.asking import Scope
from ..queries.language import tr
from .casebook.casebook import CaseError
from .casebook.report import Format, Report, render
from .opening import Problem
from .reporting import default_export_name, report_of, write_new
from .screens.dialogs import AskText

if TYPE_CHECKING:
    from .console import Console
    from .investigation import Investigation

_FORMATS: dict[str, Format] = {".md": "markdown", ".json": "json", ".csv": "csv"}
_CLIPBOARD = "\0clipboard"


class Exporting:
    """Of the device and window that are open now, as of now, whenever it is written."""

    def __init__(self, console: Console, investigation: Investigation, scope: Scope) -> None:
        self._console = console
        self._investigation = investigation
        self._scope = scope
        self._at = console.clock()

    def open(self) -> None:
        """Ask where it goes, and write it there."""
        dialog = AskText(
            tr("Write the summary"),
            (
                tr("Enter writes the file: .md is Markdown, .json JSON, .csv CSV."),
                tr("Ctrl+Y copies the Markdown instead.  Esc goes back."),
            ),
            default_export_name(self._scope.device, self._at),
            alternative=_CLIPBOARD,
            ascii_only=self._console.ascii_only,
        )
        self._console.push_screen(dialog, self._named)

    def _named(self, name: str | None) -> None:
        if not name:
            return
        try:
            report = self._report()
            if name == _CLIPBOARD:
                self._console.errands.copying.text(render(report, "markdown"))
                return
            path = _path_of(name)
            form = _FORMATS.get(path.suffix.lower())
            if form is None:
                raise Problem(tr("{name}: end the name in .md, .json or .csv", name=name))
            write_new(path, render(report, form))
        except (Problem, CaseError) as error:
            self._console.tell(str(error), bad=True)
        else:
            self._console.tell(tr("written to {path}", path=path))

    def _report(self) -> Report:
        return report_of(
            self._scope,
            self._investigation.source.name,
            self._console.pack,
            self._investigation.answered(),
            casebook=self._console.casebook,
            analyst=self._console.analyst,
            at=self._at,
            hinted=self._investigation.all_hinted(),
        )


def _path_of(name: str) -> Path:
    try:
        return Path(name).expanduser()
    except RuntimeError:
        raise Problem(
            tr("{name}: there is no such home folder: give another place", name=name)
        ) from None
