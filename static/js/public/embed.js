/* Sill: shows the quote form in this place, as tall as it needs to be. It sets no cookie and keeps nothing.
   data-scheme="light" or "dark" holds its colours; data-into="#place" puts it elsewhere; data-title names it to readers. */
(() => {
  const script = document.currentScript ?? document.querySelector('script[src*="/q/"][src*="/embed.js"]');
  if (!script) return;
  const source = new URL(script.src);
  const form = new URL(source.pathname.replace(/\/embed\.js$/, ""), source.origin);
  const short = (text) => text.split(/[?#]/)[0].slice(0, 300);
  const here = new URLSearchParams(location.search);
  const root = getComputedStyle(document.documentElement).colorScheme;
  const scheme = script.dataset.scheme || (root.includes("dark") ? "" : "light");

  form.searchParams.set("embed", "1");
  form.searchParams.set("parent", location.origin);
  if (scheme) form.searchParams.set("scheme", scheme);
  form.searchParams.set("landing", short(location.href));
  if (document.referrer) form.searchParams.set("referrer", short(document.referrer));
  for (const name of ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"]) {
    if (here.has(name)) form.searchParams.set(name, here.get(name).slice(0, 200));
  }

  const frame = document.createElement("iframe");
  frame.src = form.href;
  frame.title = script.dataset.title || "Ask for a quote";
  Object.assign(frame.style, { display: "block", width: "100%", height: "420px", border: "0", colorScheme: scheme || "light dark" });

  const place = () => {
    const into = script.dataset.into && document.querySelector(script.dataset.into);
    if (into) into.append(frame);
    else if (script.closest("body")) script.after(frame);
    else document.body.append(frame);
  };
  const waits = document.readyState === "loading" && (script.dataset.into || !script.closest("body"));
  if (waits) addEventListener("DOMContentLoaded", place, { once: true });
  else place();

  // Only the frame made here, and only while it shows our own pages, says how tall it is.
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== source.origin) return;
    const { sill, height, top } = event.data ?? {};
    if (sill !== "form" || !Number.isFinite(height)) return;
    frame.style.height = `${Math.max(200, Math.min(height, 6000))}px`;
    if (top && frame.getBoundingClientRect().top < 0) frame.scrollIntoView({ block: "start" });
  });
})();
