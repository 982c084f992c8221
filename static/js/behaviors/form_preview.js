// The telephone beside the builder's sheet: a page of our own in a frame, without scripts of its own. Whatever changes on
// the sheet is sent to the server, which draws the form; its questions then take the place of those in the frame.
const QUIET = 350; // ms without a key before the form is drawn anew
const sheet = document.getElementById("sheet");
const frame = document.querySelector("iframe.phone");
const state = document.querySelector("[data-preview-state]");
let now = 0;
let timer = 0;
let latest = 0;
let key = ""; // of the question that is being changed

const steps = () => [...frame.contentDocument.querySelectorAll("[data-step]")];

const open = (number) => {
  const found = steps();
  if (!found.length) return;
  now = Math.max(0, Math.min(number, found.length - 1));
  const page = frame.contentDocument;
  page.documentElement.classList.add("stepwise"); // what form.js says once it shows one step at a time
  found.forEach((step, at) => step.toggleAttribute("data-now", at === now));
  page.querySelector("progress").value = now + 1;
  const next = page.querySelector("[data-next]");
  next.textContent = now === found.length - 1 ? "Send my request" : "Next";
  const back = page.createElement("button");
  Object.assign(back, { type: "button", className: "back", textContent: "Back" });
  page.querySelector("[data-back-place]").replaceChildren(...(now ? [back, " · "] : []));
  state.textContent = `Step ${now + 1} of ${found.length}`;
  const field = key && page.getElementById(`f-${key}`);
  const top = field && found[now].contains(field) ? field.getBoundingClientRect().top : 0;
  const { innerHeight, scrollY } = page.defaultView;
  if (top && (top < 60 || top > innerHeight - 260)) page.defaultView.scrollTo(0, scrollY + top - innerHeight / 3);
};

const wire = () => {
  const page = frame.contentDocument;
  if (page?.readyState === "loading") return; // half of it is there; its load comes
  if (!page?.querySelector("[data-step]") || page.body.dataset.wired) return;
  page.body.dataset.wired = "1";
  page.addEventListener("submit", (event) => event.preventDefault());
  page.addEventListener("click", (event) => {
    const to = event.target.closest("[data-next], .back, a[href]");
    if (!to) return;
    event.preventDefault();
    key = "";
    if (to.matches("[data-next]")) open(now + 1);
    else if (to.matches(".back")) open(now - 1);
    page.defaultView.scrollTo(0, 0);
  });
  open(now);
};

// The page carries its style in itself. That goes from page to page as text: parsed here, our own policy would refuse it.
const STYLE = /<style[^>]*>([^<]*)<\/style>/;
const takeStyle = (page, text) => {
  const mine = page.querySelector("head style");
  const theirs = STYLE.exec(text)?.[1];
  if (mine && theirs && mine.textContent !== theirs) mine.textContent = theirs;
};

const draw = async () => {
  const mine = ++latest;
  const sent = new FormData(sheet);
  sent.delete("logo"); // a picture is looked at when it is saved
  let answer;
  try {
    answer = await fetch(sheet.dataset.previewUrl, { method: "POST", body: sent });
  } catch {
    answer = null;
  }
  if (mine !== latest) return;
  if (!answer?.ok) {
    state.textContent = "No preview just now";
    return;
  }
  const text = await answer.text();
  const drawn = new DOMParser().parseFromString(text.replace(STYLE, ""), "text/html");
  const page = frame.contentDocument;
  if (mine !== latest || !drawn.querySelector("[data-step]") || !page?.body.dataset.wired) return;
  takeStyle(page, text);
  page.querySelector(".public-page").replaceWith(page.importNode(drawn.querySelector(".public-page"), true));
  open(now);
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(draw, QUIET);
};

// The step in which something is changed is the one to look at.
const follow = (element) => {
  key = element?.closest?.("[data-question-row]")?.id.slice(4) ?? "";
  const step = element?.closest?.("[data-step-row]");
  const asked = step && [...document.querySelectorAll("[data-step-row]")].filter((each) => each.querySelector("[data-question-row]"));
  if (asked?.includes(step)) open(asked.indexOf(step));
};

// Something may have been typed before this script came, or while the frame was loading.
const isTyped = () => [...sheet.elements].some((field) => field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue);
const begin = () => {
  wire();
  if ("dirty" in sheet.dataset || isTyped()) soon();
};

if (sheet && frame) {
  frame.addEventListener("load", begin);
  begin();
  sheet.addEventListener("input", soon);
  sheet.addEventListener("change", soon);
  sheet.addEventListener("arranged", (event) => { follow(event.detail.row); soon(); });
  sheet.addEventListener("focusin", (event) => follow(event.target));
}
