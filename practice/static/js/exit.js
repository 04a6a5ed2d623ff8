// Leave this page: clear what was written, replace the history entry, go somewhere neutral. Shift three times does the same.
import { forgetDrafts } from "./drafts.js";
import { letGo } from "./unsaved.js";

const PRESSES = 3;
const WITHIN = 2000;

// What the server keeps for a visitor's browser is not shown in it again; the address in their mailbox still leads back.
function forgetKept() {
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (!token || !navigator.sendBeacon) return;
  navigator.sendBeacon("/forget", new URLSearchParams({ csrf_token: token }));
}

function leave(link) {
  letGo();
  forgetDrafts();
  forgetKept();
  for (const form of document.forms) form.reset();
  for (const field of document.querySelectorAll("textarea, input[type=text], input[type=email], input[type=tel]")) field.value = "";
  document.body.hidden = true;
  try { sessionStorage.setItem("left", link.href); } catch { /* then only this one page is gone */ }
  location.replace(link.href);
}

export function start() {
  const links = document.querySelectorAll("[data-exit]");
  for (const link of links) link.addEventListener("click", (event) => { event.preventDefault(); leave(link); });
  if (!links.length) return;
  let presses = [];
  document.addEventListener("keyup", (event) => {
    const now = event.timeStamp;
    presses = event.key === "Shift" ? [...presses.filter((at) => now - at < WITHIN), now] : [];
    if (presses.length >= PRESSES) leave(links[0]);
  });
}
