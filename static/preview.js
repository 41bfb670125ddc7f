// Keeps the letter beside the form up to date while somebody types. Without it, "Show my changes" does the same.
(() => {
  "use strict";
  const form = document.querySelector("form.write");
  const sheets = document.getElementById("sheets");
  const button = document.getElementById("show-changes");
  if (!form || !sheets || !button || !window.fetch) return;
  button.hidden = true;
  const status = document.createElement("p");
  status.className = "hide";
  status.setAttribute("role", "status");
  sheets.after(status);
  let timer = 0;
  let latest = 0;
  const refresh = async () => {
    const mine = ++latest;
    const data = new FormData(form);
    data.set("do", "preview");
    try {
      const answer = await fetch(form.action.split("#")[0], {
        method: "POST", body: data, headers: { "X-Part": "letter" }, credentials: "omit",
      });
      if (!answer.ok || mine !== latest) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      sheets.replaceChildren(...page.body.childNodes);
      status.textContent = "The letter shows your changes.";
    } catch {
      button.hidden = false; // The line is gone: the button still works once it is back.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 400);
  });
})();
