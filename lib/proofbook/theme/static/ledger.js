// Search, filter and sort the ledger. Without this script the table is whole and in the order of the paper.
(function () {
  "use strict";
  const form = document.querySelector("form.ledger-filters");
  const table = document.querySelector("table.ledger");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  rows.forEach((row, index) => { row.place = index; });
  const words = (row) => (row.words ??= row.textContent.toLowerCase()); // not before somebody searches
  const value = (key) => form.querySelector(`[data-filter="${key}"]`).value;
  const output = form.querySelector("output");

  function apply() {
    const text = value("text").trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const hit = (!text || words(row).includes(text)) && ["verdict", "section", "kind"].every((key) => !value(key) || row.dataset[key] === value(key));
      if (row.hidden === hit) row.hidden = !hit;
      shown += hit;
    }
    output.textContent = `${shown} of ${rows.length} claims`;
  }

  function sort(heading, index) {
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = (row) => row.dataset[heading.dataset.sort] ?? row.cells[index].textContent.trim(); // a verdict by its word, not its mark
    const number = (text) => { const n = parseFloat(text.replace(/[,\s]/g, "").replace("−", "-")); return Number.isNaN(n) ? null : n; };
    const ordered = [...rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)], [m, n] = [number(x), number(y)];
      const by = heading.classList.contains("num") ? (m === null) - (n === null) || m - n : x.localeCompare(y, "en");
      return (down ? -by : by) || a.place - b.place;
    });
    body.append(...ordered);
  }

  [...table.tHead.rows[0].cells].forEach((heading, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading, index));
    heading.replaceChildren(button);
  });
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));

  // A bar of the scoreboard chart filters the table below it; the lists above the table do the same by keyboard.
  document.addEventListener("kz:awake", (event) => {
    event.detail.view.addEventListener("click", (_, item) => {
      const datum = item?.datum;
      if (!datum?.verdict) return;
      form.querySelector('[data-filter="verdict"]').value = datum.verdict;
      form.querySelector('[data-filter="section"]').value = datum.section || "";
      form.querySelector('[data-filter="kind"]').value = datum.kind || "";
      apply();
    });
  });

  const target = () => {
    const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (row && row.hidden) { form.reset(); setTimeout(() => row.scrollIntoView()); }
  };
  addEventListener("hashchange", target);
  apply();
})();
