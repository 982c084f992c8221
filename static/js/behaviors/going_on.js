// An act on many leads goes on while its person goes elsewhere: the next page shows its progress again.
const KEY = "sill-going-on";
// Where nothing may be kept the act goes on all the same, unseen; and so does every script that is read after this one.
const keep = (use) => { try { return use(sessionStorage); } catch { return null; } };
const region = document.getElementById("toasts");

const remember = () => {
  const url = region.querySelector("[data-bulk-progress]")?.getAttribute("hx-get");
  keep((store) => (url ? store.setItem(KEY, url) : store.removeItem(KEY)));
};

if (region) {
  const url = keep((store) => store.getItem(KEY));
  if (url?.startsWith(location.pathname.split("/").slice(0, 3).join("/") + "/")) {
    window.htmx?.ajax("GET", url, { target: "#toasts", swap: "beforeend" });
  }
  new MutationObserver(remember).observe(region, { childList: true });
}
