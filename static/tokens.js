// Puts a word in braces where the cursor stands. Without it, the list says what to type.
(() => {
  "use strict";
  const list = document.getElementById("tokens");
  const field = list && document.getElementById(list.dataset.into);
  if (!field) return;
  const label = document.createElement("label");
  const menu = document.createElement("select");
  const button = document.createElement("button");
  menu.id = "id_token";
  label.htmlFor = menu.id;
  label.textContent = "Put in at the cursor";
  for (const name of list.querySelectorAll("dt")) {
    const option = document.createElement("option");
    option.value = name.textContent;
    option.textContent = `${name.textContent}: ${name.nextElementSibling.textContent}`;
    menu.append(option);
  }
  button.type = "button";
  button.className = "btn plain";
  button.textContent = "Put it in";
  button.addEventListener("click", () => {
    field.setRangeText(menu.value, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  const row = document.createElement("div");
  row.className = "acts";
  row.append(label, menu, button);
  list.before(row);
})();
