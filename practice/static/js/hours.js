// This file knows how the hours page gets quicker with script: ranges come and go without a trip to the server, "next day"
// shows only where it can matter, and the bar says that something is unsaved. Without it every button sends the form.
import { touched } from "./unsaved.js";

const form = document.querySelector("[data-hours-form]");
const MOST = 8;

const minutes = (text) => (/^\d\d:\d\d/.test(text) ? Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)) : null);

function times(range) {
  const [from, until] = range.querySelectorAll("input[type=time]");
  return [from, until];
}

// "next day" is asked only where an end lies before its beginning.
function settle(range) {
  const [from, until] = times(range);
  const next = range.querySelector("[data-next]");
  const opens = minutes(from.value);
  const closes = minutes(until.value);
  const mayRunOn = opens !== null && closes !== null && closes > 0 && closes <= opens;
  next.hidden = !mayRunOn && !next.querySelector("input").checked;
}

function settleDay(day) {
  const ranges = [...day.querySelectorAll("[data-range]")];
  ranges.forEach(settle);
  day.querySelector("[data-none]").hidden = ranges.length > 0;
  day.querySelector("button[name=add]").hidden = ranges.length >= MOST;
  draw(day, ranges);
}

// The line of the day follows what is typed.
function draw(day, ranges) {
  const line = day.querySelector(".spark");
  const first = Number(line.dataset.first ?? 6) * 60;
  const isConsult = day.dataset.day.startsWith("consult");
  const bars = ranges.map((range) => {
    const [from, until] = times(range);
    const opens = minutes(from.value);
    const closes = minutes(until.value) || 1440;
    const ends = range.querySelector("[data-next] input").checked || closes > 1440 ? 1440 : closes;
    return opens === null || until.value === "" || ends <= opens ? null : [Math.max(opens, first), ends];
  });
  line.replaceChildren(...bars.filter(Boolean).map(([opens, ends]) => {
    const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const scale = 100 / (1440 - first);
    bar.setAttribute("x", `${(opens - first) * scale}%`);
    bar.setAttribute("width", `${Math.max(ends - opens, 0) * scale}%`);
    bar.setAttribute("height", "100%");
    bar.setAttribute("rx", "5");
    if (isConsult) bar.setAttribute("class", "alt");
    return bar;
  }));
}

const nextNumber = (day) => 1 + Math.max(-1, ...[...day.querySelectorAll("[data-range]")].map((each) => Number(times(each)[0].name.split("-")[2])));

function add(day, number = nextNumber(day)) {
  const range = document.getElementById("empty-range").content.firstElementChild.cloneNode(true);
  const name = `${day.dataset.day}-${number}`;
  const label = day.getAttribute("aria-label");
  for (const field of range.querySelectorAll("[name], [id]")) {
    if (field.name) field.name = field.name.replace("empty-0-0", name);
    if (field.id) field.id = field.id.replace("empty-0-0", name);
    if (field.value?.startsWith("empty-0-0")) field.value = name;
    const words = field.getAttribute("aria-label");
    if (words) field.setAttribute("aria-label", words.replace("Day", label));
  }
  day.querySelector("button[name=add]").before(range);
  settleDay(day);
  return times(range)[0];
}

function unsaved() {
  touched(form);
  const words = form.querySelector("[data-unsaved]");
  if (words) words.textContent = "Changes not saved yet.";
}

export function start() {
  if (!form) return;
  form.querySelectorAll("[data-day]").forEach(settleDay);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=add], button[name=drop]");
    const day = button?.closest("[data-day]");
    if (!day) return;
    event.preventDefault();
    if (button.name === "add") {
      add(day).focus();
    } else {
      button.closest("[data-range]").remove();
      settleDay(day);
      day.querySelector("button[name=add]").focus();
    }
    unsaved();
  });
  // What was typed before another part was saved: as many lines on each day as there were.
  form.addEventListener("room", ({ detail: sent }) => {
    for (const day of form.querySelectorAll("[data-day]")) {
      const name = new RegExp(`^${day.dataset.day}-(\\d+)-from$`);
      day.querySelectorAll("[data-range]").forEach((range) => range.remove());
      sent.map((pair) => pair[0].match(name)).filter(Boolean).forEach((found) => add(day, Number(found[1])));
      settleDay(day);
    }
  });
  form.addEventListener("input", (event) => {
    const day = event.target.closest("[data-day]");
    if (day) settleDay(day);
    unsaved();
  });
}
