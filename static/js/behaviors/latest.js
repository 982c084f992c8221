// Whoever opens one thing and, before it has come, another in the same place means the latter: what was asked for first is
// called off, or on a slow line it would come last and take its place.
const underWay = new WeakMap(); // place -> the latest request for it

document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail ?? {};
  if (ctx?.request.method !== "GET" || ctx.sourceEvent?.type !== "click" || !/^(inner|outer)/.test(ctx.swap) || !ctx.target) return;
  const before = underWay.get(ctx.target);
  if (before?.status === "issuing") before.request.abort();
  underWay.set(ctx.target, ctx);
});
