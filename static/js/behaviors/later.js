// Fetches what a page needs only once something opens or is selected, when it has nothing better to do.
import { styled } from "./styles.js";

function fetchStyles() {
  const wanted = document.querySelector('meta[name="later-styles"]')?.content ?? "";
  for (const href of wanted.split(" ").filter(Boolean)) styled(href);
  if (document.querySelector("[data-bulk-bar]")) import("./bulk.js");
}

const idle = window.requestIdleCallback ?? ((call) => setTimeout(call, 200));
if (document.readyState === "complete") idle(fetchStyles);
else window.addEventListener("load", () => idle(fetchStyles), { once: true });

// What may come into the page at any time brings its script with it.
const fetchScripts = () => {
  if (document.querySelector("[data-files]")) import("./files.js");
  if (document.querySelector(".fact")) import("./sheet.js");
  if (document.querySelector(".composer")) import("./drafts.js");
  if (document.querySelector(".settings form[data-guard]")) import("./sections.js");
  if (document.querySelector("[data-mention]")) import("./mentions.js");
};
document.addEventListener("htmx:after:swap", fetchScripts);
fetchScripts();

// Heard here, so that a press before the script has come counts as well.
document.addEventListener("click", async (event) => {
  const label = event.target.closest("label[data-scroll-to], .composer > .tabs label");
  if (!label) return;
  const sheet = await import("./sheet.js");
  setTimeout(() => sheet.write(label)); // once the tab is chosen
});
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-plain]");
  const field = button?.closest("form")?.querySelector("textarea[name=body]");
  if (field) (await import("./plain.js")).write(field, JSON.parse(button.dataset.plain));
});
