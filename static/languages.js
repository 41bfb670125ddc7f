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
