// Print what is on the page. Without this file there is no button, and the browser's own menu does the same.
export function start() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
