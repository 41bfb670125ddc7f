// How the reader writes dates and numbers, as far as it goes with the language of the page.
const readersWay = () => {
  const page = document.documentElement.lang;
  return [...navigator.languages.filter((one) => one.split("-")[0] === page.split("-")[0]), page];
};

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
  list.addEventListener("settle", settle); // A draft has put them in another order.
  settle();
})();

// Says how many signs of a text fit, and warns before it is too long. Without it, the page says so once it is sent.
(() => {
  "use strict";
  const words = document.querySelector("form.write")?.dataset;
  if (!words) return;
  const NEAR = 0.9; // of what fits
  let numbers; // made when it is needed: it takes as long as all the rest together
  const told = (number) => (numbers ??= new Intl.NumberFormat(readersWay())).format(number);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const watch = (field) => {
    const most = Number(field.dataset.most);
    const line = document.createElement("p");
    const warning = document.createElement("span");
    line.className = "hint fits";
    line.id = `${field.id}_fits`;
    warning.className = "hide";
    warning.setAttribute("role", "status");
    field.after(line, warning);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${line.id}`.trim());
    let was = "";
    const count = () => {
      const length = [...field.value.trim().normalize("NFC")].length;
      const state = length > most ? "over" : length >= NEAR * most ? "near" : "count";
      const values = { count: told(length), most: told(most), left: told(most - length), over: told(length - most) };
      line.dataset.state = state;
      line.textContent = filled(words.count, values) + (state === "count" ? "" : `. ${filled(words[state], values)}`);
      if (state !== was) warning.textContent = state === "count" ? "" : line.textContent;
      was = state;
    };
    field.addEventListener("input", count);
    count();
  };
  // From the moment in which somebody begins to write there.
  for (const field of document.querySelectorAll("form.write [data-most]")) {
    field.addEventListener("focus", () => watch(field), { once: true });
  }
})();

// Keeps what somebody writes in this browser, where they ask for it: never who they are, and no longer than a week.
(() => {
  "use strict";
  const form = document.querySelector("form.write");
  const box = document.getElementById("keep");
  if (!form || !box) return;
  let store;
  try {
    store = window.localStorage;
    store.length; // Some browsers have one that may not be asked.
  } catch {
    return;
  }
  const tick = document.getElementById("id_keep");
  const said = document.getElementById("keep-said");
  const clear = document.getElementById("keep-clear");
  const key = `appeal-draft:${box.dataset.campaign}`;
  const KEPT = /^(subject_choice|subject|body|own_words|point-\d+|place-\d+|was-\d+)$/;
  const OF_ANY_UPDATE = new Set(["own_words"]); // Another update has other points and another text.
  const fields = () => [...form.elements].filter((one) => KEPT.test(one.name));
  const save = () => {
    const values = {};
    for (const one of fields()) {
      if (one.type === "checkbox") values[one.name] = one.checked;
      else if (one.type !== "radio" || one.checked) values[one.name] = one.value;
    }
    const order = [...document.querySelectorAll("#points > li input[type=checkbox]")].map((one) => one.name);
    try {
      store.setItem(key, JSON.stringify({ at: Date.now(), update: box.dataset.update, values, order }));
    } catch {
      tick.checked = false; // There is no room, or the browser keeps nothing.
    }
    clear.hidden = !tick.checked;
  };
  const forget = () => {
    store.removeItem(key);
    tick.checked = false;
    clear.hidden = true;
    said.textContent = box.dataset.cleared;
  };
  const put = (draft) => {
    const same = draft.update === box.dataset.update;
    const list = document.getElementById("points");
    const row = (name) => list?.querySelector(`[name="${CSS.escape(name)}"]`)?.closest("li");
    if (same) for (const name of draft.order) if (row(name)) list.append(row(name));
    for (const one of fields()) {
      const value = draft.values[one.name];
      if (value === undefined || !(same || OF_ANY_UPDATE.has(one.name))) continue;
      if (one.type === "checkbox") one.checked = value === true;
      else if (one.type === "radio") one.checked = one.value === value;
      else one.value = value;
      one.dispatchEvent(new Event("input", { bubbles: true }));
    }
    list?.dispatchEvent(new Event("settle"));
  };
  let draft = null;
  try {
    draft = JSON.parse(store.getItem(key));
  } catch {
    store.removeItem(key);
  }
  box.hidden = false;
  if (draft) {
    tick.checked = true;
    clear.hidden = false;
    if ("untouched" in form.dataset) {
      put(draft);
      const day = new Date(draft.at).toLocaleString(readersWay(), { dateStyle: "long", timeStyle: "short" });
      said.textContent = box.dataset.back.replace("{date}", day);
    }
  }
  tick.addEventListener("input", (event) => {
    event.stopPropagation(); // It is no part of the letter.
    said.textContent = "";
    tick.checked ? save() : forget();
  });
  clear.addEventListener("click", () => {
    forget();
    tick.focus();
  });
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => tick.checked && save(), 300);
  });
  window.addEventListener("pagehide", () => tick.checked && save());
  window.addEventListener("pageshow", (event) => {
    // Back from where it was sent, and its draft cleared, the page may come as it was left.
    if (!event.persisted || store.getItem(key)) return;
    tick.checked = false;
    clear.hidden = true;
  });
})();

// The private check: what is ticked is looked at here, and nowhere else. Without it, the advice stands there as a text.
(() => {
  "use strict";
  const questions = document.getElementById("check-questions");
  if (!questions) return;
  const [family, travel, known] = ["family", "travel", "known"].map((name) => document.getElementById(`check_${name}`));
  const all = [family, travel, known];
  const advice = document.getElementById("check-advice");
  const ways = document.getElementById("check-ways");
  const said = document.getElementById("check-said");
  const blank = () => {
    for (const one of all) one.checked = false;
    said.replaceChildren();
    ways.hidden = true;
  };
  const choose = (level) => {
    const radio = document.getElementById(`id_level_${level}`);
    if (!radio) return null;
    const button = document.createElement("button");
    const name = radio.labels[0]?.textContent.trim() ?? "";
    button.type = "button";
    button.className = "btn slim";
    button.textContent = questions.dataset.choose.replace("{level}", name);
    button.addEventListener("click", () => {
      radio.checked = true;
      radio.dispatchEvent(new Event("input", { bubbles: true }));
      said.append(Object.assign(document.createElement("p"), { className: "small", textContent: questions.dataset.chosen }));
      button.remove();
      radio.focus();
    });
    return button;
  };
  advice.hidden = true;
  questions.hidden = false;
  blank(); // Some browsers bring back what was ticked before.
  window.addEventListener("pagehide", blank);
  for (const one of all) one.addEventListener("input", () => said.replaceChildren());
  document.getElementById("check-show").addEventListener("click", () => {
    const fits = family.checked ? "family" : travel.checked || known.checked ? "known" : "none";
    const item = advice.querySelector(`[data-fits=${fits}]`);
    const text = document.createElement("p");
    text.append(...[...item.childNodes].map((one) => one.cloneNode(true)));
    const button = item.dataset.level && choose(item.dataset.level);
    said.replaceChildren(text, ...(button ? [button] : []));
    ways.hidden = fits === "none";
  });
})();
