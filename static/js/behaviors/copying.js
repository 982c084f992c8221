// The copy sheet ([data-copy-sheet]): a row ([data-copy-row]) that was copied is ticked, the next one's button takes the
// focus, and the bar counts. What is ticked is kept for this tab, since on a tablet the page may be let go of while its
// person is in Squeegee; only the names of the fields are kept, no customer's data.
const sheet = document.querySelector("[data-copy-sheet]");
const rows = [...(sheet?.querySelectorAll("[data-copy-row]") ?? [])];
const bar = sheet?.querySelector("[data-copy-bar]");
const key = `sill-sheet-${sheet?.dataset.copySheet}`;
const words = (row) => row.querySelector("dd[id]").innerText.trim();
const done = new Set();

const keep = (use) => { try { return use(sessionStorage); } catch { return null; } }; // full or forbidden: it lasts for this page
const kept = () => keep((store) => JSON.parse(store.getItem(key))) ?? [];

const show = () => {
  for (const row of rows) row.toggleAttribute("data-done", done.has(row.dataset.copyRow));
  if (!bar) return;
  const count = rows.filter((row) => done.has(row.dataset.copyRow)).length;
  bar.querySelector("progress").value = count;
  bar.querySelector("[data-copy-count]").textContent = count === rows.length ? "All copied" : `${count} of ${rows.length} copied`;
};

const tick = (ticked) => {
  for (const row of ticked) done.add(row.dataset.copyRow);
  show();
  keep((store) => store.setItem(key, JSON.stringify([...done])));
};

if (sheet) {
  for (const each of kept()) done.add(each);
  sheet.classList.add("copying"); // from here on a tap anywhere in a row copies it
  if (bar) {
    bar.hidden = false;
    bar.querySelector("[data-copy-all]").dataset.copyText = rows.map((row) => `${row.querySelector("dt").innerText.trim()}: ${words(row)}`).join("\n");
  }
  show();
  sheet.addEventListener("click", (event) => {
    if (!event.target.closest("button, a")) event.target.closest("[data-copy-row]")?.querySelector("button").click();
  });
  sheet.addEventListener("copied", (event) => {
    const row = event.target.closest("[data-copy-row]");
    tick(row ? [row] : rows);
    const next = row ? rows[rows.indexOf(row) + 1]?.querySelector("button") : null;
    (next ?? sheet.querySelector("[data-copy-end] input[name=squeegee_id]"))?.focus();
  });
  sheet.querySelector("[data-copy-end]")?.addEventListener("submit", () => keep((store) => store.removeItem(key)));
}
