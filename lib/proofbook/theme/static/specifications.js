// The specification explorer: filters and sorts the library's table of fits in the reader's browser, and tells the chosen
// fit in the tables below the curve. The fits are the library's; nothing is estimated here but what they leave over.
(function () {
  "use strict";
  const figure = document.getElementById("fig-specification-curve");
  const terms = document.querySelector("#tbl-chosen-terms tbody");
  const choices = document.querySelector("#tbl-chosen-choices tbody");
  const summary = document.querySelector(".curve-summary p");
  summary.setAttribute("role", "status");
  const FILTERS = ["regressors", "gdp", "form", "trend", "shift", "start", "end"];
  let page, fits, order = [], chosen, moved = "", now;

  const control = (name) => figure.querySelector(`[data-param="${name}"]:checked, select[data-param="${name}"], input[type="range"][data-param="${name}"]`);
  const value = (name) => JSON.parse(control(name).value);
  const rank = control("rank");

  // ---- The table -------------------------------------------------------------------------------------------------
  function read() {
    page = figure.kz.datasets.table[0];
    const codes = Object.fromEntries(Object.entries(page.columns).map(([name, letters]) => [name, [...letters].map((letter) => page.choices[name][letter.charCodeAt(0) - 65])]));
    let id = 0;
    fits = page.id.split(",").map((step, i) => ({ id: (id += Number(step)), ...Object.fromEntries(Object.keys(codes).map((name) => [name, codes[name][i]])) }));
    const sums = Object.fromEntries(Object.entries(page.series).map(([name, values]) => [name, values.reduce((all, v) => [...all, all[all.length - 1] + v], [0])]));
    for (const [name, { digits, scale }] of Object.entries(page.numbers)) {
      const [kind, term] = name.split("_"), count = page.digits[kind];
      let place = 0;
      for (const fit of fits) {
        if (fit.regressors !== "both" && fit.regressors !== term) continue;
        const letter = scale[place], power = letter.toUpperCase().charCodeAt(0) - 77;
        // A power of ten below one is not a binary number, its inverse is: dividing keeps every digit.
        const size = Number(digits.slice(count * place, count * ++place));
        fit[name] = (letter < "a" ? 1 : -1) * (power < 0 ? size / 10 ** -power : size * 10 ** power);
      }
    }
    for (const fit of fits) {
      const [from, to] = [fit.start - page.years[0], fit.end - page.years[0] + 1];
      const sum = (name) => sums[name][to] - sums[name][from];
      fit.n = to - from - (fit.form === "differences");
      fit.k = 1 + (fit.regressors === "both" ? 2 : 1) + fit.trend + (fit.shift !== "none");
      fit.factor = {};
      for (const term of ["gdp", "unemployment"]) if (fit[`b_${term}`] !== undefined) fit.factor[term] = fit.form === "logs" ? 1 : sum(term === "gdp" ? fit.gdp : term) / sum("y");
    }
  }

  const elasticity = (fit) => fit[`b_${now.term}`] * fit.factor[now.term];
  const half = (fit, term = now.term) => page.critical[fit.n - fit.k] * fit[`${now.errors === "classical" ? "se" : "nw"}_${term}`];
  const outside = (fit) => Math.abs(fit[`b_${now.term}`]) > half(fit);

  function filter() {
    const wanted = FILTERS.map((name) => [name, String(value(name))]).filter(([, wish]) => wish !== "any");
    order = fits.filter((fit) => fit[`b_${now.term}`] !== undefined && wanted.every(([name, wish]) => String(fit[name]) === wish));
    for (const fit of order) fit.at = elasticity(fit);
    order.sort((a, b) => a.at - b.at || a.id - b.id);
  }

  // ---- What the slopes leave over: constant, trend and level shift by least squares ---------------------------------
  function solve(columns, y) {
    const rows = columns.map((a, i) => [...columns.map((b) => a.reduce((all, v, j) => all + v * b[j], 0)), a.reduce((all, v, j) => all + v * y[j], 0), i]);
    for (let i = 0; i < rows.length; i += 1) {
      for (let j = 0; j < rows.length; j += 1) {
        if (j === i) continue;
        const times = rows[j][i] / rows[i][i];
        for (let m = i; m <= rows.length; m += 1) rows[j][m] -= times * rows[i][m];
      }
    }
    return rows.map((row, i) => row[rows.length] / row[i]);
  }

  function fitted(fit) {
    const from = fit.start - page.years[0], years = page.years.slice(from, fit.end - page.years[0] + 1);
    const shape = (values) => {
      const part = values.slice(from, from + years.length).map(fit.form === "logs" ? Math.log : Number);
      return fit.form === "differences" ? part.slice(1).map((v, i) => v - part[i]) : part;
    };
    const y = shape(page.series.y), used = fit.form === "differences" ? years.slice(1) : years;
    const slopes = ["gdp", "unemployment"].filter((term) => fit[`b_${term}`] !== undefined);
    const known = y.map(() => 0);
    for (const term of slopes) shape(page.series[term === "gdp" ? fit.gdp : term]).forEach((x, i) => { known[i] += fit[`b_${term}`] * x; });
    const names = ["const"], columns = [y.map(() => 1)];
    // The trend is centred for the arithmetic and moved back below: it counts from 1 in the first fitted year.
    const middle = (used.length + 1) / 2;
    if (fit.trend) { names.push("trend"); columns.push(used.map((_, i) => i + 1 - middle)); }
    if (fit.shift !== "none") {
      names.push("shift");
      columns.push(used.map((year) => (fit.form === "differences" ? Number(year === Number(fit.shift)) : Number(year >= Number(fit.shift)))));
    }
    const found = solve(columns, y.map((v, i) => v - known[i]));
    const line = known.map((v, i) => v + columns.reduce((all, column, j) => all + found[j] * column[i], 0));
    const coefficients = Object.fromEntries(names.map((name, i) => [name, found[i]]));
    if (fit.trend) coefficients.const -= coefficients.trend * middle;
    const e = y.map((v, i) => v - line[i]), mean = y.reduce((a, b) => a + b) / y.length;
    const sse = e.reduce((a, v) => a + v * v, 0);
    const before = page.series.y;
    return {
      coefficients, used,
      r2: 1 - sse / y.reduce((a, v) => a + (v - mean) ** 2, 0),
      dw: e.slice(1).reduce((a, v, i) => a + (v - e[i]) ** 2, 0) / sse,
      persons: line.map((v, i) => (fit.form === "logs" ? Math.exp(v) : fit.form === "differences" ? before[used[i] - 1 - page.years[0]] + v : v)),
    };
  }

  // ---- Words ---------------------------------------------------------------------------------------------------------
  const minus = (text) => text.replace(/-/g, "\u2212");
  const fixed = (v, places) => minus(v.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places }));
  const digits = (v, count) => minus(v.toLocaleString("en-US", { minimumSignificantDigits: count, maximumSignificantDigits: count }));
  const step = (v, error) => {
    const places = 1 - Math.floor(Math.log10(error));
    return fixed(Math.round(v * 10 ** places) / 10 ** places, Math.max(0, places));
  };

  function code(fit) {
    const text = (name) => (typeof fit[name] === "number" ? fit[name] : typeof fit[name] === "boolean" ? (fit[name] ? "True" : "False") : `'${fit[name]}'`);
    const wanted = ["start", "end", "regressors", "gdp", "form", "trend", "shift"].map((name) => `${name}=${text(name)}`).join(", ");
    const cell = choices.rows[choices.rows.length - 1].cells[1];
    return cell.textContent.replace(/start=.*\)\)$/, `${wanted}))`);
  }

  function tell(fit) {
    const made = fitted(fit);
    [...terms.rows].forEach((row, i) => {
      const term = page.terms[i], b = fit[`b_${term}`] ?? made.coefficients[term];
      let words = [page.absent, "", "", ""];
      if (b !== undefined && fit[`b_${term}`] === undefined) words = [digits(b, 4), "", "", ""];
      else if (b !== undefined) {
        const error = fit[`${now.errors === "classical" ? "se" : "nw"}_${term}`], reach = half(fit, term);
        words = [digits(b, 5), digits(error, 3), step(b - reach, error), step(b + reach, error)];
      }
      words.forEach((text, j) => { row.cells[j + 1].textContent = text; });
    });
    const e = elasticity(fit), reach = half(fit) * Math.abs(fit.factor[now.term]);
    const words = [
      String(fit.id), `${fit.start} to ${fit.end}, ${fit.n} observations`, ...page.titles.map((name) => page.labels[name][String(fit[name])]),
      page.labels.errors[now.errors], `${fixed(e, 2)} (${fixed(e - reach, 2)} to ${fixed(e + reach, 2)})`, fixed(made.r2, 3), fixed(made.dw, 2), code(fit),
    ];
    words.forEach((text, i) => { choices.rows[i].cells[1].textContent = text; });
    return made;
  }

  // ---- Drawing ---------------------------------------------------------------------------------------------------------
  const cut = (v) => Math.max(-page.limit, Math.min(page.limit, v));
  function point(fit, r) {
    const e = elasticity(fit), reach = half(fit) * Math.abs(fit.factor[now.term]);
    return { id: fit.id, r, e: cut(e), l: cut(e - reach), h: cut(e + reach), c: !outside(fit) ? page.classes.none : e > 0 ? page.classes.up : page.classes.down };
  }

  function draw() {
    const view = figure.kzView;
    now = { term: value("term"), errors: value("errors") };
    if (moved !== "rank") {
      const was = chosen;
      filter();
      // The chosen fit stays while it passes the filters; otherwise its nearest neighbour by elasticity takes its place.
      const aim = was?.factor[now.term] === undefined ? 0 : elasticity(was);
      const place = order.indexOf(was);
      const next = place >= 0 ? place : order.reduce((best, fit, i) => (Math.abs(fit.at - aim) < Math.abs(order[best].at - aim) ? i : best), 0);
      rank.max = Math.max(1, order.length);
      rank.value = next + 1;
      rank.disabled = !order.length;
      view.signal("rank", next + 1);
    }
    const r = Number(rank.value);
    chosen = order[r - 1] ?? chosen;
    rank.parentElement.querySelector("output").textContent = r.toLocaleString("en-US");
    const count = Math.min(order.length, page.places);
    const rows = Array.from({ length: count }, (_, i) => {
      const [first, last] = [Math.floor((i * order.length) / count), Math.floor(((i + 1) * order.length) / count)];
      const middle = Math.floor((first + last - 1) / 2);
      return { ...point(order[middle], middle + 1), f: first + 0.5, t: last + 0.5 };
    });
    const own = order.findIndex((fit) => fit.id === page.paper);
    view.signal("fits", Math.max(1, order.length));
    view.data("curve", rows);
    view.data("paper", own < 0 ? [] : [{ ...point(order[own], own + 1), side: own > 0.7 * order.length ? "right" : "left" }]);
    view.data("chosen", order.length ? [point(chosen, r)] : []);
    if (!order.length) {
      view.data("fitted", []);
      summary.textContent = "No fit passes these filters. A fit needs eight observations, and a level shift must fall inside its years.";
      return view.runAsync();
    }
    const made = tell(chosen);
    const all = [0, ...page.series.y, ...made.persons].map((v) => v / 1000);
    view.signal("bottom", Math.min(...all)).signal("top", Math.max(...all));
    view.data("fitted", made.used.map((year, i) => ({ y: year, p: made.persons[i] / 1000 })));
    const share = (test) => `${((100 * order.filter(test).length) / order.length).toFixed(1)} %`;
    summary.textContent = `${order.length.toLocaleString("en-US")} fits: ${share((fit) => fit.at > 0)} positive, ${share((fit) => fit.at > 0 && outside(fit))} positive with zero outside the interval, ${share((fit) => fit.at <= 0 && outside(fit))} negative with zero outside. Chosen: rank ${r.toLocaleString("en-US")}${chosen.id === page.paper ? ", the paper’s own" : ""}.`;
    return view.runAsync();
  }

  figure.addEventListener("input", (event) => { moved = event.target.dataset.param || ""; }, true);
  figure.addEventListener("kz:drawn", draw);
  figure.addEventListener("kz:awake", (event) => {
    if (!fits) read();
    if (moved !== "rank") moved = "";
    now = { term: value("term"), errors: value("errors") };
    if (!chosen) {
      filter();
      chosen = moved === "rank" ? null : fits.find((fit) => fit.id === page.paper);
    }
    draw();
    // A click chooses through the slider, so that mouse and keyboard go one way.
    event.detail.view.addEventListener("click", (_, item) => {
      if (item?.datum?.r === undefined) return;
      rank.value = item.datum.r;
      rank.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
