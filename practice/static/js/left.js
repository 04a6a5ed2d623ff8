// The way back after "Leave this page" shows nothing in this tab, signed in or not. Runs before anything is drawn.
(() => {
  const hide = (isBack) => {
    let where = null;
    try { where = sessionStorage.getItem("left"); } catch { return; }
    if (where && !isBack) sessionStorage.removeItem("left"); // somebody came here anew
    if (!where || !isBack) return;
    document.documentElement.hidden = true;
    location.replace(where);
  };
  hide(performance.getEntriesByType("navigation")[0]?.type === "back_forward");
  addEventListener("pageshow", (event) => { if (event.persisted) hide(true); });
})();
