// A link or form marked data-swap="name" replaces only the part [data-fragment="name"], taken from the very page
// that the server would have shown. Any doubt, and the browser goes there the ordinary way.
let behave = () => {};

async function bring(name, address, options, waits) {
  const old = document.querySelector(`[data-fragment="${name}"]`);
  if (!waits) old?.setAttribute("aria-busy", "true");
  const answer = await fetch(address, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options });
  if (waits && answer.status !== 200) return answer.status === 204 ? "" : false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-fragment="${name}"]`);
  if (!old || !fresh) return false;
  old.replaceWith(fresh);
  behave(fresh);
  return answer.url;
}

// The address of what came, "" where nothing is new yet; false, and the old part stays.
export function swap(name, address, signal) {
  return bring(name, address, { signal }, true).catch(() => false);
}

async function follow(link) {
  const name = link.dataset.swap;
  const label = link.getAttribute("aria-label");
  const landed = await bring(name, link.href).catch(() => false);
  if (!landed) { location.assign(link.href); return; }
  history.replaceState(history.state, "", landed);
  // The focus stays on the control that was pressed, or on the part that changed.
  const part = document.querySelector(`[data-fragment="${name}"]`);
  const again = [...part.querySelectorAll("a[data-swap]")].find((other) => other.getAttribute("aria-label") === label);
  if (!again) part.tabIndex = -1;
  (again || part).focus();
}

async function send(form, submitter) {
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form, submitter)).toString();
  const landed = await bring(form.dataset.swap, address).catch(() => false);
  if (landed) history.replaceState(history.state, "", landed);
  else location.assign(address);
}

export function start(whenNew) {
  behave = whenNew;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    follow(link);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.dataset.swap || form.method !== "get") return;
    event.preventDefault();
    send(form, event.submitter);
  });
}
