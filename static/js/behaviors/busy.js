// The thin bar at the top while an answer is awaited (styled to appear only after 300 ms), and plain words when none comes.
import { toast } from "./toast.js";

let waiting = 0;
const quiet = (event) => event.detail?.ctx?.sourceElement?.matches?.("[data-live]");
const show = () => document.documentElement.classList.toggle("busy", waiting > 0);

document.addEventListener("htmx:before:request", (event) => {
  if (quiet(event)) return;
  waiting += 1;
  show();
});

document.addEventListener("htmx:finally:request", (event) => {
  if (quiet(event)) return;
  waiting = Math.max(0, waiting - 1);
  show();
});

document.addEventListener("htmx:error", (event) => {
  if (quiet(event) || event.detail?.ctx?.response) return;
  toast("Sill cannot be reached. What you typed is still here; try again in a moment.", { kind: "bad" });
});
