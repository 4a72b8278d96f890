// What a table needs to stand on paper: smaller type first, then a page turned by a quarter.
// Rows of a chart that fill less than half the width stand in two columns.
function fitTables() {
  for (const box of document.querySelectorAll(".drawn")) {
    const table = box.querySelector("table");
    if (table.offsetWidth > box.clientWidth * 0.46) table.classList.add("full");
    else if (table.tBodies[0].rows.length > 9) box.classList.add("pair");
  }
  const chapters = "section.chapter table:not(.ledger, .drawn table)";
  for (const table of document.querySelectorAll(chapters)) {
    const box = table.parentElement;
    const tooWide = () => Math.max(table.scrollWidth, box.scrollWidth) > box.clientWidth + 1;
    for (const size of ["small", "smaller"]) if (tooWide()) {
      table.classList.remove("small");
      table.classList.add(size);
    }
    if (tooWide()) {
      box.classList.add("wide-table");
      table.classList.remove("smaller");
      table.classList.add("small");
    }
  }
}

function numberContents(pages) {
  for (const link of document.querySelectorAll(".contents-page a")) {
    link.querySelector(".number").textContent = pages[link.hash.slice(1)];
  }
}

// Where each link leads, in words: the heading or caption at its place, or its address on the web.
function linkWords() {
  const words = {};
  for (const link of document.querySelectorAll("a[href]")) {
    const href = link.getAttribute("href");
    if (!href.startsWith("#")) { words[link.href] = link.href; continue; }
    const place = document.getElementById(href.slice(1));
    const named = place && (place.querySelector("h1, h2, h3, figcaption p, caption") || place);
    words[href.slice(1)] = (named?.textContent || link.textContent).trim().replace(/\s+/g, " ").slice(0, 120);
  }
  return words;
}
