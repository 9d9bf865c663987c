"""The result as a table, as Markdown and as annotations."""

from __future__ import annotations

from candlefish.bench.result_text import markdown, terminal_table, workflow_commands
from tests.bench.runs import a_result


def test_the_table_says_what_is_broken_and_by_how_much() -> None:
    text = terminal_table(a_result(), colour=False)
    assert "✗ broken: cpu_ms in idle: 18.1 ms/frame, budget 10.0 ms/frame (in every round)" in text
    assert "9.1 ms/frame → 18.1 ms/frame, change 9 [9, 9]" in text
    assert text.splitlines()[-1] == "✗ broken"
    assert "\033" not in text
    assert "\033[31m" in terminal_table(a_result(), colour=True)


def test_markdown_and_annotations() -> None:
    text = markdown(a_result())
    assert text.startswith("## ❌ Candlefish bench: broken\n")
    assert "| idle | 60.0 |" in text
    lines = workflow_commands(a_result()).splitlines()
    assert lines[0].startswith("::error title=bench broken: cpu_ms::`cpu_ms` in idle: 18.1 ms/frame")
    assert len(lines) == 2
