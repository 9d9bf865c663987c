"""Reads the budgets that Markdown tables show, to find those that are missed and do not say so."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = re.compile(r"([≥≤]) ([\d.,]+)")
NUMBER = re.compile(r"[\d.,]*\d")
SUMMARISED = re.compile(r"([\d.,]*\d) \(([≥≤]) ([\d.,]*\d): (.*)\)")
MISSED = re.compile(r"\*\*(over|short) by .*\d.*\*\*")


class Row(NamedTuple):
    """A value and its budget as a table shows them."""

    text: str
    value: float
    more_is_better: bool
    limit: float
    verdict: str

    @property
    def is_missed(self) -> bool:
        return self.value < self.limit if self.more_is_better else self.value > self.limit


def unmarked(text: str) -> list[str]:
    """The rows and cells of a Markdown text whose verdict is not what their numbers say."""
    return [row.text for row in budgets(text) if bool(MISSED.fullmatch(row.verdict)) != row.is_missed]


def budgets(text: str) -> Iterator[Row]:
    """Every measured value with a budget, of all tables of a text."""
    head: list[str] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")] if "|" in line else []
        yield from (_summarised(cell) for cell in cells if SUMMARISED.fullmatch(cell))
        if not cells or not head:
            head = cells
        elif "budget" in head:
            row = dict(zip(head, cells, strict=False))
            limit, value = LIMIT.match(row["budget"]), NUMBER.search(row.get("median", ""))
            if limit and value:
                verdict = row.get("verdict", "")
                yield Row(line, _number(value[0]), limit[1] == "≥", _number(limit[2]), verdict)


def _summarised(cell: str) -> Row:
    match = SUMMARISED.fullmatch(cell)
    assert match is not None
    return Row(cell, _number(match[1]), match[2] == "≥", _number(match[3]), match[4])


def _number(text: str) -> float:
    return float(text.replace(",", ""))
