// Before the first paint, so that a reader who chose a scheme never sees the other one flash.
try {
  var chosen = localStorage.getItem("scheme");
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
} catch (error) { /* storage can be forbidden, as from some files; the system's scheme then holds */ }
document.documentElement.classList.add("js");
