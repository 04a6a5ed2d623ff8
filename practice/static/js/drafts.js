// What somebody writes survives a reload, an error and a lost connection: kept in this tab only, never sent by itself.
const PREFIX = "draft:";

function store(act) {
  try { return act(sessionStorage); } catch { return null; /* storage may be off */ }
}

export function forgetDrafts() {
  store((kept) => Object.keys(kept).filter((key) => key.startsWith(PREFIX)).forEach((key) => kept.removeItem(key)));
}

function count(field) {
  const out = document.getElementById(field.dataset.count || "");
  if (out) out.textContent = field.maxLength > 0 ? `${field.value.length} of ${field.maxLength} characters` : `${field.value.length} characters`;
}

function keep(field) {
  const key = PREFIX + field.dataset.draft;
  const what = field.type === "checkbox" ? "checked" : "value";
  if (!field[what]) field[what] = store((kept) => kept.getItem(key)) || "";
  const only = field.dataset.draftWhile; // words that are for somebody else by what is chosen beside them are kept nowhere
  (only ? field.form : field).addEventListener("input", (event) => store((kept) => only && !field.form.querySelector(only)
    ? kept.removeItem(key) : event.target === field && kept.setItem(key, field[what] || "")));
}

// A tab in which somebody else signs in shows them nothing of what was typed before.
function keepApart(who) {
  if (who && (store((kept) => kept.getItem("who")) || who) !== who) forgetDrafts();
  if (who) store((kept) => kept.setItem("who", who));
}

export function start(part) {
  keepApart(document.documentElement.dataset.who);
  // The page after a successful action names the drafts that are no longer needed.
  part.querySelectorAll("[data-draft-done]").forEach((done) => store((kept) => kept.removeItem(PREFIX + done.dataset.draftDone)));
  for (const field of part.querySelectorAll("[data-draft]")) keep(field);
  for (const field of part.querySelectorAll("[data-count]")) {
    field.addEventListener("input", () => count(field));
    count(field);
  }
  for (const form of part.querySelectorAll("form[data-forget]")) form.addEventListener("submit", forgetDrafts);
}
