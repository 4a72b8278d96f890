// Search, filter and sort the ledger; the address says what is shown, so that a view can be shared and comes back by Back
// and by reload. Without this script the table is whole and in the order of the paper.
(function () {
  "use strict";
  const form = document.querySelector("form.ledger-filters");
  const table = document.querySelector("table.ledger");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const LISTS = ["verdict", "section", "kind", "chapter"];
  const KEYS = ["text", ...LISTS];
  const output = form.querySelector("output");
  let sorted = ""; // the key of a column, with " down" after it for the last first
  // What a cell says needs no attribute beside it: with hundreds of rows the page is smaller so.
  const sections = [...form.elements.section.options].map((option) => option.value).filter(Boolean);
  rows.forEach((row, index) => {
    const place = row.cells[0].querySelector(".note").textContent;
    row.place = index;
    row.dataset.verdict = row.querySelector(".pill").classList[1];
    row.dataset.kind = row.cells[row.cells.length - 1].textContent;
    row.dataset.section = sections.find((section) => place.startsWith(`${section}, `));
  });
  const words = (row) => (row.words ??= row.textContent.toLowerCase()); // not before somebody searches
  const value = (key) => form.elements[key].value;
  const matches = (row, key) => !value(key) || (key === "chapter" ? row.dataset.chapter.split(" ").includes(value(key)) : row.dataset[key] === value(key));

  function apply() {
    const text = value("text").trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const hit = (!text || words(row).includes(text)) && LISTS.every((key) => matches(row, key));
      if (row.hidden === hit) row.hidden = !hit;
      shown += hit;
    }
    output.textContent = `${shown} of ${rows.length} claims`;
  }

  // By the list above the table, which a phone has too, or by the head of a column.
  function sort() {
    const [label, order] = sorted.split(" "), down = order === "down";
    const heading = [...table.tHead.rows[0].cells].find((cell) => cell.dataset.sort === label);
    form.elements.sort.value = sorted;
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    if (!heading) { body.append(...rows); return; }
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const index = heading.cellIndex;
    const key = (row) => row.dataset[heading.dataset.sort] ?? row.cells[index].textContent.trim(); // a verdict by its word, not its mark
    const number = (text) => { const n = parseFloat(text.replace(/[,\s]/g, "").replace("−", "-")); return Number.isNaN(n) ? null : n; };
    body.append(...[...rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)], [m, n] = [number(x), number(y)];
      const by = heading.classList.contains("num") ? (m === null) - (n === null) || m - n : x.localeCompare(y, "en");
      return (down ? -by : by) || a.place - b.place;
    }));
  }

  // The address is complete: it names every setting that is not the whole ledger.
  function address() {
    const query = new URLSearchParams(KEYS.filter(value).map((key) => [key, value(key)]));
    if (sorted) query.set("sort", sorted);
    return location.pathname + (query.size ? "?" + query : "") + location.hash;
  }
  const write = (how) => history[how]({}, "", address());
  function read() {
    const query = new URLSearchParams(location.search);
    for (const key of KEYS) form.elements[key].value = query.get(key) || "";
    sorted = query.get("sort") || "";
    sort();
    apply();
    const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row?.hidden) row.hidden = false; // the address of a claim shows it, whatever the lists say
  }

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    heading.dataset.sort ||= heading.textContent.toLowerCase().split(" ")[0];
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      sorted = heading.dataset.sort + (down ? " down" : "");
      sort();
      write("replaceState");
    });
    heading.replaceChildren(button);
  }
  form.hidden = false;
  form.addEventListener("input", (event) => {
    if (event.target.name === "sort") { sorted = event.target.value; sort(); }
    apply();
    write(event.target.name === "text" ? "replaceState" : "pushState");
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { sorted = ""; sort(); apply(); write("pushState"); }));
  form.querySelector(".copy-view").addEventListener("click", async () => {
    await window.proofbookCopy(location.href);
    output.textContent = "Link copied";
  });

  // A mark of the scoreboard chart filters the table below it and leads there; the lists above it do the same by keyboard.
  document.addEventListener("kz:awake", (event) => {
    event.detail.view.addEventListener("click", (_, item) => {
      if (!item?.datum?.verdict) return;
      for (const key of LISTS.slice(0, 3)) form.elements[key].value = item.datum[key] || "";
      apply();
      write("pushState");
      form.scrollIntoView();
    });
  });
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  read();
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
})();
