// Moves the points of a letter up and down with buttons. Without it, the number beside each point does the same.
(() => {
  "use strict";
  const list = document.getElementById("points");
  if (!list) return;
  const how = document.getElementById("points-how");
  if (how) how.hidden = true;
  const rows = () => [...list.children];
  const status = document.createElement("div");
  status.className = "hide";
  status.setAttribute("role", "status");
  list.after(status);
  const settle = () => rows().forEach((row, at, all) => {
    row.querySelector("select").value = row.querySelector("[type=hidden]").value = String(at + 1);
    const [up, down] = row.querySelectorAll("button");
    up.hidden = at === 0;
    down.hidden = at === all.length - 1;
  });
  const move = (row, by, button) => {
    const to = rows()[rows().indexOf(row) + by];
    if (!to) return;
    by < 0 ? to.before(row) : to.after(row);
    settle();
    (button.hidden ? row.querySelector("button:not([hidden])") : button).focus();
    status.textContent = `This point is now number ${rows().indexOf(row) + 1}.`;
    list.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const row of rows()) {
    const place = row.querySelector(".place");
    place.hidden = true;
    const buttons = document.createElement("span");
    buttons.className = "place";
    for (const [sign, words, by] of [["↑", "Move up", -1], ["↓", "Move down", 1]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn plain slim move";
      button.textContent = sign;
      button.setAttribute("aria-label", `${words}: ${row.querySelector("label span").textContent}`);
      button.addEventListener("click", () => move(row, by, button));
      buttons.append(button);
    }
    place.after(buttons);
  }
  settle();
})();
