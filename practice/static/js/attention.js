// Puts the focus where the page asks for it (an error summary, the button of a resumed task), and remembers that a form was touched.
export function start(part) {
  part.querySelector("[data-focus]")?.focus();
  part.addEventListener("input", (event) => {
    if (event.target.matches("input, textarea, select")) event.target.dataset.touched = "yes";
  });
}
