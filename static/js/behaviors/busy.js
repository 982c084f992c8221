// The thin bar at the top while an answer is awaited (styled to appear only after 300 ms), and plain words when none comes.
import { toast } from "./toast.js";

let waiting = 0;
const counted = new WeakSet(); // the requests under way: what sent one may have become [data-live] by its answer
const quiet = (event) => event.detail?.ctx?.sourceElement?.matches?.("[data-live]");
const show = () => document.documentElement.classList.toggle("busy", waiting > 0);

document.addEventListener("htmx:before:request", (event) => {
  if (quiet(event) || !event.detail?.ctx) return;
  counted.add(event.detail.ctx);
  waiting += 1;
  show();
});

document.addEventListener("htmx:finally:request", (event) => {
  if (!counted.delete(event.detail?.ctx)) return;
  waiting -= 1;
  show();
});

document.addEventListener("htmx:error", (event) => {
  if (quiet(event) || event.detail?.ctx?.response) return;
  toast("Sill cannot be reached. What you typed is still here; try again in a moment.", { kind: "bad" });
});
