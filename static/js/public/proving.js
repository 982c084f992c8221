// Has a worker do a little work while the customer types, which goes with the form as a proof. Nobody waits for it:
// it begins with the first keystroke, and a form that is sent before it is done waits for it no longer than PATIENCE.
const PATIENCE = 8_000;
const works = new WeakMap();

// Begins at the first sign of a person, or at once for a page that came back with mistakes in it.
export function prove(form) {
  if (!form.dataset.proof || !window.Worker || !window.isSecureContext) return;
  if ("returned" in form.dataset) begin(form);
  else for (const sign of ["input", "change", "keydown", "pointerdown"]) form.addEventListener(sign, () => begin(form), { once: true });
}

// The proof is in its field when this is done, or there is none to be had.
export async function proven(form) {
  if (!form.dataset.proof || !window.Worker || !window.isSecureContext) return;
  await Promise.race([begin(form), new Promise((over) => setTimeout(over, PATIENCE))]);
}

function begin(form) {
  if (!works.has(form)) works.set(form, work(form));
  return works.get(form);
}

function work(form) {
  const challenge = JSON.parse(form.dataset.proof);
  return new Promise((done) => {
    const worker = new Worker(new URL("./proof_worker.js", import.meta.url));
    const end = () => { worker.terminate(); done(); };
    worker.onerror = end;
    worker.onmessage = ({ data: solution }) => {
      if (solution) form.elements.proof.value = btoa(JSON.stringify({ challenge, solution }));
      end();
    };
    worker.postMessage(challenge.parameters);
  });
}
