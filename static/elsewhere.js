// Copies the letter and opens the print window with a button. Without it, the text can be selected and the page printed.
(() => {
  "use strict";
  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
  for (const field of document.querySelectorAll("textarea[data-copy]")) {
    const button = document.createElement("button");
    const said = document.createElement("span");
    const row = document.createElement("div");
    button.type = "button";
    button.className = "btn plain";
    button.textContent = field.dataset.copy;
    said.className = "small soft";
    said.setAttribute("role", "status");
    row.className = "acts";
    row.append(button, said);
    field.after(row);
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
        said.textContent = field.dataset.copied;
      } catch {
        said.textContent = field.dataset.selected; // An old browser, or one that was told not to.
      }
    });
  }
})();
