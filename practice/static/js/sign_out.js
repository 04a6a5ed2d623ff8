// Signing out in one tab empties the others: on a shared computer nobody thinks of a tab that is still open.
import { letGo } from "./unsaved.js";

const NAME = "sign-out";
// By then the server has ended the sign-in, so the page that comes knows nobody.
const UNTIL_ENDED = 1500;

function empty() {
  letGo();
  document.body.hidden = true;
  for (const form of document.forms) form.reset();
  setTimeout(() => location.replace("/"), UNTIL_ENDED);
}

export function start() {
  const forms = document.querySelectorAll("form[data-forget]");
  if (!forms.length || !("BroadcastChannel" in window)) return;
  const tabs = new BroadcastChannel(NAME);
  tabs.addEventListener("message", empty);
  for (const form of forms) form.addEventListener("submit", () => tabs.postMessage("gone"));
}
