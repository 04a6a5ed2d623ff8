// Menus close on Escape, giving the focus back, and on a click outside.
export function start() {
  const open = () => [...document.querySelectorAll("details.menu[open]")];

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  for (const elsewhere of ["click", "focusin"]) document.addEventListener(elsewhere, (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
}
