// What every page can do: change the colour scheme, open the contents on a phone, print what is folded away.
(function () {
  "use strict";
  const root = document.documentElement;

  const button = document.querySelector("button.scheme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const name = () => { button.textContent = isDark() ? "Light" : "Dark"; button.setAttribute("aria-label", button.textContent + " colour scheme"); };
  button.hidden = false;
  name();
  system.addEventListener("change", name);
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    try { localStorage.setItem("scheme", root.dataset.theme); } catch (error) { /* the choice then lasts for this page */ }
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
    if (contents.classList.contains("open")) contents.querySelector("a").focus();
  });
  menu.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); menu.click(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && contents.classList.contains("open")) { open(false); menu.focus(); }
    if (event.key === "/" && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      document.querySelector("form.search input").focus();
    }
  });

  // Links into a folded part open it; so does printing, and closes it again.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let box = target; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  };
  addEventListener("hashchange", reveal);
  reveal();
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("figure details.rows:not([open]):not(:has(tbody tr:nth-child(31)))")]; // as the style sheet says
    folded.forEach((box) => { box.open = true; });
  });
  addEventListener("afterprint", () => folded.forEach((box) => { box.open = false; }));
})();
