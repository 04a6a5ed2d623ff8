// This file knows how a form shows, while somebody writes, answered questions that are like theirs. Without script, or
// without an answer, a button of the form does the same.
const PAUSE = 600;
const LEAST = 8; // characters of a title

async function look(form, box, asked) {
  // In the body: what somebody begins to write stands in no address.
  const typed = { csrf_token: form.elements.csrf_token.value, title: form.elements.title.value, words: form.elements.words.value };
  const headers = { Accept: "text/html", "X-Fragment": "similar" };
  const answer = await fetch(form.dataset.similar, { method: "POST", body: new URLSearchParams(typed), headers });
  const page = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page && page.querySelector('[data-fragment="similar"]');
  if (fresh && form.similarAsked === asked) box().replaceChildren(...fresh.childNodes); // else somebody has typed on
}

function follow(form) {
  const box = () => form.querySelector('[data-fragment="similar"]');
  const { title } = form.elements;
  if (!box() || !title) return;
  form.addEventListener("input", ({ target }) => {
    if (target !== title && target !== form.elements.words) return;
    const asked = {};
    form.similarAsked = asked;
    setTimeout(() => {
      if (form.similarAsked === asked && title.value.trim().length >= LEAST) look(form, box, asked).catch(() => {});
    }, PAUSE);
  });
}

export function start(part) {
  part.querySelectorAll("form[data-similar]").forEach(follow);
}
