// A column that is taller than the window stays with its lower end in view, so that its button can always be reached;
// what has the focus inside is brought into view, since scrolling the page cannot do that.
const HEADER = 88;
const AIR = 16;

function keep(column) {
  const lowest = () => Math.min(HEADER, innerHeight - column.offsetHeight - AIR);
  const put = (wanted) => column.style.setProperty("--stay", `${Math.max(lowest(), Math.min(HEADER, wanted))}px`);
  const rest = () => put(lowest());
  const show = (part) => {
    const { top, bottom } = part.getBoundingClientRect();
    const from = column.getBoundingClientRect().top;
    if (top < HEADER) put(from + HEADER + AIR - top);
    else if (bottom > innerHeight - AIR) put(from - (bottom - innerHeight + AIR));
  };
  // Another day has more times or fewer: whoever has just chosen it still sees it.
  const settle = () => {
    rest();
    if (column.contains(document.activeElement)) show(document.activeElement);
  };
  column.dataset.stays = "";
  new ResizeObserver(settle).observe(column);
  addEventListener("resize", rest);
  addEventListener("wheel", rest, { passive: true });
  column.addEventListener("focusin", (event) => requestAnimationFrame(() => show(event.target)));
}

export function start() {
  for (const column of document.querySelectorAll("[data-tall]")) keep(column);
}
