// The dragging library comes when somebody reaches for a handle.
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
