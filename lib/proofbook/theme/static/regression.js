// What a reader does with the data of a regression: change a datum and see which printed figures still come out, and draw a
// guess of a series before it is shown. Tables, figures and captions come from the page; nothing leaves it.
(function () {
  "use strict";
  const later = (ms, act) => {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(act, ms); };
  };
  const make = (tag, text = "", set = {}) => Object.assign(document.createElement(tag), { textContent: text }, set);

  // Least squares with a constant, by modified Gram-Schmidt on centred columns: what a regression table prints, in its order.
  function figures(y, columns) {
    const n = y.length, k = columns.length + 1;
    const mean = (v) => v.reduce((all, one) => all + one, 0) / n, dot = (a, b) => a.reduce((all, one, i) => all + one * b[i], 0);
    const centred = (v) => { const middle = mean(v); return v.map((one) => one - middle); };
    const without = (v, share, unit) => v.map((one, i) => one - share * unit[i]);
    const units = [], upper = columns.map(() => []);
    columns.map(centred).forEach((column, j) => {
      units.forEach((unit, i) => { upper[i][j] = dot(unit, column); column = without(column, upper[i][j], unit); });
      upper[j][j] = Math.sqrt(dot(column, column));
      units.push(column.map((one) => one / upper[j][j]));
    });
    let rest = centred(y);
    const total = dot(rest, rest);
    const parts = units.map((unit) => { const part = dot(unit, rest); rest = without(rest, part, unit); return part; });
    const slopes = [];
    for (let j = k - 2; j >= 0; j--) slopes[j] = parts.reduce((left, _, i) => (i > j ? left - upper[j][i] * slopes[i] : left), parts[j]) / upper[j][j];
    const missed = dot(rest, rest), r2 = 1 - missed / total;
    const constant = mean(y) - slopes.reduce((all, slope, j) => all + slope * mean(columns[j]), 0);
    return [constant, ...slopes, Math.sqrt(r2), r2, 1 - (1 - r2) * (n - 1) / (n - k), Math.sqrt(missed / (n - k)), n];
  }

  // ---- Change a datum --------------------------------------------------------------------------------------------------
  function changeable(box) {
    const tables = [...box.querySelectorAll("a[href^='#']")].map((link) => document.getElementById(link.hash.slice(1))?.querySelector("table"));
    const [data, printed] = tables;
    const key = data.closest("[id]").id, name = (text) => text.replace(/,.*$/, "");
    const heads = [...data.tHead.rows[0].cells].map((cell) => cell.textContent), last = printed.tHead.rows[0].cells.length - 1;
    const edited = data.cloneNode(true), judged = make("table");
    edited.querySelector("caption").textContent = box.dataset.edited || "Change a number";
    const inputs = [...edited.tBodies[0].rows].map((row) => [...row.cells].slice(1).map((cell, j) => {
      const first = /\d/.test(cell.textContent) ? cell.textContent.trim().replace(/,/g, "") : "";
      const input = make("input", "", { type: "number", step: /\./.test(first) || !first ? "0.1" : "1", defaultValue: first, inputMode: "decimal" });
      input.setAttribute("aria-label", `${name(heads[j + 1])}, ${row.cells[0].textContent}`);
      input.dataset.cell = `${row.cells[0].textContent}.${j + 1}`;
      cell.replaceChildren(input);
      return input;
    }));
    const wanted = [...printed.tBodies[0].rows].map((row) => ({ what: row.cells[0].textContent, text: row.cells[1].textContent.trim() }));
    judged.append(make("caption", printed.tHead.rows[0].cells[0].textContent + "s of the paper"), make("thead"), make("tbody"));
    const head = judged.tHead.insertRow();
    for (const [i, text] of [[0], [1], [1, "Now"], [last, "Verdict"]].map(([i, text]) => [i, text || printed.tHead.rows[0].cells[i].textContent])) {
      head.append(make("th", text, { scope: "col", className: i === 1 ? "num" : "" }));
    }
    for (const { what, text } of wanted) {
      const row = judged.tBodies[0].insertRow();
      row.append(make("th", what, { scope: "row" }), make("td", text, { className: "num" }), make("td", "", { className: "num" }), make("td"));
    }
    const sentence = make("p", "", { className: "sentence" }), said = make("p", "", { className: "hidden" });
    said.setAttribute("role", "status");
    const announce = later(600, () => { said.textContent = sentence.textContent; });
    const every = inputs.flat(), changed = () => every.filter((input) => input.value !== input.defaultValue);

    function compute() {
      const whole = inputs.filter((row) => row.every((input) => input.value !== "")).map((row) => row.map((input) => input.valueAsNumber));
      const enough = whole.length > heads.length;
      const now = enough ? figures(whole.map((row) => row[0]), heads.slice(2).map((_, j) => whole.map((row) => row[j + 1]))) : [];
      let equal = 0;
      wanted.forEach(({ text }, i) => {
        const decimals = (text.split(".")[1] || "").length, cells = judged.tBodies[0].rows[i].cells;
        const again = Number.isFinite(now[i]) ? now[i].toFixed(decimals).replace("-", "−") : "no fit", same = again === text;
        equal += same;
        cells[2].textContent = again;
        cells[2].title = Number.isFinite(now[i]) ? now[i].toPrecision(12) : "";
        cells[3].className = same ? "reproduced" : "contradicted";
        cells[3].replaceChildren(make("b", same ? "✓" : "✗"), same ? " equal" : " differs");
      });
      const moved = changed();
      for (const input of every) input.classList.toggle("changed", moved.includes(input));
      const of = moved.map((input) => input.getAttribute("aria-label")), more = of.length > 3 ? ` and ${of.length - 3} more` : "";
      sentence.textContent = `${equal} of ${wanted.length} printed figures come out again. ` + (moved.length ? `Changed: ${of.slice(0, 3).join("; ")}${more}.` : "Nothing is changed.");
      reset.hidden = !moved.length;
    }
    function write() {
      const query = new URLSearchParams(location.search);
      query.delete(key);
      const text = changed().map((input) => `${input.dataset.cell}:${input.value}`).join(" ");
      if (text) query.set(key, text);
      history.replaceState(history.state, "", location.pathname + (query.size ? "?" + query : "") + location.hash);
    }
    function read() {
      const asked = new Map((new URLSearchParams(location.search).get(key) || "").split(" ").map((part) => part.split(":")));
      for (const input of every) input.value = asked.has(input.dataset.cell) ? asked.get(input.dataset.cell) : input.defaultValue;
      compute();
    }
    const button = (text, act) => { const made = make("button", text, { type: "button" }); made.addEventListener("click", act); return made; };
    const reset = button("Reset", () => { for (const input of every) input.value = input.defaultValue; compute(); announce(); write(); });
    const link = button("Copy link to this view", async () => { await window.proofbookCopy(location.href.replace(/#.*/, "") + "#" + box.parentElement.id); said.textContent = "Link copied"; });
    const scroll = make("div", "", { className: "scroll", tabIndex: 0 }), side = make("div", "", { className: "side" }), bar = make("p", "", { className: "bar" });
    scroll.setAttribute("role", "region");
    scroll.setAttribute("aria-label", edited.caption.textContent);
    bar.append(reset, link);
    scroll.append(edited);
    side.append(judged, bar);
    const widget = make("div", "", { className: "changeable" });
    widget.append(scroll, side, sentence, said);
    box.append(widget);
    const save = later(300, write);
    edited.addEventListener("input", () => { compute(); announce(); save(); });
    addEventListener("popstate", read);
    read();
  }
  document.querySelectorAll(".change-a-datum").forEach(changeable);

  // ---- Draw your guess -------------------------------------------------------------------------------------------------
  // Each point is a slider of the chart. A stroke over the open part of the picture, its transparent rectangle, moves them.
  document.addEventListener("kz:awake", ({ target: figure }) => {
    const sliders = [...figure.querySelectorAll('input[type="range"][data-param^="drawn_"]')];
    const band = figure.querySelector(".stage .mark-rect path");
    if (!sliders.length || !band) return;
    band.classList.add("canvas");
    const draw = (event) => {
      const box = band.getBoundingClientRect(), across = (event.clientX - box.left) / box.width, down = (event.clientY - box.top) / box.height;
      const slider = sliders[Math.min(sliders.length - 1, Math.max(0, Math.floor(across * sliders.length)))];
      slider.value = Number(slider.max) - Math.min(1, Math.max(0, down)) * (slider.max - slider.min);
      slider.dispatchEvent(new Event("input", { bubbles: true }));
    };
    band.addEventListener("pointerdown", (event) => { band.setPointerCapture(event.pointerId); event.preventDefault(); draw(event); });
    band.addEventListener("pointermove", (event) => { if (band.hasPointerCapture(event.pointerId)) draw(event); });
  });
})();
