// Appeal: shows a campaign's form on this page, in a frame that is as tall as what it holds. See docs/embedding.md.
//   <script src="https://appeal.example.org/embed.js" data-campaign="ua-61-21" async></script>
// It reads nothing of this page but its language, stores nothing and reports to nobody. Until the form has come, and
// where it may not, a link leads to the campaign's own page.
(() => {
  "use strict";
  const show = (script) => {
    const { campaign, language, place, title } = script.dataset;
    const site = new URL(".", script.src);
    const page = new URL(`${encodeURIComponent(campaign)}/`, site);
    const named = place && document.getElementById(place);
    const spoken = (named || script).closest("[lang]");
    const tag = language || (spoken && spoken.lang) || "";
    const frame = document.createElement("iframe");
    const link = document.createElement("a");
    let seen = false;
    link.href = page.href;
    link.textContent = frame.title = title || (page.host + page.pathname);
    frame.referrerPolicy = "no-referrer";
    // It may not move this page to another address; its links open beside it.
    frame.setAttribute("sandbox", "allow-forms allow-popups allow-popups-to-escape-sandbox allow-same-origin allow-scripts");
    Object.assign(frame.style, { display: "block", width: "100%", height: "0", border: "0", visibility: "hidden" });
    addEventListener("message", (event) => {
      if (event.source !== frame.contentWindow || event.origin !== site.origin) return;
      const height = event.data && event.data.appealHeight;
      if (!(height > 0 && height < 1e5)) return;
      frame.style.height = `${Math.ceil(height)}px`;
      frame.style.visibility = "";
      link.remove();
    });
    frame.addEventListener("load", () => {
      frame.contentWindow.postMessage("appeal: how tall?", site.origin);
      // Whoever pressed a button far below shall see what came of it.
      if (seen && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
      seen = true;
    });
    frame.src = new URL(/^[\w-]{2,35}$/.test(tag) ? `embed/${tag}/` : "embed/", page);
    if (named) named.append(link, frame);
    else if (document.body.contains(script)) script.after(link, frame);
    else document.body.append(link, frame);
  };
  // At once where it stands, so that no slow script of this page holds it up; the rest once this page is read to its end.
  const all = (read) => {
    for (const script of document.querySelectorAll('script[src*="embed.js"][data-campaign]:not([data-shown])')) {
      const { place } = script.dataset;
      if (!read && (place ? !document.getElementById(place) : !document.body || !document.body.contains(script))) continue;
      script.dataset.shown = "";
      show(script);
    }
  };
  const read = document.readyState !== "loading";
  all(read);
  if (!read) document.addEventListener("DOMContentLoaded", () => all(true));
})();
