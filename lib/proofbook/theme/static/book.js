// What every page can do: change the colour scheme, open the contents on a phone, mark the section that is read, show and
// copy code, print what is folded away.
(function () {
  "use strict";
  const root = document.documentElement;
  const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* the choice then lasts for this page */ } };
  const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

  const button = document.querySelector("button.scheme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", button.textContent + " colour scheme"); };
  button.hidden = false;
  name();
  system.addEventListener("change", name);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember("scheme", root.dataset.theme);
    name();
  });

  const menu = document.querySelector("a.menu");
  const contents = document.getElementById("contents");
  const open = (yes) => {
    contents.classList.toggle("open", yes);
    menu.setAttribute("aria-expanded", String(yes));
  };
  menu.setAttribute("role", "button");
  open(false);
  menu.addEventListener("click", (event) => {
    event.preventDefault();
    open(!contents.classList.contains("open"));
    if (!contents.classList.contains("open")) return;
    const current = contents.querySelector(".current > a, a");
    current.focus();
    current.scrollIntoView({ block: "nearest" });
  });
  menu.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); menu.click(); } });
  contents.addEventListener("click", (event) => { if (event.target.closest("a")) open(false); }); // a link to this page leaves it
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && contents.classList.contains("open")) { open(false); menu.focus(); }
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      document.querySelector("form.search input").focus();
    }
  });

  // The contents show where the reader is: the chapter when the page opens, the section while it scrolls.
  const list = contents.getBoundingClientRect(), chapter = contents.querySelector(".current > a");
  if (chapter && contents.scrollHeight > contents.clientHeight) contents.scrollTop += chapter.getBoundingClientRect().top - list.top - 80;
  const sections = [...contents.querySelectorAll(".current li > a[href^='#']")]
    .map((link) => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))])
    .filter(([, section]) => section);
  const mark = () => {
    const reached = sections.filter(([, section]) => section.getBoundingClientRect().top < innerHeight / 3).pop();
    for (const [link] of sections) {
      if (link === reached?.[0]) link.setAttribute("aria-current", "location");
      else link.removeAttribute("aria-current");
    }
    const box = reached?.[0].getBoundingClientRect(), frame = contents.getBoundingClientRect();
    if (box && (box.bottom > frame.bottom - 8 || box.top < frame.top + 8)) contents.scrollTop += box.top - frame.top - frame.height / 2;
  };
  let waiting = false;
  if (sections.length) addEventListener("scroll", () => {
    if (!waiting) requestAnimationFrame(() => { waiting = false; mark(); });
    waiting = true;
  }, { passive: true });

  // A table that fits its place is no box to scroll, so that its head can follow the page and no key stops at it.
  function fit(boxes) {
    const wide = boxes.map((box) => box.firstElementChild?.scrollWidth > box.clientWidth + 1);
    boxes.forEach((box, i) => {
      box.classList.toggle("fits", !wide[i]);
      if (wide[i]) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  }
  const boxes = [...document.querySelectorAll("main .scroll")];
  const shown = () => fit(boxes.filter((box) => box.clientWidth));
  shown();
  addEventListener("resize", shown);
  document.addEventListener("toggle", (event) => fit([...event.target.querySelectorAll(".scroll")].filter((box) => box.clientWidth)), true);

  // Code: one switch for all that is folded, one button to copy each block.
  const copy = window.proofbookCopy = async (text) => {
    try { await navigator.clipboard.writeText(text); }
    catch { // a page from a file may have no clipboard
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };
  const folded = [...document.querySelectorAll("main details.hide")];
  const all = document.querySelector("button.code");
  const unfold = (yes) => {
    folded.forEach((box) => { box.open = yes; });
    all.setAttribute("aria-pressed", String(yes));
  };
  if (folded.length) {
    all.hidden = false;
    unfold(remembered("code") === "all");
    all.addEventListener("click", () => {
      const yes = all.getAttribute("aria-pressed") === "false";
      remember("code", yes ? "all" : "folded");
      unfold(yes);
    });
  }
  for (const block of document.querySelectorAll("main div.highlight:has(> pre)")) {
    const take = document.createElement("button");
    take.type = "button";
    take.className = "copy";
    take.textContent = "Copy";
    take.setAttribute("aria-label", "Copy this code");
    take.addEventListener("click", async () => {
      await copy(block.querySelector("pre").textContent);
      take.textContent = "Copied";
      setTimeout(() => { take.textContent = "Copy"; }, 2000);
    });
    block.append(take);
  }

  // Links into a folded part open it; so does printing, and closes it again.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    let opened = false;
    for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS" && !box.open) opened = box.open = true;
    if (opened) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  let unprinted = [];
  addEventListener("beforeprint", () => {
    unprinted = [...document.querySelectorAll("figure details.rows:not([open]):not(:has(tbody tr:nth-child(31)))")]; // as the style sheet says
    unprinted.forEach((box) => { box.open = true; });
  });
  addEventListener("afterprint", () => unprinted.forEach((box) => { box.open = false; }));
})();
