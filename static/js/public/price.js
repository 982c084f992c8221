// The price so far and the date of our next round, asked for while people answer. Words and amounts are the server's.
const WAIT = 250;
const ASKED = ["postcode", "property_type", "bedrooms", "service", "frequency", "extras", "version", "token"];

// Follows the form; returns a function that says which step is open, since the first one shows no price yet.
export function tellPrice(form, tellHeight) {
  const box = form.querySelector("[data-price]");
  if (!form.dataset.priceUrl) return () => {};
  const line = box?.querySelector("[data-price-line]");
  let timer, asked, under;

  function ask() {
    const answers = new URLSearchParams([...new FormData(form)].filter(([name]) => ASKED.includes(name)));
    if (String(answers) === asked || !answers.get("postcode")) return;
    asked = String(answers);
    under?.abort();
    under = new AbortController();
    fetch(form.dataset.priceUrl, { method: "POST", body: answers, signal: under.signal })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then(tell)
      .catch((error) => { if (error?.name !== "AbortError") asked = undefined; });
  }

  function tell({ line: words, meanwhile, small, rungs, date }) {
    const note = form.querySelector("[data-area-date]");
    if (note) note.textContent = date || JSON.parse(form.dataset.area).no_date;
    if (!box) return;
    line.textContent = words || meanwhile;
    line.toggleAttribute("data-waiting", !words);
    box.querySelector("[data-price-small]").textContent = small;
    for (const field of form.querySelectorAll("[name=frequency]")) {
      const price = field.closest(".option").querySelector(".price");
      if (price) price.textContent = rungs[field.value] ?? "\u00a0";
    }
    tellHeight();
  }

  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, WAIT); };
  form.addEventListener("input", (event) => { if (ASKED.includes(event.target.name)) soon(); });
  addEventListener("online", soon);
  return (step) => {
    if (box) box.hidden = step === 0;
    soon();
  };
}
