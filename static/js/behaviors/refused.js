// A page that refuses what was sent to it stands in the history as the page of its form: going back to it, or loading it
// anew, would else ask whether to send all of it again, and show nothing but that question.
const REFUSALS = [409, 422];
const [came] = performance.getEntriesByType("navigation");

if (REFUSALS.includes(came?.responseStatus) && document.referrer.startsWith(`${location.origin}/`)) {
  history.replaceState(history.state, "", document.referrer);
}
