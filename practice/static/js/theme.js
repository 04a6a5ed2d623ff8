// Light or dark at once, without a new page. The form behind the button works without this file.
const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function label(form) {
  const next = isDark() ? "light" : "dark";
  const button = form.querySelector("button");
  button.value = next;
  button.querySelector("span").textContent = next === "dark" ? "Dark theme" : "Light theme";
}

export function start() {
  const forms = [...document.querySelectorAll("[data-theme-form]")];
  forms.forEach(label);
  // The device may change its mind while the page is open.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => forms.forEach(label));
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = new FormData(form, event.submitter);
      root.dataset.theme = body.get("theme");
      forms.forEach(label);
      fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => { /* the theme holds on this page */ });
    });
  }
}
