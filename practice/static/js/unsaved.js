// What was typed and not saved: leaving the page asks, and saving one part of a page keeps what was typed in another.
// Kept in this tab only, wiped with the drafts; it comes back into its form with a word, and nothing is sent by itself.
import { say } from "./say.js";

const PREFIX = "draft:part:";
// An answer that is a file leaves the page standing.
const ANSWERED = 10_000;
let leaving = false;

function store(act) {
  try { return act(sessionStorage); } catch { return null; /* storage may be off */ }
}

// Whoever leaves in a hurry, or signs out, is never asked.
export function letGo() {
  leaving = true;
}

// A script has changed what no field tells, such as a line that was taken away.
export function touched(form) {
  form.dataset.changed = "yes";
}

const isTyped = (field) => field.name && !field.disabled && !["hidden", "submit", "button", "reset", "fieldset"].includes(field.type);

// Passwords are typed again in any case, and a form of nothing but buttons has nothing to lose.
function isWatched(form) {
  const fields = [...form.elements];
  return form.method === "post" && !form.querySelector("[type=password]") && fields.some(isTyped);
}

const watched = () => [...document.forms].filter(isWatched);

function isChanged(field) {
  if (field.dataset.draft) return false; // drafts.js keeps it in this tab
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.type === "file") return field.files.length > 0;
  if (field.options) {
    const first = [...field.options].some((option) => option.defaultSelected) ? -1 : 0;
    return [...field.options].some((option) => option.selected !== (option.defaultSelected || option.index === first));
  }
  return field.value !== field.defaultValue;
}

const isUnsaved = (form) => Boolean(form.dataset.changed) || [...form.elements].some((field) => isTyped(field) && isChanged(field));

const keyOf = (form) => PREFIX + new URL(form.action).pathname;

// What the page showed goes along, so that a change made meanwhile still shows as one.
function keep(form) {
  const sent = [...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string");
  store((kept) => kept.setItem(keyOf(form), JSON.stringify(sent)));
}

function fill(form, sent) {
  const left = sent.map((pair) => [...pair]);
  const take = (name) => {
    const at = left.findIndex((pair) => pair[0] === name);
    return at < 0 ? undefined : left.splice(at, 1)[0][1];
  };
  for (const field of form.elements) {
    if (!isTyped(field) && !field.name.endsWith("seen")) continue;
    if (field.type === "checkbox" || field.type === "radio") {
      field.checked = sent.some(([name, value]) => name === field.name && value === field.value);
    } else if (field.type !== "file") {
      const value = take(field.name);
      if (value !== undefined) field.value = value;
    }
  }
}

function bringBack() {
  let found = false;
  for (const form of watched()) {
    const text = store((kept) => kept.getItem(keyOf(form)));
    if (!text) continue;
    store((kept) => kept.removeItem(keyOf(form)));
    const sent = JSON.parse(text);
    // A form whose lines come and go makes room for them first.
    form.dispatchEvent(new CustomEvent("room", { detail: sent }));
    fill(form, sent);
    touched(form);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    for (const details of parents(form)) details.open = true;
    found = true;
  }
  if (found) say("What you typed in another part of this page is still here. It is not saved yet.");
}

function* parents(form) {
  for (let at = form.closest("details"); at; at = at.parentElement.closest("details")) yield at;
}

function whenSent(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  letGo();
  setTimeout(() => { leaving = false; }, ANSWERED);
  store((kept) => kept.removeItem(keyOf(form)));
  if ("forget" in form.dataset || "discard" in form.dataset) return;
  watched().filter((other) => other !== form && isUnsaved(other)).forEach(keep);
}

export function start() {
  // After every module of the page has looked at its forms.
  addEventListener("DOMContentLoaded", bringBack);
  addEventListener("pageshow", () => { leaving = false; });
  document.addEventListener("submit", whenSent);
  addEventListener("beforeunload", (event) => {
    const isAnswered = document.querySelector("[data-unsaved-page], #errors");
    if (leaving || !watched().some((form) => isUnsaved(form) || isAnswered)) return;
    event.preventDefault();
    event.returnValue = ""; // what older browsers wait for
  });
}
