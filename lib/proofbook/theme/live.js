// While the book is written: load the page again when it was built, say what stops the build.
(() => {
  "use strict";
  const key = "live:" + location.pathname;
  const folds = () => [...document.querySelectorAll("details")];
  const kept = JSON.parse(sessionStorage.getItem(key) || "null");
  if (kept) {
    sessionStorage.removeItem(key);
    folds().forEach((fold, i) => { fold.open = Boolean(kept.open[i]); });
    scrollTo({ top: kept.top, behavior: "instant" });
  }
  const box = document.createElement("div");
  box.setAttribute("role", "status");
  box.style.cssText = "position:fixed;left:0;right:0;bottom:0;z-index:99;max-height:50vh;overflow:auto;"
    + "padding:.75rem 1rem;font:14px/1.5 ui-monospace,monospace;white-space:pre-wrap;color:#fff";
  box.hidden = true;
  document.body.append(box);
  const show = (text, colour) => {
    box.textContent = text;
    box.style.background = colour;
    box.hidden = !text;
  };
  const name = location.pathname.replace(/^\//, "").replace(/\.html$/, "") || "index";
  new EventSource("/events").onmessage = event => {
    const news = JSON.parse(event.data);
    if (news.kind === "failed") show(news.text + "\n\nThe last good page stands above.", "#8a1c1c");
    else if (news.kind === "runs") show(news.text, "#1f4b6e");
    else {
      show("", "");
      if (news.pages.includes(name) || news.pages.includes("*")) {
        const open = folds().map(fold => fold.open);
        sessionStorage.setItem(key, JSON.stringify({ open, top: scrollY }));
        location.reload();
      }
    }
  };
})();
