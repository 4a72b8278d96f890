// Search without a server: the index is a script of the site, a list of sentences with the place of each. Words are found by
// their beginnings, numbers with or without separators, and other words for the same thing as the edition lists them.
(function () {
  "use strict";
  let places, sentences, synonyms, loading;
  const MOST = 60;
  const list = document.getElementById("search-results"), count = document.getElementById("search-count");
  const input = document.querySelector("form.search input");
  const plain = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}|\u2060/gu, "").replace(/(\d)[,\u00a0\u202f ](?=\d{3}(?!\d))/g, "$1");
  const words = (text) => plain(text).match(/[\p{L}\d]+(?:[.'’][\p{L}\d]+)*/gu) || [];
  const stem = (word) => (/^[a-z]{5,}$/.test(word) ? word.replace(/(?:ing|ed|ies|es|s|e|y)$/, "") : word);
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const starts = (text) => new RegExp(`(?<![\\p{L}\\d])${text.split(" ").map((w) => escaped(stem(w)) + "[\\p{L}\\d]*").join("[^\\p{L}\\d]+")}`, "u");

  // The index is most of what this page weighs: it comes with the first question.
  function load() {
    return (loading ||= new Promise((resolve) => {
      const script = document.createElement("script");
      script.src = list.dataset.index;
      script.onload = () => {
        ({ places, sentences, synonyms } = window.proofbookIndex);
        sentences.forEach((sentence) => { sentence.plain = plain(sentence[1]); });
        places.forEach((place) => { place.plain = plain(place[1] + " " + place[2]); });
        resolve();
      };
      document.head.append(script);
    }));
  }

  // A term is a word of the question with all its synonyms; a phrase that the list knows counts as one term.
  function terms(question) {
    let rest = words(question).join(" ");
    const found = [];
    for (const group of synonyms) {
      const phrase = group.map((one) => words(one).join(" ")).sort((a, b) => b.length - a.length).find((one) => starts(one).test(rest) && rest.match(starts(one))[0].split(" ").length === one.split(" ").length);
      if (!phrase) continue;
      rest = rest.replace(starts(phrase), " ");
      found.push(group.map((one) => starts(words(one).join(" "))));
    }
    for (const word of rest.split(" ").filter(Boolean)) found.push([starts(word)]);
    return found;
  }

  function look(question) {
    const wanted = terms(question);
    if (!wanted.length) return [];
    const has = (text, term) => term.some((form) => form.test(text));
    const hits = [];
    for (const sentence of sentences) {
      const place = places[sentence[0]];
      const inside = wanted.filter((term) => has(sentence.plain, term)).length;
      const titled = wanted.filter((term) => has(place.plain, term)).length;
      if (inside && wanted.every((term) => has(sentence.plain, term) || has(place.plain, term))) hits.push([inside * 3 + titled, sentence, place]);
    }
    return [wanted, hits.sort((a, b) => b[0] - a[0])];
  }

  function marked(text, wanted) {
    const line = document.createElement("p");
    const parts = text.split(/([\p{L}\d]+(?:[.,'’\u00a0][\p{L}\d]+)*)/u);
    for (const part of parts) {
      const hit = /[\p{L}\d]/u.test(part) && wanted.some((term) => term.some((form) => form.test(plain(part))));
      if (!hit) { line.append(part); continue; }
      const mark = document.createElement("mark");
      mark.textContent = part;
      line.append(mark);
    }
    return line;
  }

  async function show(question) {
    if (question) await load();
    if (question !== input.value.trim()) return; // a later letter came first
    const [wanted = [], hits = []] = question ? look(question) : [];
    list.replaceChildren(...hits.slice(0, MOST).map(([, [, text], [href, page, section]]) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = href;
      link.textContent = section && section !== page ? `${page}: ${section}` : page;
      item.append(link, marked(text, wanted));
      return item;
    }));
    document.title = question ? `${question} · Search` : "Search";
    count.textContent = !question ? "Type into the search box at the top of the page."
      : !hits.length ? `Nothing in the book or the ledger says “${question}”. Try fewer letters, or another word.`
        : `${hits.length} ${hits.length === 1 ? "sentence" : "sentences"}${hits.length > MOST ? `, the first ${MOST} of them` : ""}`;
  }

  input.form.addEventListener("submit", (event) => event.preventDefault());
  input.addEventListener("input", () => {
    history.replaceState({}, "", location.pathname + (input.value ? "?q=" + encodeURIComponent(input.value) : ""));
    show(input.value.trim());
  });
  input.value = new URLSearchParams(location.search).get("q") || "";
  show(input.value.trim());
})();
