// Tells the server the zone of this device, once, while it doesn't know one; says so where the reader's zone is another;
// and fills zone fields that ask for it.
export function start() {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone) return;
  for (const field of document.querySelectorAll("[data-zone-field]")) {
    const knows = field.tagName !== "SELECT" || [...field.options].some((option) => option.value === zone);
    if (knows && !field.dataset.touched) field.value = zone;
  }
  for (const note of document.querySelectorAll("[data-zone-differs]")) {
    const older = JSON.parse(note.dataset.zoneNames || "{}");
    note.hidden = isSame(zone, document.documentElement.dataset.zone);
    for (const word of note.querySelectorAll("[data-zone-here]")) word.textContent = older[zone] || zone.split("/").pop().replaceAll("_", " ");
  }
  if ("zoneGuessed" in document.documentElement.dataset) tell(zone);
}

// Browsers keep older names for some zones: both are asked by the one name that this browser has for them.
function isSame(one, other) {
  const named = (zone) => Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  try {
    return named(one) === named(other);
  } catch { return one === other; /* a zone that this browser doesn't know */ }
}

// A reload would take the page away from somebody who has begun to do something, or has already pressed a link.
let isBusy = false;
for (const begun of ["pointerdown", "keydown"]) addEventListener(begun, () => { isBusy = true; }, { capture: true, once: true });

async function tell(zone) {
  const token = document.querySelector("input[name=csrf_token]")?.value;
  if (!token || !navigator.onLine || isSame(zone, document.documentElement.dataset.zone)) return;
  const told = "zone-told";
  try {
    if (sessionStorage.getItem(told)) return;
    sessionStorage.setItem(told, zone);
  } catch { return; /* without storage we could not stop after one try */ }
  const body = new URLSearchParams({ csrf_token: token, zone });
  body.set("told", "1");
  const answer = await fetch("/zone", { method: "POST", body, redirect: "manual" }).catch(() => null);
  // Times on this page are still in the old zone: show them in the right one.
  if (answer && !isBusy && document.querySelector("time, [data-picker], .slot") && !document.querySelector("[data-touched]")) location.reload();
}
