// Adds and removes rows of a list whose extra rows are already on the page, hidden: the hours of a day, a list of languages.
// data-rows holds rows marked data-row; data-add shows the next hidden one, data-remove empties and hides its own.
function refresh(list) {
  const add = list.querySelector("[data-add]");
  if (add) add.hidden = !list.querySelector("[data-row][hidden]");
}

export function start() {
  for (const list of document.querySelectorAll("[data-rows]")) {
    // Without script every row is shown; with it the empty ones wait.
    for (const row of list.querySelectorAll("[data-row]")) {
      const fields = [...row.querySelectorAll("input, select")];
      row.hidden = fields.length > 0 && fields.every((field) => !field.value) && !row.querySelector("[aria-invalid]") && "spare" in row.dataset;
    }
    for (const button of list.querySelectorAll("[data-add], [data-remove]")) button.hidden = false;
    refresh(list);
    list.addEventListener("click", (event) => {
      const add = event.target.closest("[data-add]");
      const remove = event.target.closest("[data-remove]");
      if (add) {
        const row = list.querySelector("[data-row][hidden]");
        if (row) { row.hidden = false; row.querySelector("input, select")?.focus(); }
      } else if (remove) {
        const row = remove.closest("[data-row]");
        for (const field of row.querySelectorAll("input, select")) field.value = "";
        row.hidden = true;
        list.querySelector("[data-add]")?.focus();
        list.dispatchEvent(new Event("change", { bubbles: true }));
      }
      refresh(list);
    });
  }
}
