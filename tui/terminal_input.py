"""What comes from a terminal, as messages: sequences put together, pastes told from keys.

Over a slow line a key may come in pieces, and many keys at once. No piece of a sequence may be
taken for letters, and no text that was pasted for keys: here a letter is a verdict.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from time import monotonic

from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.message import Message

_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
_WHOLE = re.compile(
    r"\x1b\[\[[A-E]"  # function keys of the Linux console
    r"|\x1b\[(?!\[)[0-?]*[ -/]*[@-~]"
    r"|\x1bO[ -~]"
    r"|\x1b[]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)"  # replies to what was never asked
)
#: One that is not whole: at the end the rest may come yet, elsewhere it never will.
_PART = re.compile(r"\x1b(?:\[\[?[0-?]*[ -/]*|O|[]P_^X][^\x07\x1b]*)")
_BEGUN = re.compile(rf"(?:{_PART.pattern})?\x1b?\Z")
#: What a terminal says of itself, even in the middle of a text.
_REPORT = re.compile(r"\x1b\[(?:[IO]|\?[\d;]+\$y|48;[\d;:]+t)")
#: Characters that come at once and are no keys; fewer are typed while a line hangs. The same few
#: over and over are a key that is held down.
_MANY, _FEW_KINDS = 12, 5
#: As many that follow a text are the rest of it rather than keys.
_SOME = 3
#: Seconds of silence: after which a text has come to its end,
_TOGETHER = 0.1
#: in which text that follows belongs to it, and to one that had its sign,
_AFTER, _AFTER_SIGN = 0.5, 0.1
#: that a sequence may halt halfway,
_HALT = 1.0
#: and a paste.
_PASTE_HALT = 5.0


class Burst(events.Paste):
    """Text that came at once and without a sign: pasted, or typed ahead while the line hung.

    ``entered``: it is one line, and Enter came after it.
    """

    def __init__(self, text: str) -> None:
        line = text.rstrip("\r\n")
        self.entered = text in (f"{line}\r", f"{line}\n") and line.isprintable()
        super().__init__(line if self.entered else text)


class TerminalInput:
    """Fed with what is read; to be ticked once ``wait`` seconds have passed."""

    def __init__(self, escape_delay: float, clock: Callable[[], float] = monotonic) -> None:
        """``escape_delay``: seconds after which Esc is a key and not the start of a sequence."""
        self._escape_delay = escape_delay
        self._clock = clock
        self._parser = XTermParser()
        self._begun = ""
        self._paste: str | None = None
        self._burst = ""
        self._last = 0.0
        self._text_until = 0.0

    @property
    def wait(self) -> float | None:
        """Seconds until silence means something; None where it does not."""
        delay = self._delay()
        return None if delay is None else max(0.0, self._last + delay - self._clock())

    def _delay(self) -> float | None:
        if self._paste is not None:
            return _PASTE_HALT
        if self._burst:
            return _TOGETHER
        if self._begun:
            return self._escape_delay if self._begun == "\x1b" else _HALT
        return None

    def feed(self, data: str) -> Iterator[Message]:
        """What the text of one read comes to."""
        self._last = self._clock()
        if self._begun == "\x1b" and data[:1] not in "[O":
            # Esc, and another key after it: a terminal sends Alt with a key in one piece.
            self._begun = ""
            yield events.Key("escape", "\x1b")
        data, self._begun = self._begun + data, ""
        while data:
            if self._paste is not None:
                data = yield from self._take_paste(data)
                continue
            text, start, data = data.partition(_PASTE)
            yield from self._take(text)
            if start:
                yield from self._end_burst()
                self._paste = ""

    def tick(self) -> Iterator[Message]:
        """What silence comes to, where it has been long enough."""
        delay = self._delay()
        if delay is None or self._clock() < self._last + delay:
            return
        if self._paste is not None:
            # The line broke within it; what may still come belongs to it.
            yield from self._end_paste()
        elif self._burst:
            yield from self._end_burst()
        else:
            begun, self._begun = self._begun, ""
            if begun == "\x1b":
                yield events.Key("escape", "\x1b")
            elif len(begun) == 2:
                yield from self._alt(begun[1])
            # A longer one was cut: no letter of it was typed.

    # Pastes

    def _take_paste(self, data: str) -> Generator[Message, None, str]:
        """Gives back what comes after it."""
        assert self._paste is not None
        seen = max(0, len(self._paste) - len(_PASTED))
        self._paste += data
        end = self._paste.find(_PASTED, seen)
        if end < 0:
            return ""
        rest = self._paste[end + len(_PASTED) :]
        self._paste = self._paste[:end]
        yield from self._end_paste()
        return rest

    def _end_paste(self) -> Iterator[Message]:
        text, self._paste = self._paste or "", None
        # It may itself have held the sign of its end.
        self._text_until = self._last + _AFTER_SIGN
        yield events.Paste(text)

    def _end_burst(self) -> Iterator[Message]:
        text, self._burst = self._burst, ""
        if len(text) >= _MANY:
            self._text_until = self._last + _AFTER
        if text:
            yield Burst(text)

    # Keys

    def _take(self, data: str) -> Iterator[Message]:
        plain = "".join(char for char in _WHOLE.sub("", data) if char.isprintable())
        follows = len(plain) >= _SOME and self._last < self._text_until
        if self._burst or follows or (len(plain) >= _MANY and len(set(plain)) > _FEW_KINDS):
            for report in _REPORT.findall(data):
                yield from self._parser.feed(report)
            self._burst += _REPORT.sub("", data)
            return
        if data == "\r":
            # Whoever presses Enter has seen where the text went.
            self._text_until = 0.0
        at = 0
        while at < len(data):
            if data[at] != "\x1b":
                end = data.find("\x1b", at)
                end = len(data) if end < 0 else end
                yield from self._parser.feed(data[at:end])
                at = end
            elif whole := _WHOLE.match(data, at):
                yield from self._sequence(whole[0])
                at = whole.end()
            elif _BEGUN.match(data, at):
                self._begun = data[at:]
                return
            elif part := _PART.match(data, at):
                at = part.end()
            elif data[at + 1] == "\x1b":
                yield events.Key("escape", "\x1b")
                at += 1
            else:
                yield from self._alt(data[at + 1])
                at += 2

    def _sequence(self, sequence: str) -> Iterator[Message]:
        """The key that a whole sequence stands for; nothing for one that nobody knows."""
        if sequence[1] in "]P_^X" or _is_unknown(sequence):
            return
        yield from self._parser.feed(sequence)
        if self._parser._timeout_time is not None:
            # It waits for more, and would take what comes next for the rest of it.
            self._parser = XTermParser()

    def _alt(self, char: str) -> Iterator[Message]:
        known = list(self._sequence(f"\x1b{char}"))
        yield from known or self._parser._sequence_to_key_events(char, alt=True)


def _is_unknown(sequence: str) -> bool:
    """A number that stands for no key; the parser would read it as that of a character."""
    number, _, _ = sequence[2:-1].partition(";")
    is_named = f"{number}~" in FUNCTIONAL_KEYS or sequence in ANSI_SEQUENCES_KEYS
    return sequence[1] == "[" and sequence[-1] == "~" and not is_named
