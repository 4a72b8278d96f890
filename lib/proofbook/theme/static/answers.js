// One card for whatever answers: numbers, verdicts, terms, sources, figures and tables that a sentence links to. It opens
// when its link is pointed at, focused or touched, stays while the pointer is on link or card, and closes by Escape
// (WCAG 1.4.13). Without this script, each is a plain link.
(function () {
  "use strict";
  const article = document.querySelector("main article");
  const file = document.documentElement.dataset.answers;
  const CERTAIN = "a.result, a.printed, a.verdict, a.term";
  const LINKS = CERTAIN + ", a.pill, a.reference.internal";
  let cards, card, link, timer, dismissed, touched;

  function load() {
    return (cards ||= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = file;
      script.onload = () => resolve(window.proofbookAnswers);
      script.onerror = () => { cards = null; resolve({}); };
      document.head.append(script);
    }));
  }

  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const leads = ([text, href]) => {
    const a = make("a", text);
    a.href = href;
    a.tabIndex = -1; // one stop of the keyboard for each number; the arrow leads in
    return a;
  };

  function fill(says) {
    card.setAttribute("aria-label", says.kind);
    card.replaceChildren(make("p", says.kind, "kind"));
    if (says.verdict) {
      const line = make("p");
      line.append(make("span", says.mark + " " + says.verdict, "pill " + says.verdict), " " + says.basis);
      card.append(line);
    }
    if (says.head) card.append(make("p", says.head, "head"));
    if (says.text) card.append(make("p", says.text));
    if (says.code) card.append(make("code", says.code));
    if (says.rows?.length) {
      const list = make("dl");
      for (const [label, value] of says.rows) {
        const cell = make("dd");
        if (typeof value === "string") cell.textContent = value;
        else value.forEach((one, i) => cell.append(i ? ", " : "", leads(one)));
        list.append(make("dt", label), cell);
      }
      card.append(list);
    }
    const hint = make("p", card.querySelector("a") ? "↓ for the links, Esc closes" : "Esc closes", "hint");
    card.append(hint);
  }

  function place() {
    const box = link.getClientRects()[0], page = document.documentElement;
    card.style.maxWidth = Math.min(400, page.clientWidth - 16) + "px";
    const left = Math.max(8, Math.min(box.left, page.clientWidth - card.offsetWidth - 8));
    const below = box.bottom + 6, above = box.top - card.offsetHeight - 6;
    const top = below + card.offsetHeight < innerHeight || above < 0 ? below : above;
    card.style.left = left + scrollX + "px";
    card.style.top = top + scrollY + "px";
  }

  async function open(target, by) {
    clearTimeout(timer);
    if (target === link || target === dismissed) return true;
    const says = (await load())[target.getAttribute("href")];
    if (!says) return false;
    close();
    if (!card) {
      card = make("div", "", "answer");
      card.id = "answer";
      card.setAttribute("role", "dialog");
      if (card.showPopover) card.popover = "manual";
      document.querySelector("main").append(card);
    }
    link = target;
    card.dataset.by = by;
    fill(says);
    link.setAttribute("aria-describedby", "answer");
    if (card.showPopover) card.showPopover();
    card.classList.add("open"); // a browser without popovers shows it by this class
    place();
    return true;
  }

  function close() {
    clearTimeout(timer);
    if (!link) return;
    link.removeAttribute("aria-describedby");
    if (card.contains(document.activeElement)) link.focus();
    link = null;
    card.classList.remove("open");
    if (card.hidePopover) card.hidePopover();
  }
  const later = (act, wait) => { clearTimeout(timer); timer = setTimeout(act, wait); };
  const linkAt = (target) => (article.contains(target) && !card?.contains(target) ? target.closest(LINKS) : null);

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const target = linkAt(event.target);
    if (target !== dismissed) dismissed = null;
    if (target) later(() => open(target, "pointer"), 250);
    else if (card?.contains(event.target)) clearTimeout(timer);
    else if (link) later(close, 300);
    else clearTimeout(timer);
  });
  document.addEventListener("focusin", (event) => {
    const target = linkAt(event.target);
    if (target && target.matches(":focus-visible") && !touched) open(target, "keyboard");
    else if (link && event.target !== link && !card.contains(event.target)) close();
  });
  document.addEventListener("focusout", (event) => { if (event.target === dismissed) dismissed = null; });
  document.addEventListener("pointerdown", (event) => {
    touched = event.pointerType === "touch";
    if (link && !card.contains(event.target) && linkAt(event.target) !== link) close();
  });
  // The first touch shows the card, the second follows the link.
  document.addEventListener("click", async (event) => {
    const target = linkAt(event.target);
    if (!touched || !target || target === link || !target.matches(LINKS)) return;
    touched = false;
    event.preventDefault();
    if (!(await open(target, "touch"))) location.href = target.href;
  });
  document.addEventListener("keydown", (event) => {
    touched = false;
    if (!link) return;
    const inside = [...card.querySelectorAll("a")];
    if (event.key === "Escape") {
      const was = link;
      close();
      dismissed = was;
    } else if (event.key === "ArrowDown" && inside.length && (document.activeElement === link || card.contains(document.activeElement))) {
      event.preventDefault();
      inside[(inside.indexOf(document.activeElement) + 1) % inside.length].focus();
    } else if (event.key === "Tab" && card.contains(document.activeElement)) close(); // back on its link, from where Tab goes on
  });
  addEventListener("resize", close);
})();
