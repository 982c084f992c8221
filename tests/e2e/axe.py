"""axe-core in a page: what people who do not see, or see badly, would stumble over."""

import hashlib
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async ([tags, only]) => {
  // Nor are those of a page whose style sheets are still on their way.
  const looks = [...document.querySelectorAll("link[rel=stylesheet]")];
  for (const end = Date.now() + 30_000; looks.some(it => !it.sheet) && Date.now() < end;) {
    await new Promise(done => requestAnimationFrame(done));
  }
  // Colours that are still fading are nobody's colours; ending one can begin the next (what never ends is cut off).
  for (let frame = 0; frame < 20; frame += 1) {
    await new Promise(done => requestAnimationFrame(done));
    const fading = document.getAnimations();
    if (frame > 1 && !fading.length) break;
    for (const it of fading) { try { it.finish(); } catch { it.cancel(); } }
  }
  const runOnly = only ? { type: "rule", values: only } : { type: "tag", values: tags };
  const found = await axe.run(document, { resultTypes: ["violations"], iframes: false, runOnly });
  const bad = found.violations.filter(it => ["serious", "critical"].includes(it.impact));
  const words = (it, node) => `${it.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? it.help}`;
  return bad.flatMap(it => it.nodes.slice(0, 3).map(node => words(it, node)));
}"""


@cache
def script() -> str:
    """The text of axe-core, which has to be the one we looked at."""
    content = SCRIPT.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256, "axe-core is not the one that was vendored"
    return content.decode()


def findings(page: Page, only: list[str] | None = None) -> list[str]:
    """What axe calls serious or critical on the page as it is now; `only` some rules where named."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script())
    return list(page.evaluate(RUN, [TAGS, only]))
