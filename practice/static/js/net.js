// This file knows how the line under a price keeps up with what is typed: the server works it out. Without script, or
// without an answer, the button beside it does the same.
const PAUSE = 300;

async function tell(line, price, currency, asked) {
  // In the body: a price that only one client is to know stands in no address.
  const typed = { csrf_token: price.form.elements.csrf_token.value, price: price.value, currency: currency.value };
  const headers = { Accept: "application/json", "X-Fragment": "net" };
  const answer = await fetch(line.dataset.netFrom, { method: "POST", body: new URLSearchParams(typed), headers });
  const { get, ours } = answer.ok ? await answer.json() : { get: "", ours: "" };
  if (line.netAsked !== asked) return; // somebody has typed on
  line.hidden = !get;
  line.querySelector("[data-net-get]").textContent = get;
  line.querySelector("[data-net-ours]").textContent = ours;
}

function follow(line) {
  const price = document.getElementById(line.dataset.net);
  const { currency } = price.form.elements;
  const ask = () => {
    const asked = {};
    line.netAsked = asked;
    const hide = () => { if (line.netAsked === asked) line.hidden = true; };
    setTimeout(() => { if (line.netAsked === asked) tell(line, price, currency, asked).catch(hide); }, PAUSE);
  };
  price.addEventListener("input", ask);
  currency.addEventListener("input", ask);
}

export function start(part) {
  part.querySelectorAll("[data-net]").forEach(follow);
}
