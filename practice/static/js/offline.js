// The banner while there is no connection, and the helper that keeps an offline page ready.
import { say } from "./say.js";

function watch(bar) {
  let wasOffline = false;
  const sync = () => {
    bar.hidden = navigator.onLine;
    if (wasOffline && navigator.onLine) say("You are back online.");
    wasOffline = !navigator.onLine;
  };
  addEventListener("offline", sync);
  addEventListener("online", sync);
  sync();
  bar.querySelector("button").addEventListener("click", sync);
}

// After a new release the kept shell is an old one: the stylesheet's address tells.
async function keep() {
  await navigator.serviceWorker.register("/sw.js");
  const { active } = await navigator.serviceWorker.ready;
  const sheet = document.querySelector("link[rel=stylesheet]");
  if (sheet && !(await caches.match(sheet.href))) active.postMessage("refresh");
  // A page that was on its way while the helper woke belongs to none, and would show the browser's own offline page.
  if (!navigator.serviceWorker.controller) active.postMessage("claim");
}

export function start() {
  const bar = document.getElementById("offline");
  if (bar) watch(bar);
  for (const link of document.querySelectorAll("[data-reload]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); location.reload(); });
  }
  // A form sent without a connection would be answered by the offline page: hold it here instead, with what was written.
  document.addEventListener("submit", (event) => {
    if (navigator.onLine || event.defaultPrevented) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say("No Internet Connection. What you wrote is kept on this page; send it when you are back.");
  }, true);
  if ("serviceWorker" in navigator) addEventListener("load", () => keep().catch(() => { /* the site works without it */ }));
}
