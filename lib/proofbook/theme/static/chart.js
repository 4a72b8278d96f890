// Makes the pictures of a page answer. A picture wakes when its reader reaches it: scrolls to it, points at it, touches it,
// focuses it or moves one of its controls; never by the mere load of the page, unless the address holds settings.
(function () {
  "use strict";
  const here = document.documentElement.dataset.root || "./";
  const base = document.currentScript ? document.currentScript.src.replace(/chart\.js.*$/, "") : here + "_static/";
  const loaded = {};
  const load = (file) => (loaded[file] ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = base + file;
    script.onload = resolve;
    script.onerror = () => { delete loaded[file]; reject(new Error(file + " did not load")); };
    document.head.append(script);
  }));
  const make = (tag, text = "", properties = {}) => Object.assign(document.createElement(tag), { textContent: text }, properties);
  const later = (ms, act) => {
    let timer;
    return (...given) => { clearTimeout(timer); timer = setTimeout(act, ms, ...given); };
  };
  const shown = (figure) => [...figure.querySelectorAll(".picture > div")].find((box) => box.offsetParent !== null || box.getClientRects().length);

  // ---- Controls and settings ------------------------------------------------------------------------------------------
  const controls = (figure) => [...figure.querySelectorAll("[data-param]")];
  const valueOf = (control) => (control.type === "checkbox" ? control.checked : control.type === "range" ? Number(control.value) : JSON.parse(control.value));
  const settings = (figure) => Object.fromEntries(controls(figure).filter((c) => c.type !== "radio" || c.checked).map((c) => [c.dataset.param, valueOf(c)]));
  // What the page was written with, whatever a browser restored into its controls since.
  const atFirst = (figure) => Object.fromEntries(controls(figure).flatMap((c) => {
    if (c.type === "radio") return c.defaultChecked ? [[c.dataset.param, valueOf(c)]] : [];
    const value = c.type === "checkbox" ? c.defaultChecked : c.type === "range" ? Number(c.defaultValue)
      : JSON.parse(([...c.options].find((option) => option.defaultSelected) || c.options[0]).value);
    return [[c.dataset.param, value]];
  }));
  const isDefault = (figure) => JSON.stringify(settings(figure)) === JSON.stringify(figure.kz.first);
  function put(control, value) {
    if (control.type === "checkbox") control.checked = Boolean(value);
    else if (control.type === "range") control.value = value;
    else if (control.type === "radio") control.checked = JSON.parse(control.value) === value;
    else {
      const option = [...control.options].find((one) => JSON.parse(one.value) === value);
      if (option) option.selected = true;
    }
    const output = control.parentElement.querySelector("output");
    if (output) output.textContent = control.value;
  }
  const labelOf = (control) => (control.closest("fieldset")?.querySelector("legend") || control.closest("label").querySelector("span")).textContent.trim();
  const wordOf = (control) => (control.type === "checkbox" ? (control.checked ? "yes" : "no") : control.type === "radio" ? control.parentElement.textContent.trim()
    : control.type === "range" ? control.value : control.selectedOptions[0].textContent);
  const inWords = (figure) => controls(figure).filter((c) => c.type !== "radio" || c.checked).map((c) => `${labelOf(c)}: ${wordOf(c)}`).join("; ");

  // ---- The address holds the settings: all of a figure's, so that a later default changes no link that was shared ------
  const key = (figure, name) => `${figure.id}.${name}`;
  function write(figure, query) {
    for (const [name, value] of Object.entries(settings(figure))) query.set(key(figure, name), String(value));
    return query;
  }
  const remember = later(250, (figure) => {
    const query = new URLSearchParams(location.search);
    for (const name of Object.keys(figure.kz.first)) query.delete(key(figure, name));
    if (!isDefault(figure)) write(figure, query);
    const text = query.toString();
    history.replaceState(history.state, "", location.pathname + (text && "?" + text) + location.hash);
  });
  // Puts what the address says into the controls, or what they said at first; tells whether anything changed.
  function recall(figure) {
    const query = new URLSearchParams(location.search), before = JSON.stringify(settings(figure));
    for (const control of controls(figure)) {
      const name = control.dataset.param, asked = query.get(key(figure, name));
      const options = control.type === "radio" ? controls(figure).filter((c) => c.dataset.param === name).map(valueOf)
        : control.type === "select-one" ? [...control.options].map((option) => JSON.parse(option.value)) : [];
      const found = control.type === "range" ? Number(asked) : control.type === "checkbox" ? asked === "true" : options.find((option) => String(option) === asked);
      const known = asked !== null && found !== undefined && !Number.isNaN(found);
      put(control, known ? found : figure.kz.first[name]);
    }
    return JSON.stringify(settings(figure)) !== before;
  }
  const local = (host) => /^(localhost|127\.|\[?::1|$)/.test(host);
  // The address that lasts: the canonical one, never that of a copy on a disk or of a server at home.
  function address(figure) {
    const canonical = document.querySelector("link[rel=canonical]")?.href;
    const page = canonical || (local(location.hostname) ? location.pathname.split("/").pop() : location.origin + location.pathname);
    const text = isDefault(figure) ? "" : "?" + write(figure, new URLSearchParams());
    return page + text + "#" + figure.id;
  }

  // ---- What the chart says now -----------------------------------------------------------------------------------------
  // The marks that answer a touch, in the order in which they are drawn, each row once.
  function marks(figure) {
    const found = new Map();
    const visit = (mark) => mark.items?.forEach((item) => {
      if (mark.marktype === "group") item.items?.forEach(visit);
      else if (item.tooltip) found.set(JSON.stringify(item.tooltip), item);
    });
    if (figure.kzView) visit(figure.kzView.scenegraph().root);
    return [...found.values()];
  }
  const rowOf = (item) => (typeof item.tooltip === "object" ? item.tooltip : { Value: item.tooltip });
  const sayRow = (row) => Object.entries(row).map(([name, value]) => (name ? `${name} ${value}` : value)).join(", ");
  // Headings and rows: the author's at first, those of the picture once a control was moved.
  function rowsNow(figure, formatted = false) {
    const { columns, rows } = figure.kz;
    if (isDefault(figure) || !figure.kzView) return [columns, rows];
    const items = marks(figure), whole = items.filter((item) => columns.every(([name]) => item.datum[name] !== undefined));
    if (whole.length && !formatted) return [columns, [...new Map(whole.map((item) => Object.fromEntries(columns.map(([name]) => [name, item.datum[name]]))).map((row) => [JSON.stringify(row), row])).values()]];
    const records = (whole.length ? whole : items).map(rowOf), heads = [...new Set(records.flatMap(Object.keys))];
    return [heads.map((head) => [head, head]), records];
  }
  const sentenceOf = (figure) => figure.querySelector(".sentence")?.textContent || "";
  function alternative(figure) {
    if (isDefault(figure) || !figure.kzView) return figure.kz.alt;
    const spoken = rowsNow(figure, true)[1].map(sayRow), few = spoken.length > 14 ? [...spoken.slice(0, 7), "…", ...spoken.slice(-7)] : spoken;
    return [sentenceOf(figure), `${figure.kz.title} ${inWords(figure)}.`, few.join("; ") + "."].filter(Boolean).join(" ");
  }
  const live = document.body.appendChild(make("p", "", { className: "hidden" }));
  live.setAttribute("role", "status");
  const announce = later(500, (figure) => { live.textContent = sentenceOf(figure) || inWords(figure); });
  // On a phone the controls of an explorer hide its picture: a small copy stays in view with the sentence, while they do.
  function follow(figure) {
    const sentence = figure.querySelector(".many + .sentence");
    if (!sentence) return;
    const box = make("div", "", { className: "follow" }), small = make("div", "", { className: "small", hidden: true });
    small.setAttribute("aria-hidden", "true");
    sentence.before(box);
    box.append(small, sentence);
    const seen = new Map(), of = (name) => seen.get(figure.querySelector(name)) || 0;
    figure.kz.place = () => { small.hidden = !small.firstChild || !of(".many") || of(".picture") > 0.5; };
    const watch = new IntersectionObserver((entries) => {
      for (const entry of entries) seen.set(entry.target, entry.intersectionRatio);
      figure.kz.place();
    }, { threshold: [0, 0.5] });
    for (const part of figure.querySelectorAll(".many, .picture")) watch.observe(part);
  }
  function shrink(figure) {
    if (!figure.kz.place || !matchMedia("(max-width: 719px)").matches) return;
    const copied = shown(figure).querySelector("svg").cloneNode(true);
    copied.querySelectorAll("[id]").forEach((part) => part.removeAttribute("id"));
    for (const name of ["role", "aria-label", "width", "height"]) copied.removeAttribute(name);
    figure.querySelector(".small").replaceChildren(copied);
    figure.kz.place();
  }
  // After every change: sentence, pressed presets, words, rows and the picture's name follow the settings.
  function say(figure) {
    for (const text of figure.querySelectorAll("[data-signal]")) {
      const now = figure.kzView.signal(text.dataset.signal);
      if (text.textContent !== now) text.textContent = now;
    }
    for (const element of figure.querySelectorAll("[data-lines]")) {
      figure.kzView.signal(element.dataset.lines).split("\n").forEach((line, i) => line.split("|").forEach((text, j) => {
        const cell = element.tBodies[0].rows[i].cells[j];
        if (cell.textContent !== text) cell.textContent = text;
      }));
    }
    const set = settings(figure);
    for (const button of figure.querySelectorAll("[data-preset]")) {
      const held = Object.entries(JSON.parse(button.dataset.preset)).every(([name, value]) => JSON.stringify(set[name]) === JSON.stringify(value));
      button.setAttribute("aria-pressed", String(held));
    }
    const words = alternative(figure), reset = figure.querySelector(".reset");
    figure.querySelector(".words p").textContent = words;
    shown(figure).querySelector("svg").setAttribute("aria-label", words);
    if (reset) reset.hidden = isDefault(figure);
    shrink(figure);
    if (figure.kz.spoken || !isDefault(figure) || figure.querySelector(".rows .more")) table(figure);
  }
  function table(figure) {
    figure.kz.spoken = true;
    const { columns, cells } = figure.kz, element = figure.querySelector(".rows table"), more = figure.querySelector(".rows .more");
    const [heads, rows] = isDefault(figure) ? [columns, cells.map((row) => Object.fromEntries(row.map((text, i) => [columns[i][0], text])))] : rowsNow(figure, true);
    if (more) more.hidden = true; // the table is whole now
    const row = (cells, tag) => { const tr = make("tr"); cells.forEach((text) => tr.append(make(tag, text ?? ""))); return tr; };
    const head = row(heads.map(([, title]) => title), "th");
    head.querySelectorAll("th").forEach((th) => th.setAttribute("scope", "col"));
    element.tHead.replaceChildren(head);
    element.tBodies[0].replaceChildren(...rows.map((values) => row(heads.map(([name]) => values[name]), "td")));
  }

  // ---- From picture to program -----------------------------------------------------------------------------------------
  async function embed(figure) {
    const box = shown(figure);
    if (!box) return null;
    await Promise.all([load("vega.js"), load(figure.kz.file)]);
    if (!figure.kz.wide) Object.assign(figure.kz, window.kzCharts[figure.kz.name]);
    resolveRows(figure.kz);
    const spec = { ...figure.kz[box.className], datasets: figure.kz.datasets };
    const stage = make("div", "", { className: "stage" });
    figure.kzView?.finalize();
    const result = await window.kzVega(stage, spec, {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true, theme: "kz" }, mode: "vega-lite",
    });
    // Controls that were moved before the chart woke, and those left over from the other layout, count.
    for (const [name, value] of Object.entries(settings(figure))) result.view.signal(name, value);
    await result.view.runAsync();
    // A selection named after a control, `region_clicked` for `region`, moves that control: a click is never the only way.
    for (const control of figure.querySelectorAll("select[data-param]")) {
      try {
        result.view.addSignalListener(control.dataset.param + "_clicked", (_, picked) => {
          const values = Object.entries(picked || {}).find(([field, of]) => field !== "vlPoint" && Array.isArray(of));
          if (!values || valueOf(control) === values[1][0]) return;
          put(control, values[1][0]);
          control.dispatchEvent(new Event("input", { bubbles: true }));
        });
      } catch { /* the chart has no such selection */ }
    }
    stage.querySelectorAll("svg").forEach((svg) => {
      svg.querySelectorAll("[role], [aria-roledescription]").forEach((part) => { part.removeAttribute("role"); part.removeAttribute("aria-roledescription"); });
      svg.setAttribute("role", "img");
      svg.setAttribute("focusable", "false");
    });
    box.replaceChildren(stage);
    figure.kzView = result.view;
    say(figure);
    figure.kzLayout = box.className;
    figure.dataset.awake = "yes";
    figure.dispatchEvent(new CustomEvent("kz:awake", { bubbles: true, detail: { view: result.view } }));
    return result.view;
  }
  function wake(figure) {
    figure.kzWaking ||= embed(figure).catch((error) => {
      figure.kzWaking = null; // the picture stays; the next touch tries again
      console.error(error);
    });
    return figure.kzWaking;
  }
  async function draw(figure) {
    await wake(figure);
    const view = figure.kzView;
    for (const [name, value] of Object.entries(settings(figure))) view?.signal(name, value);
    await view?.runAsync();
    if (view) say(figure);
    announce(figure);
    remember(figure);
    figure.dispatchEvent(new CustomEvent("kz:drawn", { bubbles: true }));
  }
  function resolveRows(kz) {
    if (typeof kz.rows === "string" && kz.datasets[kz.rows]) kz.rows = kz.datasets[kz.rows];
  }

  // ---- What a reader takes away ----------------------------------------------------------------------------------------
  const save = (blob, name) => {
    const link = make("a", "", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  async function copy(text, field) {
    try { await navigator.clipboard.writeText(text); } catch {
      // without a secure context there is no clipboard: select the text, and the reader's own keys copy it
      field.hidden = false;
      getSelection().selectAllChildren(field);
      return "Selected: copy it with your keyboard";
    }
    return "Copied";
  }
  // A spreadsheet runs a cell that starts like a formula; an apostrophe before it makes it text again. Numbers stay as they are.
  const tame = (text) => (/^[=+@\t\r-]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? "'" + text : text);
  const quote = (value) => {
    if (value == null) return "";
    const text = typeof value === "string" ? tame(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const sourceOf = (figure) => figure.querySelector(".source")?.textContent.trim() || "";
  const about = (figure) => [`${figure.kz.title} ${figure.kz.subtitle}`.trim(), inWords(figure) && `Settings: ${inWords(figure)}`, sourceOf(figure), address(figure)].filter(Boolean);
  function csv(figure) {
    const [heads, rows] = rowsNow(figure);
    const notes = about(figure).map((line) => quote("# " + line.replace(/\s+/g, " "))); // one cell: a comma must not start a formula
    return [...notes, ...[heads.map(([name]) => name), ...rows.map((row) => heads.map(([name]) => row[name]))].map((line) => line.map(quote).join(","))].join("\n") + "\n";
  }
  const wrap = (text, size, width) => text.split(/\s+/).flatMap((word) => word.match(new RegExp(`.{1,${Math.floor(width / size / 0.52)}}`, "g")) || []).reduce((lines, word) => {
    const last = lines[lines.length - 1];
    if (last && (last.length + word.length + 1) * size * 0.52 < width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
    return lines;
  }, []);
  // The picture with its title and units above it, and its settings, source and address below: it travels alone.
  function picture(figure) {
    const inner = shown(figure).querySelector("svg").cloneNode(true), space = "http://www.w3.org/2000/svg";
    const [width, height] = inner.getAttribute("viewBox").split(" ").slice(2).map(Number);
    const svg = document.createElementNS(space, "svg");
    const add = (name, text, set = {}) => {
      const node = document.createElementNS(space, name);
      node.textContent = text;
      for (const [attribute, value] of Object.entries(set)) node.setAttribute(attribute, value);
      return svg.appendChild(node);
    };
    let y = 6;
    const write = (text, size, set) => { for (const line of text ? wrap(text, size, width - 16) : []) { y += size * 1.35; add("text", line, { x: 8, y, "font-size": size, ...set }); } };
    add("title", figure.kz.title);
    add("desc", alternative(figure));
    write(figure.kz.title, 16, { "font-weight": 700 });
    write(figure.kz.subtitle, 13);
    inner.setAttribute("y", y + 8);
    for (const [name, value] of [["width", width], ["height", height]]) inner.setAttribute(name, value);
    svg.append(inner);
    y += height + 8;
    for (const line of about(figure).slice(1)) write(line, 12, { fill: "#5b6470" });
    y += 10;
    for (const [name, value] of Object.entries({ xmlns: space, width, height: y, viewBox: `0 0 ${width} ${y}`, style: "background:#ffffff", "font-family": "system-ui, sans-serif", fill: "#1f2328" })) svg.setAttribute(name, value);
    return { text: new XMLSerializer().serializeToString(svg), width, height: y };
  }
  async function png(figure) {
    const { text, width, height } = picture(figure), image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    await image.decode();
    const canvas = make("canvas", "", { width: width * 2, height: height * 2 });
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }
  function reference(figure) {
    const { name, title, subtitle, cite } = figure.kz;
    const number = (figure.querySelector(".caption-number")?.textContent || "Figure").trim();
    const words = `${number}: ${title || subtitle}`.replace(/\.?$/, "."), where = address(figure), set = isDefault(figure) ? "" : ` Settings: ${inWords(figure)}.`;
    const plain = `${cite.authors} (${cite.year}). ${words} In: ${cite.title}. ${where}.${set} CC BY 4.0.`;
    const bibtex = `@misc{${name},\n  author = {{${cite.authors}}},\n  year = {${cite.year}},\n  title = {${words.slice(0, -1)}},\n  howpublished = {${cite.title}},\n  url = {${where}},\n  note = {CC BY 4.0}\n}`;
    return { plain, bibtex };
  }
  function embedCode(figure) {
    const [page, hash] = address(figure).split("#"), joined = page + (page.includes("?") ? "&" : "?") + "embed=" + figure.id;
    return `<iframe src="${joined}#${hash}" title="${figure.kz.title.replace(/"/g, "&quot;")}" width="100%" height="${Math.round(figure.getBoundingClientRect().height)}" loading="lazy"></iframe>`;
  }

  function toolbar(figure) {
    const { kz } = figure;
    const status = make("span", "", { className: "said" }), bar = make("div", "", { className: "take" }), cite = make("div", "", { className: "cite", hidden: true });
    status.setAttribute("role", "status");
    const button = (label, title, act) => {
      const control = make("button", label, { type: "button", title });
      control.addEventListener("click", async () => { status.textContent = (await act(control)) || ""; });
      return control;
    };
    const text = (content, name, type) => save(new Blob([content], { type }), name);
    const open = (field, content) => { const was = !field.hidden && !cite.hidden; cite.hidden = was; for (const other of cite.children) other.hidden = other !== field; if (!was) content(); };
    const block = () => { const pre = make("pre"); pre.tabIndex = 0; return pre; };
    const quoted = make("div"), plain = make("p"), bibtex = block(), coded = make("div"), frame = block();
    quoted.append(plain, bibtex, button("Copy citation", "Copy the citation", () => copy(plain.textContent, plain)), " ", button("Copy BibTeX", "Copy the BibTeX entry", () => copy(bibtex.textContent, bibtex)));
    coded.append(frame, button("Copy code", "Copy the code that shows this chart in another page", () => copy(frame.textContent, frame)));
    const link = make("p", "", { hidden: true });
    cite.append(quoted, coded);
    const fresh = async (act) => { await wake(figure); return act(); };
    bar.append(
      button("CSV", "Save the rows that the chart shows now", () => fresh(() => { text(csv(figure), kz.name + ".csv", "text/csv"); return "Rows saved"; })),
      button("SVG", "Save the picture as vectors", () => { text(picture(figure).text, kz.name + ".svg", "image/svg+xml"); return "Picture saved"; }),
      button("PNG", "Save the picture as pixels", async () => { save(await png(figure), kz.name + ".png"); return "Picture saved"; }),
      button("Vega-Lite", "Save the specification", () => fresh(() => { text(JSON.stringify({ ...kz.wide, datasets: kz.datasets }, null, 1), kz.name + ".vl.json", "application/json"); return "Specification saved"; })),
      button("Cite", "Show how to cite this figure", () => open(quoted, () => { const entry = reference(figure); plain.textContent = entry.plain; bibtex.textContent = entry.bibtex; })),
      button("Embed", "Show the code that puts this chart into another page", () => open(coded, () => { frame.textContent = embedCode(figure); })),
      button("Copy link", "Copy the address of this view, with all its settings", () => {
        const query = write(figure, new URLSearchParams()).toString();
        link.textContent = location.href.split(/[?#]/)[0] + (query && "?" + query) + "#" + figure.id;
        return copy(link.textContent, link);
      }),
    );
    if (controls(figure).length) {
      const reset = button("Reset", "Set every control as it was at first", async () => {
        for (const control of controls(figure)) put(control, kz.first[control.dataset.param]);
        figure.kzWaking = embed(figure); // a new view: what was brushed or clicked goes too
        await draw(figure);
        return "As at first";
      });
      reset.className = "reset";
      reset.hidden = true;
      bar.append(reset);
    }
    const sound = make("button", "Sound", { type: "button", title: "Hear the height of each point while the arrow keys walk them" });
    sound.setAttribute("aria-pressed", "false");
    sound.addEventListener("click", () => {
      kz.audio = kz.audio ? null : new AudioContext();
      sound.setAttribute("aria-pressed", String(Boolean(kz.audio)));
      status.textContent = kz.audio ? "Sound on: focus the chart and press the arrow keys" : "Sound off";
    });
    bar.append(sound, status);
    figure.querySelector(".tools").append(bar, link, cite);
  }

  // ---- Arrow keys walk the points --------------------------------------------------------------------------------------
  function tone(audio, part) {
    const sound = audio.createOscillator(), volume = audio.createGain();
    sound.frequency.value = 220 * 4 ** part;
    volume.gain.setValueAtTime(0.15, audio.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
    sound.connect(volume).connect(audio.destination);
    sound.start();
    sound.stop(audio.currentTime + 0.25);
  }
  function walk(figure) {
    const stage = figure.querySelector(".picture"), status = figure.querySelector(".said");
    stage.tabIndex = 0;
    stage.setAttribute("role", "application");
    stage.setAttribute("aria-roledescription", "chart");
    stage.setAttribute("aria-label", `${figure.kz.title || "Chart"} The arrow keys walk its points.`);
    let at = -1;
    const clear = () => figure.querySelectorAll(".at-point").forEach((node) => node.classList.remove("at-point"));
    stage.addEventListener("blur", () => { clear(); at = -1; });
    stage.addEventListener("keydown", async (event) => {
      const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };
      if (!(event.key in moves) || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      await wake(figure);
      const points = marks(figure);
      if (!points.length) return;
      at = Math.min(points.length - 1, Math.max(0, at + moves[event.key]));
      clear();
      points[at]._svg?.classList.add("at-point");
      status.textContent = `${sayRow(rowOf(points[at]))} (${at + 1} of ${points.length})`;
      if (figure.kz.audio) {
        const across = new Set(points.map((p) => p.y)).size <= 1, place = (p) => (across ? p.x : -p.y), all = points.map(place);
        tone(figure.kz.audio, (place(points[at]) - Math.min(...all)) / (Math.max(...all) - Math.min(...all) || 1));
      }
    });
  }

  // ---- The page --------------------------------------------------------------------------------------------------------
  const figures = [...document.querySelectorAll("figure.chart")];
  for (const figure of figures) {
    const kz = (figure.kz = JSON.parse(figure.querySelector("script.chart-data").textContent));
    kz.alt = figure.querySelector(".words p").textContent;
    kz.first = atFirst(figure);
    if (recall(figure)) draw(figure);
    toolbar(figure);
    walk(figure);
    follow(figure);
    for (const event of ["pointerenter", "touchstart", "focusin"]) figure.addEventListener(event, () => wake(figure), { passive: true });
    for (const control of controls(figure)) {
      control.addEventListener("input", () => {
        const output = control.parentElement.querySelector("output");
        if (output) output.textContent = control.value;
        draw(figure);
      });
    }
    for (const button of figure.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", () => {
        const values = JSON.parse(button.dataset.preset);
        for (const control of controls(figure)) if (control.dataset.param in values) put(control, values[control.dataset.param]);
        draw(figure);
      });
    }
  }
  for (const event of ["popstate", "pageshow"]) addEventListener(event, () => figures.forEach((figure) => { if (recall(figure)) draw(figure); }));

  const alone = figures.find((figure) => figure.id === new URLSearchParams(location.search).get("embed"));
  if (alone) {
    document.body.replaceChildren(alone, live);
    document.body.className = "embedded";
  }

  // Scrolling into view wakes a chart, but only once its reader has scrolled at all.
  const observer = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { observer.unobserve(entry.target); wake(entry.target); }
  }));
  addEventListener("scroll", () => figures.forEach((figure) => observer.observe(figure)), { once: true, passive: true });
  addEventListener("resize", later(150, () => figures.forEach((figure) => {
    if (figure.kzView && shown(figure) && shown(figure).className !== figure.kzLayout) figure.kzWaking = embed(figure);
  })));
})();
