// Lets the pasted text follow the field that is worked on. Without it, the line's link at the field does the same.
(() => {
  "use strict";
  const list = document.querySelector(".stay .source");
  const pane = list && list.closest(".stay");
  const form = pane && pane.parentElement.querySelector("form");
  if (!form) return;
  const beside = () => getComputedStyle(pane).position === "sticky";
  const lineOf = (field) => {
    const link = field && field.querySelector('.from a[href^="#L"]');
    return link && document.getElementById(link.hash.slice(1));
  };
  let shown = null;
  const show = (line) => {
    if (!line || line === shown || !beside()) return;
    if (shown) shown.classList.remove("at");
    shown = line;
    line.classList.add("at");
    list.scrollTop += line.getBoundingClientRect().top - list.getBoundingClientRect().top - list.clientHeight / 4;
  };
  form.addEventListener("focusin", (event) => show(lineOf(event.target.closest(".field"))));
  let waits = false;
  document.addEventListener("scroll", () => {
    if (waits) return;
    waits = true;
    requestAnimationFrame(() => {
      waits = false;
      const worked = document.activeElement && document.activeElement.closest(".field");
      if (worked && worked.getBoundingClientRect().bottom > 0 && worked.getBoundingClientRect().top < innerHeight) return;
      const fields = [...form.querySelectorAll(".field")];
      show(lineOf(fields.find((field) => field.getBoundingClientRect().bottom > 120 && lineOf(field))));
    });
  }, { passive: true });
})();
