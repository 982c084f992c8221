"""axe-core in a page: what people who do not see, or see badly, would stumble over."""

import hashlib
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parent / "vendor" / "axe-4.14.1.min.js"
SHA256 = "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (tags) => {
  // Nobody judges a page whose style sheets are still on their way.
  const looks = [...document.querySelectorAll("link[rel=stylesheet]")];
  for (const end = Date.now() + 30_000; looks.some(it => !it.sheet) && Date.now() < end;) {
    await new Promise(done => requestAnimationFrame(done));
  }
  // Colours that are still fading are nobody's colours. What faded until now is at its end as soon as nothing may fade.
  if (!window.stillness) {
    window.stillness = new CSSStyleSheet();
    window.stillness.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, window.stillness];
  }
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  // Rules whose findings would be passed over below need not be asked. The vendored file says how grave each is.
  const light = ["minor", "moderate"], unsure = ["experimental", "deprecated"];
  const has = (it, words) => it.tags.some(tag => words.includes(tag));
  const grave = axe._audit.rules.filter(it => it.enabled && !light.includes(it.impact));
  const values = grave.filter(it => has(it, tags) && !has(it, unsure)).map(it => it.id);
  const asked = { resultTypes: ["violations"], iframes: false, runOnly: { type: "rule", values } };
  const found = await axe.run(document, asked);
  const bad = found.violations.filter(it => !light.includes(it.impact));
  const words = (it, node) => `${it.id}: ${node.target.join(" ")} ${node.any[0]?.message ?? it.help}`;
  return bad.flatMap(it => it.nodes.slice(0, 3).map(node => words(it, node)));
}"""

#: The tab keeps the script from page to page: to hand half a megabyte over takes ten times as long as to run it.
LOAD = """text => {
  text ??= "axe" in window || sessionStorage.getItem("axe");
  if (typeof text === "string") {
    sessionStorage.setItem("axe", text);
    (0, eval)(text);
  }
  return "axe" in window;
}"""


@cache
def script() -> str:
    """The text of axe-core, which has to be the one we looked at."""
    content = SCRIPT.read_bytes()
    assert hashlib.sha256(content).hexdigest() == SHA256, "axe-core is not the one that was vendored"
    return content.decode()


def findings(page: Page) -> list[str]:
    """What axe calls serious or critical on the page as it is now."""
    if not page.evaluate(LOAD):
        page.evaluate(LOAD, script())
    return list(page.evaluate(RUN, TAGS))
