// Shows a block while a given control is checked. Without script every block is shown.
function sync() {
  for (const block of document.querySelectorAll("[data-when]")) {
    const control = document.getElementById(block.dataset.when);
    block.hidden = !control?.checked;
  }
}

let listening = false;

export function start() {
  sync();
  if (listening) return;
  listening = true;
  document.addEventListener("change", sync);
  document.addEventListener("reset", () => setTimeout(sync));
}
