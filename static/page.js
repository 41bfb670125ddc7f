// Offers a page in the reader's own language first, where it can be read in it. It switches nothing, and tells nobody.
(() => {
  "use strict";
  const list = document.querySelector("#languages ul");
  if (!list || !window.Intl || !Intl.Locale) return;
  const links = [...list.querySelectorAll("a[hreflang]")];
  const known = (tag) => {
    try {
      return new Intl.Locale(tag).maximize();
    } catch {
      return null; // Somebody's browser names a language that is none.
    }
  };
  for (const wanted of (navigator.languages || []).map(known)) {
    const link = wanted && links.find((one) => {
      const has = known(one.hreflang);
      return has && has.language === wanted.language && has.script === wanted.script;
    });
    if (!link) continue;
    if (!link.hasAttribute("aria-current")) {
      link.parentElement.classList.add("yours");
      list.prepend(link.parentElement);
    }
    return;
  }
})();

// Helps to pass a page on: with what the device has for it, or by copying. Without it, the links and the text are there.
(() => {
  "use strict";
  const text = document.getElementById("share-text");
  if (!text) return;
  const title = text.querySelector("bdi").textContent;
  const url = text.querySelector(".mono").textContent;
  const row = document.createElement("p");
  const status = document.createElement("span");
  row.className = "acts";
  status.className = "small";
  status.setAttribute("role", "status");
  const add = (words, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn plain slim";
    button.textContent = words;
    button.addEventListener("click", act);
    row.append(button);
  };
  if (navigator.clipboard) {
    add(text.dataset.copy, async () => {
      try {
        await navigator.clipboard.writeText(`${title}\n${url}`);
        status.textContent = text.dataset.copied;
      } catch {
        getSelection().selectAllChildren(text); // It is not allowed here: the text is marked, ready to be copied.
      }
    });
  }
  if (navigator.share) add(text.dataset.share, () => navigator.share({ title, url }).catch(() => {}));
  row.append(status);
  text.after(row);
})();

// Clears the drafts of letters that were sent, and those that are older than a week.
(() => {
  "use strict";
  const WEEK = 7 * 24 * 3600 * 1000; // milliseconds
  const sent = document.currentScript?.dataset.sent;
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith("appeal-draft:"))) {
      let at = 0;
      try {
        at = JSON.parse(localStorage.getItem(key)).at;
      } catch {
        // It cannot be read: it goes.
      }
      if (key === `appeal-draft:${sent}` || !(Date.now() - at < WEEK)) localStorage.removeItem(key);
    }
  } catch {
    // This browser keeps nothing.
  }
})();
