// A ticket's page from the keyboard: into the boxes, on to the next ticket of the list one came from, and back to it.
// The page works without it: every act is a form.
"use strict";
(() => {
  const ticket = document.getElementById("ticket");
  if (!ticket) return;
  const { number, me } = ticket.dataset;
  const find = (what) => document.querySelector(what);
  let list = { address: "/desk", numbers: [] }; // as desk.js left it
  try { list = JSON.parse(sessionStorage.getItem("desk.list")) || list; } catch { /* somebody else's words */ }
  let resolving = false;

  function go(by) {
    const place = list.numbers.indexOf(number) + by;
    const other = list.numbers.includes(number) && list.numbers[place];
    if (!other) return;
    sessionStorage.setItem("desk.here", `${other}:${place}`);
    window.location.assign(`/desk/tickets/${encodeURIComponent(other)}`);
  }
  function write(field, resolve = false) {
    if (!field) return;
    const box = field.closest("details");
    if (box) box.open = true;
    resolving = resolve;
    field.focus();
  }
  function take() {
    const to = find("#to");
    if (!to || ![...to.options].some((one) => one.value === me)) return;
    to.value = me;
    to.form.requestSubmit();
  }
  function send(field) {
    const last = resolving && field.id === "text" ? "button[value=resolve]" : "button.button:not([formaction])";
    const button = field.form.querySelector(last);
    if (button) field.form.requestSubmit(button);
  }
  const KEYS = {
    j: () => go(1),
    k: () => go(-1),
    a: take,
    r: () => write(find("#text")),
    e: () => write(find("#text"), true),
    n: () => write(find("#note")),
    Escape: () => window.location.assign(list.address),
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input, select, textarea");
    if (field && event.key === "Escape") { field.blur(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ["text", "note"].includes(event.target.id)) {
      event.preventDefault(); send(event.target); return;
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS[event.key];
    if (key) { event.preventDefault(); key(); }
  });
  find("#keys").hidden = false;
})();
