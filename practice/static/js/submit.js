// A button that is working says so, and a second press does nothing. It stays focusable.
const SECONDS = 10;

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    // An answer that is a file leaves the page standing, and a lost one must allow another try.
    setTimeout(() => release(form), SECONDS * 1000);
    const button = event.submitter;
    if (!button) return;
    button.setAttribute("aria-busy", "true");
    if (button.dataset.busy) button.textContent = button.dataset.busy;
  });
  // Coming back with the back button must not find a form that thinks it is still sending.
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(release);
  });
}
