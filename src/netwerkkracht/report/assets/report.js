"use strict";
(() => {
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const keep = (name, value) => { try { return value === undefined ? localStorage.getItem(name) : localStorage.setItem(name, value); } catch { return null; } };

  // theme: the system's choice until the reader presses the button
  const button = at("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const show = () => button.setAttribute("aria-pressed", String(dark()));
  const kept = keep("theme");
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  show();
  system.addEventListener("change", show);
  button.addEventListener("click", () => { root.dataset.theme = dark() ? "light" : "dark"; keep("theme", root.dataset.theme); show(); });

  // the language link keeps the place: the anchor asked for, or the heading last passed
  const language = at("language");
  const heads = [...document.querySelectorAll("main h2[id], main h3[id], main figure[id]")];
  const here = () => { let id = ""; for (const head of heads) { if (head.getBoundingClientRect().top < 140) id = head.id; else break; } return id; };
  if (language) {
    const plain = language.getAttribute("href");
    const aim = () => { const id = location.hash.slice(1) || here(); language.setAttribute("href", id ? plain + "#" + id : plain); };
    for (const kind of ["pointerenter", "focus", "click"]) language.addEventListener(kind, aim);
  }

  // the contents show where the reader is
  const links = new Map([...document.querySelectorAll("nav.contents a[href^='#']")].map((link) => [link.hash.slice(1), link]));
  let waiting = false;
  const mark = () => {
    waiting = false;
    let current = null;
    for (const head of document.querySelectorAll("main h2[id]")) { if (head.getBoundingClientRect().top < 160) current = head.id; else break; }
    for (const [id, link] of links) { if (id === current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); }
  };
  addEventListener("scroll", () => { if (!waiting) { waiting = true; requestAnimationFrame(mark); } }, { passive: true });
  mark();

  // a number opens its origin beside the text; without this script the link leads to the list
  const dialog = at("why");
  const body = at("why-body");
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.num");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !dialog.showModal) return;
    const entry = at(link.hash.slice(1));
    if (!entry) return;
    event.preventDefault();
    body.replaceChildren(...[...entry.cloneNode(true).childNodes]);
    const file = entry.querySelector("a[href^='#file-']");
    const more = file && at(file.hash.slice(1));
    if (more) body.append(more.querySelector("dl").cloneNode(true));
    at("why-link").href = link.hash;
    dialog.showModal();
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("a")) dialog.close(); });
  // a link to a step opens it
  const unfold = () => { const inside = location.hash.startsWith("#step-") && at(location.hash.slice(1))?.querySelector("details"); if (inside) inside.open = true; };
  addEventListener("hashchange", unfold);
  unfold();
  at("why-close").addEventListener("click", () => dialog.close());

})();
