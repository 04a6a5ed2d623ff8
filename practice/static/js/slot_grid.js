// Slot picker: arrow keys come with the radios; this repeats the chosen time where the page says it, and forgets
// a time that belongs to another day, so that nobody books an hour they no longer see.
function tell(picker) {
  const time = picker.querySelector("input[data-long]:checked");
  for (const place of document.querySelectorAll("[data-chosen]")) {
    place.dataset.unchosen ??= place.textContent;
    place.textContent = time ? time.dataset.long : place.dataset.unchosen;
  }
}

function forget(picker, day) {
  const time = picker.querySelector("input[data-long]:checked");
  if (time && !time.closest(".day-times").classList.contains(day.dataset.times)) time.checked = false;
}

export function start(part) {
  const pickers = part.matches?.("[data-picker] *") ? [part.closest("[data-picker]")] : part.querySelectorAll("[data-picker]");
  for (const picker of pickers) {
    if (!picker.dataset.listening) {
      picker.dataset.listening = "yes";
      picker.addEventListener("change", (event) => {
        if (event.target.name === "day") forget(picker, event.target);
        tell(picker);
      });
    }
    tell(picker);
  }
}
