// The specification explorer: fits every specification in the reader's browser when it is asked for, filters and sorts, and
// tells the chosen fit in the tables below the curve. The tests compare its fits with the library's. Words for readers come
// with the data, from the notebook.
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

  // ---- The fits, numbered as in the library ------------------------------------------------------------------------
  function read() {
    page = figure.kz.datasets.table[0];
    words = page.words;
    const windows = Object.keys(words.labels.window).map((name) => [name, ...name.split("-").map(Number)]);
    const { choices: all, years, collinear } = page, omitted = new Set(collinear);
    let id = -1;
    fits = [];
    for (const regressors of all.regressors) for (const gdp of regressors === "unemployment" ? ["none"] : all.gdp)
      for (const form of all.form) for (const trend of all.trend) for (const shift of all.shift) {
        const lost = Number(form === "differences");
        for (let n = page.least; n <= years.length - lost; n += 1) for (let from = 0; from + n <= years.length - lost; from += 1) {
          id += 1;
          const [start, end] = [years[from], years[from + n - 1 + lost]];
          if ((shift !== "none" && !(start < shift && shift <= end)) || omitted.has(id)) continue;
          const span = n + lost, window = windows.find(([, least, most]) => span >= least && span <= (most ?? least))[0];
          const core = n >= page.core.least && gdp !== page.core.without;
          const k = 1 + (regressors === "both" ? 2 : 1) + trend + (shift !== "none");
          fits.push({ id, start, end, regressors, gdp, form, trend, shift, n, k, window, core });
        }
      }
  }

  // Least squares by orthogonal columns (modified Gram-Schmidt), kept with the fit: coefficients, classical and Newey-West errors.
  function estimate(fit) {
    if (fit.refit) return fit.refit;
    const from = fit.start - page.years[0], to = fit.end - page.years[0] + 1, lost = Number(fit.form === "differences");
    const shape = (values) => {
      const part = values.slice(from, to).map(fit.form === "logs" ? Math.log : Number);
      return lost ? part.slice(1).map((v, i) => v - part[i]) : part;
    };
    const dot = (a, b) => a.reduce((all, v, i) => all + v * b[i], 0);
    const y = shape(page.series.y), used = page.years.slice(from + lost, to), columns = { const: y.map(() => 1) };
    if (fit.regressors !== "unemployment") columns.gdp = shape(page.series[fit.gdp]);
    if (fit.regressors !== "gdp") columns.unemployment = shape(page.series.unemployment);
    if (fit.shift !== "none") columns.shift = used.map((year) => Number(lost ? year === Number(fit.shift) : year >= Number(fit.shift)));
    if (fit.trend) columns.trend = used.map((_, i) => i + 1);
    const names = Object.keys(columns), q = [], inverse = []; // inverse: that of R, by rows
    for (const name of names) {
      let v = [...columns[name]];
      const row = q.map((u) => { const r = dot(u, v); v = v.map((w, i) => w - r * u[i]); return r; });
      const length = Math.sqrt(dot(v, v)), j = q.length;
      q.push(v.map((w) => w / length));
      inverse.forEach((known, i) => { known[j] = -row.reduce((all, r, m) => all + (known[m] ?? 0) * r, 0) / length; });
      inverse.push(Array.from({ length: j + 1 }, (_, m) => (m === j ? 1 / length : 0)));
    }
    let e = [...y];
    const along = q.map((u) => { const c = dot(u, e); e = e.map((v, i) => v - c * u[i]); return c; });
    const sse = dot(e, e), s2 = sse / (fit.n - fit.k), mean = y.reduce((all, v) => all + v) / y.length, before = page.series.y;
    const refit = { b: {}, se: {}, nw: {}, used, r2: 1 - sse / y.reduce((all, v) => all + (v - mean) ** 2, 0), dw: e.slice(1).reduce((all, v, i) => all + (v - e[i]) ** 2, 0) / sse };
    names.forEach((name, i) => {
      refit.b[name] = dot(inverse[i], along);
      refit.se[name] = Math.sqrt(s2 * dot(inverse[i], inverse[i]));
      const score = e.map((v, t) => v * inverse[i].reduce((all, r, m) => all + r * q[m][t], 0));
      const lagged = (lag) => dot(score.slice(lag), score) * (lag ? 2 * (1 - lag / (page.lags + 1)) : 1);
      const sum = Array.from({ length: page.lags + 1 }, (_, lag) => lagged(lag)).reduce((all, v) => all + v);
      refit.nw[name] = Math.sqrt(Math.max(0, (sum * fit.n) / (fit.n - fit.k)));
    });
    refit.persons = y.map((v, i) => v - e[i]).map((v, i) => (fit.form === "logs" ? Math.exp(v) : lost ? before[used[i] - 1 - page.years[0]] + v : v));
    const sum = (name) => page.series[name].slice(from, to).reduce((all, v) => all + v);
    refit.factor = (term) => (fit.form === "logs" ? 1 : sum(term === "gdp" ? fit.gdp : term) / sum("y"));
    fit.refit = refit;
    return refit;
  }

  const kind = () => (now.errors === "classical" ? "se" : "nw");
  const slope = (fit) => estimate(fit).b[now.term];
  const elasticity = (fit) => slope(fit) * estimate(fit).factor(now.term);
  const half = (fit, term = now.term) => page.critical[fit.n - fit.k] * estimate(fit)[kind()][term];
  const reach = (fit) => half(fit) * Math.abs(estimate(fit).factor(now.term));
  const outside = (fit) => Math.abs(slope(fit)) > half(fit);
  const has = (fit) => fit && (fit.regressors === "both" || fit.regressors === now.term);

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
    const e = elasticity(fit), far = reach(fit);
    return [
      String(fit.id), fill(words.years, fit), ...words.titles.map((name) => words.labels[name][String(fit[name])]),
      words.labels.errors[now.errors], `${fixed(e, 2)} (${fixed(e - far, 2)} to ${fixed(e + far, 2)})`, fixed(refit.r2, 3), fixed(refit.dw, 2), code(fit),
    ];
  }

  function tell(fit) {
    const refit = estimate(fit);
    [...terms.rows].forEach((row, i) => {
      const term = words.terms[i], b = refit.b[term];
      let texts = [words.absent, "", "", ""];
      if (b !== undefined && !["gdp", "unemployment"].includes(term)) texts = [digits(b, 4), "", "", ""];
      else if (b !== undefined) {
        const error = refit[kind()][term], far = half(fit, term);
        texts = [digits(b, 5), digits(error, 3), step(b - far, error), step(b + far, error)];
      }
      texts.forEach((text, j) => { row.cells[j + 1].textContent = text; });
    });
    lines(fit, refit).forEach((text, i) => { choices.rows[i].cells[1].textContent = text; });
    return refit;
  }

  // ---- Drawing ---------------------------------------------------------------------------------------------------------
  const cut = (v) => Math.max(-page.limit, Math.min(page.limit, v));
  function point(fit, r) {
    const e = elasticity(fit), far = reach(fit);
    return { id: fit.id, r, e: cut(e), l: cut(e - far), h: cut(e + far), c: !outside(fit) ? words.classes.none : e > 0 ? words.classes.up : words.classes.down };
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
    const p = page.joint[now.core][now.term][now.errors], whole = !wishes().length && now.counted === "once";
    return fill(words.summary, {
      fits: count(order.length), rank: count(r), own: chosen.id === page.paper ? words.is_own : "",
      positive: share((fit) => fit.at > 0), up: share((fit) => fit.at > 0 && outside(fit)), down: share((fit) => fit.at <= 0 && outside(fit)),
      chance: whole ? fill(words.chance, { up: percent(p.up), down: percent(p.down) }) : "",
    });
  }

  function pinned() {
    const fit = byId.get(Number(pin.value));
    button.textContent = fit ? words.unpin : words.pin;
    const refit = fit && has(fit) ? estimate(fit) : null;
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
    const own = order.findIndex((fit) => fit.id === page.paper), band = page.bands[now.core][now.term];
    view.signal("fits", Math.max(1, order.length));
    view.data("curve", shown.map(([, row]) => row));
    view.data("panel", shown.flatMap(([fit, row]) => options(fit, row.r)));
    // The null band is that of all fits of the set: a narrower choice has another.
    view.data("band", wishes().length ? [] : shown.map(([, row], i) => ({ r: row.r, l: band.low[i], h: band.high[i] })));
    view.data("paper", own < 0 ? [] : [{ ...point(order[own], own + 1), side: own > 0.7 * order.length ? "right" : "left" }]);
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

  // Its place is kept while the figure sleeps, so that nothing moves as it wakes.
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: "\u00a0" });
  button.style.visibility = "hidden";
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
      button.style.visibility = "";
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
