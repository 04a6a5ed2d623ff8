// This file knows how a line counts the boxes that are ticked in its form. Without script it says what may be chosen.
function tell(line, form) {
  const chosen = form.querySelectorAll("input[type=checkbox]:checked").length;
  line.dataset.before ??= line.textContent;
  line.textContent = chosen ? line.dataset.tally.replace("{chosen}", chosen) : line.dataset.before;
}

export function start(part) {
  for (const line of part.querySelectorAll("[data-tally]")) {
    const form = line.closest("form");
    tell(line, form); // the browser may have kept ticks over a reload
    form.addEventListener("change", () => tell(line, form));
  }
}
