// Says things politely, once, and visibly. Never the only place where the information lives.
const SECONDS = 6;
let region;

export function say(text) {
  if (!region) {
    region = document.createElement("div");
    region.className = "toasts";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  region.append(toast);
  setTimeout(() => toast.remove(), SECONDS * 1000);
}
