// The specification explorer: filters and sorts the library's table of fits in the reader's browser, and tells the chosen
// fit in the tables below the curve. The fits are the library's; nothing is estimated here but what they leave over. Words
// for readers come with the table, from the notebook.
(function () {
  "use strict";
  const figure = document.getElementById("fig-specification-curve");
  const terms = document.querySelector("#tbl-chosen-terms tbody");
  const choices = document.querySelector("#tbl-chosen-choices tbody");
  const summary = document.querySelector(".curve-summary p");
  summary.setAttribute("role", "status");
  const FILTERS = ["regressors", "gdp", "form", "trend", "shift", "window", "start", "end"];
  let page, words, fits, byId, order = [], chosen, now, last = {};

  const control = (name) => figure.querySelector(`[data-param="${name}"]:checked, select[data-param="${name}"], input[type="range"][data-param="${name}"]`);
  const value = (name) => JSON.parse(control(name).value);
  const veil = figure.querySelector('[data-param="veil"]');
  const rank = control("rank"), pin = control("pin");
  const fill = (template, values) => template.replace(/\{(\w*)\}/g, (_, name) => values[name]);

  // ---- The table -------------------------------------------------------------------------------------------------
  function read() {
    page = figure.kz.datasets.table[0];
    words = page.words;
    const windows = Object.keys(words.labels.window).map((name) => [name, ...name.split("-").map(Number)]);
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
      fit.window = windows.find(([, least, most]) => to - from >= least && to - from <= (most ?? least))[0];
      fit.core = fit.n >= page.core.least && fit.gdp !== page.core.without;
      fit.k = 1 + (fit.regressors === "both" ? 2 : 1) + fit.trend + (fit.shift !== "none");
      fit.factor = {};
      for (const term of ["gdp", "unemployment"]) if (fit[`b_${term}`] !== undefined) fit.factor[term] = fit.form === "logs" ? 1 : sum(term === "gdp" ? fit.gdp : term) / sum("y");
    }
  }

  const elasticity = (fit) => fit[`b_${now.term}`] * fit.factor[now.term];
  const half = (fit, term = now.term) => page.critical[fit.n - fit.k] * fit[`${now.errors === "classical" ? "se" : "nw"}_${term}`];
  const outside = (fit) => Math.abs(fit[`b_${now.term}`]) > half(fit);
  const has = (fit) => fit && fit[`b_${now.term}`] !== undefined;

  const wishes = () => FILTERS.map((name) => [name, String(value(name))]).filter(([, wish]) => wish !== "any");
  const passing = (wanted, set) => fits.filter((fit) => has(fit) && (set === "all" || fit.core) && wanted.every(([name, wish]) => String(fit[name]) === wish));
  function filter() {
    order = passing(wishes(), now.core);
    for (const fit of order) fit.at = elasticity(fit);
    order.sort((a, b) => a.at - b.at || a.id - b.id);
  }

  // An empty choice says which of its parts empties it, and how many fits there would be without that part.
  function hints() {
    const wanted = wishes(), found = [];
    for (const [name] of wanted) {
      const left = passing(wanted.filter(([other]) => other !== name), now.core).length;
      const box = control(name), title = box.closest("label").querySelector("span").textContent.trim();
      if (left) found.push(fill(words.hint, { choice: `${title}: ${box.selectedOptions[0].textContent}`, fits: left.toLocaleString("en-US") }));
    }
    const wide = now.core === "core" && passing(wanted, "all").length;
    if (wide) found.push(fill(words.hint, { choice: words.labels.core.core, fits: wide.toLocaleString("en-US") }));
    return found.join(" ") || words.no_hint;
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

  function lines(fit, refit) {
    const e = elasticity(fit), reach = half(fit) * Math.abs(fit.factor[now.term]);
    return [
      String(fit.id), fill(words.years, fit), ...words.titles.map((name) => words.labels[name][String(fit[name])]),
      words.labels.errors[now.errors], `${fixed(e, 2)} (${fixed(e - reach, 2)} to ${fixed(e + reach, 2)})`, fixed(refit.r2, 3), fixed(refit.dw, 2), code(fit),
    ];
  }

  function tell(fit) {
    const refit = fitted(fit);
    [...terms.rows].forEach((row, i) => {
      const term = words.terms[i], b = fit[`b_${term}`] ?? refit.coefficients[term];
      let texts = [words.absent, "", "", ""];
      if (b !== undefined && fit[`b_${term}`] === undefined) texts = [digits(b, 4), "", "", ""];
      else if (b !== undefined) {
        const error = fit[`${now.errors === "classical" ? "se" : "nw"}_${term}`], reach = half(fit, term);
        texts = [digits(b, 5), digits(error, 3), step(b - reach, error), step(b + reach, error)];
      }
      texts.forEach((text, j) => { row.cells[j + 1].textContent = text; });
    });
    lines(fit, refit).forEach((text, i) => { choices.rows[i].cells[1].textContent = text; });
    return refit;
  }

  // ---- Drawing ---------------------------------------------------------------------------------------------------------
  const cut = (v) => Math.max(-page.limit, Math.min(page.limit, v));
  function point(fit, r) {
    const e = elasticity(fit), reach = half(fit) * Math.abs(fit.factor[now.term]);
    return { id: fit.id, r, e: cut(e), l: cut(e - reach), h: cut(e + reach), c: !outside(fit) ? words.classes.none : e > 0 ? words.classes.up : words.classes.down };
  }
  const options = (fit, r) => words.panel.filter(([name, wish]) => String(fit[name]) === wish).map(([, , o]) => ({ r, o }));
  const line = (fit, refit) => refit.used.map((year, i) => ({ y: year, p: refit.persons[i] / 1000 }));

  function sentence(r) {
    const count = (v) => v.toLocaleString("en-US");
    if (!order.length) return fill(words.empty, { hints: hints() });
    if (veil.checked) return fill(words.veiled, { fits: count(order.length) });
    const weight = (fit) => (now.counted === "years" ? fit.n : 1), all = order.reduce((sum, fit) => sum + weight(fit), 0);
    const percent = (v) => `${(100 * v).toFixed(1)}\u00a0%`; // the sign stays with its number, as in the text
    const share = (test) => percent(order.reduce((sum, fit) => sum + (test(fit) ? weight(fit) : 0), 0) / all);
    const p = page.joint[now.core][now.term], whole = !wishes().length && now.errors === "classical" && now.counted === "once";
    return fill(words.summary, {
      fits: count(order.length), rank: count(r), own: chosen.id === page.paper ? words.is_own : "",
      positive: share((fit) => fit.at > 0), up: share((fit) => fit.at > 0 && outside(fit)), down: share((fit) => fit.at <= 0 && outside(fit)),
      chance: whole ? fill(words.chance, { up: percent(p.up), down: percent(p.down) }) : "",
    });
  }

  function pinned() {
    const fit = byId.get(Number(pin.value));
    button.textContent = fit ? words.unpin : words.pin;
    const refit = fit && has(fit) ? fitted(fit) : null;
    const texts = refit ? lines(fit, refit) : [];
    [...choices.rows].forEach((row, i) => { row.cells[2].textContent = texts[i] ?? ""; });
    const place = refit ? order.indexOf(fit) : -1;
    return { points: place < 0 ? [] : [point(fit, place + 1)], fit: refit ? line(fit, refit) : [] };
  }

  function draw() {
    const view = figure.kzView;
    now = Object.fromEntries(["term", "errors", "core", "counted"].map((name) => [name, value(name)]));
    const asked = JSON.stringify([now, wishes()]), at = Number(rank.value);
    if (asked !== last.asked) {
      filter();
      // After a reset, or from the address, the rank has moved as well and chooses. Otherwise the chosen fit stays while it
      // passes the filters, and else its nearest neighbour by elasticity takes its place.
      const place = order.indexOf(chosen), aim = has(chosen) ? elasticity(chosen) : 0;
      const near = () => order.reduce((best, fit, i) => (Math.abs(fit.at - aim) < Math.abs(order[best].at - aim) ? i : best), 0);
      const paper = order.findIndex((fit) => fit.id === page.paper);
      const next = at !== last.rank ? (asked === last.first && paper >= 0 ? paper : Math.min(at, order.length) - 1) : place >= 0 ? place : near();
      last.first ??= asked;
      last.asked = asked;
      rank.max = Math.max(1, order.length);
      rank.value = Math.max(0, next) + 1;
      rank.disabled = !order.length;
      view.signal("rank", Number(rank.value));
    }
    for (const part of [figure.querySelector(".picture"), terms.closest("table"), choices.closest("table")]) part.style.visibility = veil.checked ? "hidden" : "";
    const r = last.rank = Number(rank.value);
    chosen = order[r - 1] ?? chosen;
    rank.parentElement.querySelector("output").textContent = r.toLocaleString("en-US");
    const count = Math.min(order.length, page.places);
    const shown = Array.from({ length: count }, (_, i) => {
      const [first, last] = [Math.floor((i * order.length) / count), Math.floor(((i + 1) * order.length) / count)];
      const middle = Math.floor((first + last - 1) / 2);
      return [order[middle], { ...point(order[middle], middle + 1), f: first + 0.5, t: last + 0.5 }];
    });
    const reported = order.findIndex((fit) => fit.id === page.paper), band = page.bands[now.core][now.term];
    view.signal("fits", Math.max(1, order.length));
    view.data("curve", shown.map(([, row]) => row));
    view.data("panel", shown.flatMap(([fit, row]) => options(fit, row.r)));
    // The null band is that of all fits of the set: a narrower choice has another.
    view.data("band", wishes().length ? [] : shown.map(([, row], i) => ({ r: row.r, l: band.low[i], h: band.high[i] })));
    view.data("paper", reported < 0 ? [] : [{ ...point(order[reported], reported + 1), side: reported > 0.7 * order.length ? "right" : "left" }]);
    view.data("chosen", order.length ? [point(chosen, r)] : []);
    view.data("picked", order.length ? options(chosen, r) : []);
    const beside = pinned();
    view.data("pinned", beside.points).data("pinned_fit", beside.fit);
    summary.textContent = sentence(r);
    if (!order.length) {
      view.data("fitted", []);
      return view.runAsync();
    }
    const refit = tell(chosen);
    const all = [0, ...page.series.y, ...refit.persons, ...beside.fit.map(({ p }) => p * 1000)].map((v) => v / 1000);
    view.signal("bottom", Math.min(...all)).signal("top", Math.max(...all));
    view.data("fitted", line(chosen, refit));
    return view.runAsync();
  }

  const button = Object.assign(document.createElement("button"), { type: "button", hidden: true });
  button.addEventListener("click", () => {
    const held = byId.has(Number(pin.value)) && Number(pin.value) >= 0;
    pin.value = held ? -1 : chosen.id;
    pin.dispatchEvent(new Event("input", { bubbles: true }));
  });
  pin.parentElement.after(button);

  figure.addEventListener("kz:drawn", draw);
  figure.addEventListener("kz:awake", (event) => {
    if (!fits) {
      read();
      byId = new Map(fits.map((fit) => [fit.id, fit]));
      button.hidden = false;
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
