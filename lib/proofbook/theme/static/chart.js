// Makes the pictures of a page answer. A picture wakes when its reader reaches it: scrolls to it, points at it, touches it,
// focuses it or moves one of its controls; never by the mere load of the page.
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

  const shown = (figure) => [...figure.querySelectorAll(".picture > div")].find((box) => box.offsetParent !== null || box.getClientRects().length);
  const valueOf = (control) => (control.type === "checkbox" ? control.checked : control.type === "range" ? Number(control.value) : JSON.parse(control.value));

  const reads = (control) => JSON.stringify(valueOf(control));
  // The sentence above a picture says what the chart shows now; a preset is pressed while its settings hold.
  function say(figure) {
    for (const text of figure.querySelectorAll("[data-signal]")) {
      const now = figure.kzView.signal(text.dataset.signal);
      if (text.textContent !== now) text.textContent = now;
    }
    for (const button of figure.querySelectorAll("[data-preset]")) {
      const held = Object.entries(JSON.parse(button.dataset.preset)).every(([name, value]) =>
        [...figure.querySelectorAll(`[data-param="${name}"]`)].some((c) => (c.type !== "radio" || c.checked) && reads(c) === JSON.stringify(value)));
      button.setAttribute("aria-pressed", String(held));
    }
  }
  function put(control, value) {
    if (control.type === "checkbox") control.checked = value;
    else if (control.type === "range") control.value = value;
    else if (control.type === "radio") control.checked = control.value === JSON.stringify(value);
    else control.value = JSON.stringify(value);
    const output = control.parentElement.querySelector("output");
    if (output) output.textContent = control.value;
  }

  async function embed(figure) {
    const box = shown(figure);
    if (!box) return null;
    await Promise.all([load("vega.js"), figure.kz.file && load(figure.kz.file)]);
    if (figure.kz.file) figure.kz.datasets = window.kzRows[figure.kz.name];
    const spec = { ...figure.kz[box.className], datasets: figure.kz.datasets };
    const stage = document.createElement("div");
    stage.className = "stage";
    figure.kzView?.finalize();
    const result = await window.kzVega(stage, spec, {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true, theme: "kz" }, mode: "vega-lite",
    });
    // Controls that were moved before the chart woke, and those left over from the other layout, count.
    for (const control of figure.querySelectorAll("[data-param]")) {
      if (control.type !== "radio" || control.checked) result.view.signal(control.dataset.param, valueOf(control));
    }
    await result.view.runAsync();
    // A selection named after a control, `region_clicked` for `region`, moves that control: a click is never the only way.
    for (const control of figure.querySelectorAll("select[data-param]")) {
      try {
        result.view.addSignalListener(control.dataset.param + "_clicked", (_, picked) => {
          const values = Object.entries(picked || {}).find(([field, of]) => field !== "vlPoint" && Array.isArray(of));
          if (!values || valueOf(control) === values[1][0]) return;
          control.value = JSON.stringify(values[1][0]);
          control.dispatchEvent(new Event("input", { bubbles: true }));
        });
      } catch { /* the chart has no such selection */ }
    }
    stage.querySelectorAll("svg").forEach((svg) => { svg.setAttribute("aria-hidden", "true"); svg.setAttribute("focusable", "false"); });
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

  const save = (blob, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  // A spreadsheet runs a cell that starts like a formula; an apostrophe before it makes it text again. Numbers stay as they are.
  const tame = (text) => (/^[=+@\t\r-]/.test(text) && !/^[+-]?[\d.,]+%?$/.test(text) ? "'" + text : text);
  const quote = (value) => {
    if (value == null) return "";
    const text = typeof value === "string" ? tame(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  const csv = (kz) => [kz.columns.map(([key]) => key), ...kz.rows.map((row) => kz.columns.map(([key]) => row[key]))].map((line) => line.map(quote).join(",")).join("\n") + "\n";
  function svgText(figure) {
    const svg = shown(figure).querySelector("svg").cloneNode(true);
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.setAttribute("style", "background:#ffffff");
    return new XMLSerializer().serializeToString(svg);
  }
  async function png(figure) {
    const svg = shown(figure).querySelector("svg");
    const [width, height] = svg.getAttribute("viewBox").split(" ").slice(2).map(Number);
    const image = new Image();
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(svgText(figure));
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [width * 2, height * 2];
    const context = canvas.getContext("2d");
    context.fillStyle = "#ffffff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  }

  function toolbar(figure) {
    const kz = figure.kz;
    const say = document.createElement("span");
    say.className = "said";
    say.setAttribute("role", "status");
    const bar = document.createElement("div");
    bar.className = "take";
    const add = (label, title, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.title = title;
      button.addEventListener("click", async () => { say.textContent = (await act()) || ""; });
      bar.append(button);
    };
    const text = (content, name, type) => save(new Blob([content], { type }), name);
    add("CSV", "Save the plotted rows", () => { text(csv(kz), kz.name + ".csv", "text/csv"); return "Rows saved"; });
    add("SVG", "Save the picture as vectors", () => { text(svgText(figure), kz.name + ".svg", "image/svg+xml"); return "Picture saved"; });
    add("PNG", "Save the picture as pixels", async () => { save(await png(figure), kz.name + ".png"); return "Picture saved"; });
    add("Vega-Lite", "Save the specification", () => { text(JSON.stringify({ ...kz.wide, datasets: kz.datasets }, null, 1), kz.name + ".vl.json", "application/json"); return "Specification saved"; });
    add("Cite", "Show how to cite this figure", () => {
      const cite = figure.querySelector(".cite");
      cite.hidden = !cite.hidden;
      return "";
    });
    bar.append(say);
    const number = (figure.querySelector("figcaption .caption-number")?.textContent || "Figure").trim();
    // the address that lasts, where the site has one: a copy on a disk or a mirror is no place to cite
    const page = document.querySelector("link[rel=canonical]")?.href || location.href.split("#")[0];
    const address = page + "#" + figure.id;
    const cite = document.createElement("div");
    cite.className = "cite";
    cite.hidden = true;
    const plain = document.createElement("p");
    plain.textContent = `${number}: ${kz.caption} In: Educational mobility and internal migration in Kazakhstan, executable edition of Bokayev and Akhmetova (2024). ${address}. Drawn by ${kz.code}.`;
    const bibtex = document.createElement("pre");
    bibtex.tabIndex = 0;
    bibtex.textContent = `@misc{${kz.name},\n  title = {${number}: ${kz.caption}},\n  howpublished = {Educational mobility and internal migration in Kazakhstan, executable edition of Bokayev and Akhmetova (2024)},\n  url = {${address}},\n  note = {CC BY 4.0}\n}`;
    cite.append(plain, bibtex);
    figure.querySelector(".tools").append(bar, cite);
  }

  const figures = [...document.querySelectorAll("figure.chart")];
  for (const figure of figures) {
    figure.kz = JSON.parse(figure.querySelector("script.chart-data").textContent);
    toolbar(figure);
    for (const event of ["pointerenter", "touchstart", "focusin"]) figure.addEventListener(event, () => wake(figure), { passive: true });
    for (const control of figure.querySelectorAll("[data-param]")) {
      control.addEventListener("input", async () => {
        const output = control.parentElement.querySelector("output");
        if (output) output.textContent = control.value;
        await wake(figure);
        const view = figure.kzView;
        view?.signal(control.dataset.param, valueOf(control));
        await view?.runAsync();
        if (view) say(figure);
        figure.dispatchEvent(new CustomEvent("kz:drawn", { bubbles: true }));
      });
    }
    for (const button of figure.querySelectorAll("[data-preset]")) {
      button.addEventListener("click", async () => {
        const values = JSON.parse(button.dataset.preset);
        for (const control of figure.querySelectorAll("[data-param]")) if (control.dataset.param in values) put(control, values[control.dataset.param]);
        await wake(figure);
        const view = figure.kzView;
        for (const [name, value] of Object.entries(values)) view?.signal(name, value);
        await view?.runAsync();
        if (view) say(figure);
        figure.dispatchEvent(new CustomEvent("kz:drawn", { bubbles: true }));
      });
    }
  }

  // Scrolling into view wakes a chart, but only once its reader has scrolled at all.
  const observer = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting) { observer.unobserve(entry.target); wake(entry.target); }
  }));
  addEventListener("scroll", () => figures.forEach((figure) => observer.observe(figure)), { once: true, passive: true });
  let timer;
  addEventListener("resize", () => {
    clearTimeout(timer);
    timer = setTimeout(() => figures.forEach((figure) => {
      if (figure.kzView && shown(figure) && shown(figure).className !== figure.kzLayout) figure.kzWaking = embed(figure);
    }), 150);
  });
})();
