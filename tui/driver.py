"""The terminal of the console: sends what has changed, and the newest frame rather than each."""

from __future__ import annotations

import os
import re
from codecs import getincrementaldecoder
from contextlib import suppress
from selectors import EVENT_READ, DefaultSelector
from threading import Condition
from typing import IO, Any

from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver

from .terminal_frames import Grid, NotDrawingError, difference
from .terminal_input import TerminalInput

_SYNC = re.compile(r"\x1b\[\?2026[hl]")
#: Modes, titles, the clipboard: nothing that changes what stands on the screen.
_HARMLESS = re.compile(
    r"(?:\x07|\x1b\[[?<=>][\d;]*\$?[a-zA-Z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1bP(?:[^\x1b]|\x1b\x1b|\x1b(?!\\))*\x1b\\)+"
)
_OTHER_SCREEN = "\x1b[?1049"
#: Shorter ones are on the screen before anybody could see them half done.
_SYNCED_FROM = 1024
#: Seconds that leaving waits for a terminal that takes nothing any more.
_PATIENCE = 3.0
#: Seconds after which Esc is a key of its own, where ESCDELAY says nothing.
_ESCAPE_DELAY = 0.2
#: Seconds between two looks whether to go on reading.
_LOOK = 0.1


class FrameWriter(WriterThread):
    """Writes to the terminal in a thread; draws are put together while it is busy.

    Whoever draws never waits for a slow line: what is sent next is the difference between what the
    terminal shows and what is to be shown by then.
    """

    def __init__(self, file: IO[str]) -> None:
        super().__init__(file)
        self._changed = Condition()
        self._out: list[str] = []
        self._shown = self._wanted = Grid(0, 0)
        self._is_dirty = False
        self._is_stopped = False
        self._syncs = False
        self._style: str | None = None

    def write(self, text: str) -> None:
        """A frame as Textual draws it, or anything else as it is."""
        if _SYNC.fullmatch(text):
            self._syncs = True
            return
        with self._changed:
            self._fit()
            try:
                self._wanted.draw(text)
            except NotDrawingError:
                self._pass_on(text)
            else:
                self._is_dirty = True
            self._changed.notify()

    def run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._out or self._is_dirty or self._is_stopped)
                self._take_difference()
                text = "".join(self._out)
                self._out.clear()
                is_last = self._is_stopped
            # A terminal that has gone is noticed by who reads from it.
            with suppress(OSError, ValueError):
                if text:
                    self._file.write(text)
                    self._file.flush()
            if is_last:
                return

    def stop(self) -> None:
        """Write what is left, as long as the terminal takes it."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify()
        self.join(_PATIENCE)

    def take_up(self, before: FrameWriter) -> None:
        """What the writer before wanted to show is what is to be shown."""
        self._wanted = before._wanted

    def forget(self) -> None:
        """With the next frame goes all that is to be shown: the terminal may show anything."""
        with self._changed:
            self._fit()
            self._shown = Grid(self._wanted.width, self._wanted.height)
            self._style = None

    def _fit(self) -> None:
        """Start anew where the terminal has another size: it has moved what it showed."""
        try:
            size = os.get_terminal_size(self._file.fileno())
        except OSError:
            return
        if (self._wanted.width, self._wanted.height) != size:
            self._wanted, self._shown = Grid(*size), Grid(*size)
            self._style = None

    def _pass_on(self, text: str) -> None:
        self._take_difference()
        if self._style != "":
            # It must not colour what is written outside of frames, on leaving for example.
            self._out.append("\x1b[m")
            self._style = ""
        self._out.append(text)
        if _OTHER_SCREEN in text or not _HARMLESS.fullmatch(text):
            self._shown = Grid(self._wanted.width, self._wanted.height)
            self._style = None
        if f"{_OTHER_SCREEN}h" in text:
            # Back from a suspension all is drawn again; at first there is nothing yet.
            self._is_dirty = True

    def _take_difference(self) -> None:
        if not self._is_dirty:
            return
        self._is_dirty = False
        text, self._style = difference(self._shown, self._wanted, self._style)
        self._shown = self._wanted.copy()
        if self._syncs and len(text) >= _SYNCED_FROM:
            text = f"\x1b[?2026h{text}\x1b[?2026l"
        self._out.append(text)


class FrugalDriver(LinuxDriver):
    """Textual's own driver with another writer, and another reader."""

    def run_input_thread(self) -> None:
        """Read until the driver lets go of the terminal."""
        told = os.environ.get("ESCDELAY", "")
        # What is typed after Esc ends the wait for the rest of a sequence: it may be long.
        delay = int(told) / 1000 if told.isdecimal() else _ESCAPE_DELAY
        reader = TerminalInput(delay)
        # A terminal may send what is no UTF-8, and the input goes on.
        decode = getincrementaldecoder("utf-8")("replace").decode
        with DefaultSelector() as selector:
            selector.register(self.fileno, EVENT_READ)
            while not self.exit_event.is_set():
                wait = reader.wait
                if selector.select(_LOOK if wait is None else min(wait, _LOOK)):
                    try:
                        data = os.read(self.fileno, 1 << 16)
                    except OSError:
                        data = b""
                    if not data:
                        # It has gone: others see to that.
                        self.exit_event.wait(_LOOK)
                    for message in reader.feed(decode(data)):
                        self.process_message(message)
                for message in reader.tick():
                    self.process_message(message)

    def forget(self) -> None:
        """What the terminal shows is not known any more."""
        if isinstance(self._writer_thread, FrameWriter):
            self._writer_thread.forget()

    @property
    def _writer_thread(self) -> WriterThread | None:
        return self.__dict__.get("_writer")

    @_writer_thread.setter
    def _writer_thread(self, writer: Any) -> None:
        # The driver makes a writer of its own each time it takes the terminal.
        if type(writer) is WriterThread:
            writer = FrameWriter(writer._file)
            if (before := self.__dict__.get("_writer_before")) is not None:
                # Nobody draws again what has not changed while the terminal was away.
                writer.take_up(before)
        if writer is not None:
            self.__dict__["_writer_before"] = writer
        self.__dict__["_writer"] = writer


__all__ = ["FrameWriter", "FrugalDriver"]
