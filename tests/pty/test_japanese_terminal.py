"""Full-width text in a real terminal: the emulator counts the cells, not we."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from real_terminal import Terminal
from wcwidth import wcswidth

ROW = re.compile(r"/bin/tool\d +8 .*?(?=11-20)")


@pytest.mark.parametrize("size", [(80, 24), (131, 40)], ids=("80x24", "131x40"))
def test_columns_keep_their_place(
    size: tuple[int, int], env: dict[str, str], case: Path, small: Path
) -> None:
    # The language of the locale, without a flag.
    env |= {"LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "ja_JP.UTF-8"}
    with Terminal("--evidence", small, "--case", case, env=env, size=size) as terminal:
        terminal.until("最終観測" if size[0] < 120 else "デバイス  1")
        terminal.press("enter")
        terminal.until("サインイン")
        # Wide text gives way to narrow and comes back, and nothing of it is left behind.
        terminal.press("5")
        terminal.until("プロセス  完了 · 3 行")
        terminal.press("s", "?", "escape", "x", "escape", "2", "5")
        terminal.until("プロセス  完了 · 3 行")
        terminal.quiet()
        lines = terminal.lines
        (head,) = (line for line in lines if "実行ファイル" in line)
        rows = [line for line in lines if ROW.search(line)]
        assert len(rows) == 3
        times = {wcswidth(line[: found.end()]) for line in rows if (found := ROW.search(line))}
        assert times == {wcswidth(head[: head.index("初回")])}
        counted = {wcswidth(line[: line.index("8 ") + 1]) for line in rows}
        assert counted == {wcswidth(head[: head.index("回数")]) + 4}
        assert "! 1   ✓ 0   ~ 0   要確" in "".join(lines[:2])
        assert lines[-1].startswith(" e 想定内  s 不審  n メモ")
        assert all(wcswidth(line) <= size[0] for line in lines)
        terminal.press("q")
        assert terminal.ended(10)
        assert (terminal.status, terminal.restored) == (0, True)
