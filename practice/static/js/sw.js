// The service worker: keeps style, scripts and one offline page. It never keeps a page of a person, and no answer to a form.
const SHELL = "shell";
const OFFLINE = "/offline";

// The offline page names the files it needs, so this list can never disagree with the page.
async function keepShell() {
  const answer = await fetch(OFFLINE, { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(`offline page answered ${answer.status}`);
  const html = await answer.clone().text();
  const files = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  const cache = await caches.open(SHELL);
  const known = new Set(files.map((file) => new URL(file, location.origin).href));
  for (const request of await cache.keys()) {
    if (!known.has(request.url) && new URL(request.url).pathname !== OFFLINE) await cache.delete(request);
  }
  await cache.put(OFFLINE, answer);
  await cache.addAll(files);
}

async function page(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) || Response.error();
  }
}

// Addresses under /static/ hold a hash of their content, so a kept answer is always the right one.
async function asset(request) {
  return (await caches.match(request)) || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(asset(request));
});
// A page that finds its stylesheet changed asks for a fresh shell, and one that belongs to no helper asks for this one.
self.addEventListener("message", (event) => {
  if (event.data === "claim") event.waitUntil(self.clients.claim());
  if (event.data === "refresh") event.waitUntil(keepShell().catch(() => { /* next time */ }));
});
