// An act on many leads goes on while its person goes elsewhere: the next page shows its progress again.
const KEY = "sill-going-on";
const region = document.getElementById("toasts");

const remember = () => {
  const url = region.querySelector("[data-bulk-progress]")?.getAttribute("hx-get");
  if (url) sessionStorage.setItem(KEY, url);
  else sessionStorage.removeItem(KEY);
};

if (region) {
  const url = sessionStorage.getItem(KEY);
  if (url?.startsWith(location.pathname.split("/").slice(0, 3).join("/") + "/")) {
    window.htmx?.ajax("GET", url, { target: "#toasts", swap: "beforeend" });
  }
  new MutationObserver(remember).observe(region, { childList: true });
}
