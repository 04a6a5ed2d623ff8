// A link to a folded part opens it, also one that lies in it; some browsers only scroll there.
function unfold() {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
}

export function start() {
  unfold();
  window.addEventListener("hashchange", unfold);
}
