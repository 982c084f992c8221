// Lists put in order by dragging. The library comes when somebody reaches for a handle.
let library = null;

export const loadSortable = (url) => {
  library ??= new Promise((done) => {
    if (window.Sortable) return done();
    const script = document.createElement("script");
    script.src = url;
    script.onload = done;
    document.head.append(script);
  });
  return library;
};

// A drag is called off by Escape, or by a telephone that rings. The library does all of the dragging itself: a browser
// that drags does not say that a key has ended it, and under a finger only the library scrolls at the edges.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !window.Sortable?.active) return;
  event.preventDefault();
  event.stopImmediatePropagation(); // what lies around the list stays open
  // The library listens to one of them; in Safari on a desk that is not the pointer's.
  for (const kind of ["pointercancel", "touchcancel"]) if (window.Sortable.active) document.dispatchEvent(new Event(kind));
}, true);

// What is called off stands where it stood when `onCalledOff` hears of it, and `onEnd` does not.
export const sortable = (list, { onChoose, onEnd, onCalledOff, ...options }) => {
  let before;
  return new window.Sortable(list, {
    animation: 120, ghostClass: "ghost", forceFallback: true, fallbackTolerance: 4, ...options,
    onChoose: (event) => { before = event.item.nextElementSibling; onChoose?.(event); },
    onEnd: (event) => {
      if (!event.originalEvent.type.endsWith("cancel")) return onEnd(event);
      list.insertBefore(event.item, before?.parentElement === list ? before : null);
      onCalledOff?.(event);
    },
  });
};
