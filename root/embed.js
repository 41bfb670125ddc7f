// Appeal: shows a campaign's form on this page, in a frame that is as tall as what it holds. See docs/embedding.md.
//   <script src="https://appeal.example.org/embed.js" data-campaign="ua-61-21" async></script>
// It reads the language of this page and whether it may be dark; it stores and reports nothing. Until the form has come,
// and where it may not, there is a link.
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
      const dark = document.querySelector('meta[name="color-scheme"][content*=dark]') || /dark/.test(getComputedStyle(frame).colorScheme);
      frame.contentWindow.postMessage(dark ? "appeal: any" : "appeal: light", site.origin);
      // Whoever pressed a button far below sees what came of it.
      if (seen && frame.getBoundingClientRect().top < 0) frame.scrollIntoView();
      seen = true;
    });
    frame.src = new URL(/^[\w-]{2,35}$/.test(tag) ? `embed/${tag}/` : "embed/", page);
    if (named) named.append(link, frame);
    else if (document.body.contains(script)) script.after(link, frame);
    else document.body.append(link, frame);
  };
  // At once where it stands: no slow script shall hold it up. The rest once this page is read to its end.
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
