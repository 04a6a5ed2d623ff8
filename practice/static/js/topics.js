// This file knows how the line under the topics keeps up with what is chosen. Without script it tells what was saved.
function tell(picks) {
  const line = picks.querySelector("[data-topics-count]");
  const chosen = [...picks.querySelectorAll("[name=topics]:checked")].map((box) => box.value);
  const main = [...picks.querySelectorAll("[name=main_topics]:checked")].filter((box) => chosen.includes(box.value));
  line.textContent = line.dataset.topicsCount.replace("{chosen}", chosen.length).replace("{main}", main.length);
}

export function start(part) {
  for (const picks of part.querySelectorAll("[data-topics]")) {
    tell(picks); // the browser may have kept ticks over a reload
    picks.addEventListener("change", () => tell(picks));
  }
}
