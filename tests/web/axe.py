"""axe-core, run in a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.visit import Visit

AXE = Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([tags, rules]) => {
  const { violations, passes } = await axe.run(document, { runOnly: tags, rules });
  return {
    passed: passes.length,
    violations: violations.map(
      ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html.slice(0, 120))}`,
    ),
  };
}"""


def axe(visit: Visit, *, forced_colours: bool = False) -> list[str]:
    """What axe finds wrong with the page as it is.

    Where colours are forced they are the visitor's own, and axe takes the page's for them: it reads
    -webkit-text-fill-color, which Chromium does not force.
    """
    if not visit.page.evaluate("typeof axe === 'object'"):
        visit.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = visit.page.evaluate(RUN, [TAGS, {"color-contrast": {"enabled": not forced_colours}}])
    assert found["passed"] > 10, "axe has not looked"
    violations: list[str] = found["violations"]
    return violations
