// Tells the page around a frame how tall the form in it is, and nothing else: only when that page has asked. The browser
// shows this page on no site but those that are allowed to, so whoever may ask is one of them.
(() => {
  "use strict";
  if (parent === window || !window.ResizeObserver) return;
  const root = document.documentElement;
  let asker = "";
  const tell = () => {
    if (asker) parent.postMessage({ appealHeight: Math.ceil(root.getBoundingClientRect().height) }, asker);
  };
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin === "null") return;
    if (event.data !== "appeal: light" && event.data !== "appeal: any") return;
    root.classList.toggle("light", event.data === "appeal: light"); // A page that is never dark wants no dark frame.
    asker = event.origin;
    tell();
  });
  new ResizeObserver(tell).observe(root);
  // A browser does not heed autofocus in a frame of another site.
  const errors = document.getElementById("errors");
  if (errors) errors.focus();
})();
