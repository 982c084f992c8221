// Style sheets that a page needs only once something opens.

/** Fetch a style sheet once; resolves when it holds, or when it could not be had. */
export function styled(href) {
  const there = document.querySelector(`link[rel="stylesheet"][href="${href}"]`);
  if (there?.sheet || !href) return Promise.resolve();
  const link = there ?? document.createElement("link");
  const done = new Promise((resolve) => { for (const end of ["load", "error"]) link.addEventListener(end, resolve, { once: true }); });
  if (!there) {
    link.rel = "stylesheet";
    link.href = href;
    document.head.append(link);
  }
  return done;
}
