// Adds and removes rows of a list whose extra rows are already on the page: the hours of a day, a list of languages.
// data-rows holds rows marked data-row; data-add shows the next hidden one, data-remove empties and hides its own,
// data-none is shown while no row is. Without this file every row is shown, the spare ones (data-spare) empty.
function refresh(list) {
  const rows = [...list.querySelectorAll("[data-row]")];
  const add = list.querySelector("[data-add]");
  const none = list.querySelector("[data-none]");
  if (add) add.hidden = !rows.some((row) => row.hidden);
  if (none) none.hidden = rows.some((row) => !row.hidden);
}

function show(row) {
  row.hidden = false;
  row.querySelector("input, select")?.focus();
}

function remove(list, row) {
  for (const field of row.querySelectorAll("input")) field.value = "";
  row.hidden = true;
  refresh(list);
  list.querySelector("[data-add]")?.focus();
  list.dispatchEvent(new Event("change", { bubbles: true }));
}

function prepare(list) {
  for (const row of list.querySelectorAll("[data-row][data-spare]")) {
    row.hidden = ![...row.querySelectorAll("input")].some((field) => field.value);
  }
  for (const button of list.querySelectorAll("[data-add], [data-remove]")) button.hidden = false;
  refresh(list);
  list.addEventListener("click", (event) => {
    const gone = event.target.closest("[data-remove]");
    const next = event.target.closest("[data-add]") && list.querySelector("[data-row][hidden]");
    if (gone) remove(list, gone.closest("[data-row]"));
    if (next) show(next);
    refresh(list);
  });
}

export function start() {
  document.querySelectorAll("[data-rows]").forEach(prepare);
}
