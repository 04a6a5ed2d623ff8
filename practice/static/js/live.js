// What is new comes into [data-fragment="…"] by itself, from the address in its data-live, which answers as soon as
// something is. Nobody looks at a hidden page, so it asks for nothing; a server that cannot wait is asked less and less.
import { swap } from "./fragment.js";

const AGAIN = 2, SELDOM = 60; // seconds
const sleep = (seconds) => new Promise((wake) => setTimeout(wake, seconds * 1000));
const turned = () => new Promise((wake) => document.addEventListener("visibilitychange", wake, { once: true }));

async function listen(name) {
  let pause = AGAIN;
  for (let part; (part = document.querySelector(`[data-fragment="${name}"][data-live]`));) {
    while (document.hidden) await turned();
    const began = performance.now();
    const line = new AbortController();
    turned().then(() => line.abort());
    const news = await swap(name, part.dataset.live, line.signal);
    const waited = performance.now() - began > AGAIN * 1000;
    pause = news || (news === "" && waited) ? AGAIN : Math.min(pause * 2, SELDOM);
    await sleep(news === "" && waited ? 0 : pause);
  }
}

export function start(part) {
  for (const each of part.querySelectorAll("[data-live]")) listen(each.dataset.fragment);
}
