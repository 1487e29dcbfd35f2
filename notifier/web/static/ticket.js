// A ticket's page from the keyboard: into the boxes, on to the next ticket of the list one came from, and back to it.
// The page works without it: every act is a form.
"use strict";
(() => {
  const ticket = document.getElementById("ticket");
  if (!ticket) return;
  const { number, me, whose } = ticket.dataset;
  const find = (what) => document.querySelector(what);
  const help = document.getElementById("help");
  let list = { address: "/desk", numbers: [] }; // as desk.js left it
  try { list = JSON.parse(sessionStorage.getItem("desk.list")) || list; } catch { /* somebody else's words */ }
  let how = "answer"; // what Ctrl Enter does with the words to the citizen

  function beside(by) { // the ticket before or after this one in that list
    const place = list.numbers.indexOf(number);
    return place < 0 ? "" : list.numbers[place + by] || "";
  }
  function go(by) {
    const other = beside(by);
    sessionStorage.setItem("desk.here", `${other}:${list.numbers.indexOf(other)}`);
    window.location.assign(`/desk/tickets/${encodeURIComponent(other)}`);
  }
  function back() { // what is still held can be taken back from the list too
    const address = new URL(list.address, window.location.origin);
    if (find("#undo")) address.searchParams.set("held", number);
    window.location.assign(address);
  }
  function write(field) {
    const box = field.closest("details");
    if (box) box.open = true;
    field.focus();
  }
  const said = () => find(`.composer.answer button[name=act][value=${how}]`) || find(".composer.answer button[name=act]");
  function say(act) { // the button that Ctrl Enter presses is the one that stands out
    how = act;
    const last = said();
    last.parentElement.querySelectorAll("button").forEach((one) => one.classList.toggle("second", one !== last));
    write(find("#text"));
  }
  const takes = () => whose !== me && [...(find("#to") || { options: [] }).options].some((one) => one.value === me);
  function take() {
    find("#to").value = me;
    find("#to").form.requestSubmit();
  }
  function send(field) {
    const button = field.id === "text" ? said() : field.form.querySelector("button.button");
    if (button) field.form.requestSubmit(button);
  }
  const there = (what) => () => Boolean(find(what));
  const KEYS = { // what a key does, and whether there is anything to do it to
    j: [() => go(1), () => beside(1)],
    k: [() => go(-1), () => beside(-1)],
    a: [take, takes],
    c: [() => find("#to-category").focus(), there("#to-category")],
    r: [() => say("answer"), there("#text")],
    e: [() => say("resolve"), there(".composer.answer button[name=act][value=resolve]")],
    n: [() => write(find("#note")), there("#note")],
    m: [() => write(find("#into")), there("#into")],
    i: [() => write(find("#what, #numbers")), there("#what, #numbers")],
    u: [() => find("#undo").requestSubmit(), there("#undo")],
    "/": [() => find("#q").focus(), there("#q")],
    "?": [() => { told(); help.showModal(); }, () => true],
    Escape: [back, () => true],
  };
  function told() { // only the keys that do something here
    const can = (key) => (KEYS[key] || KEYS.Escape)[1]();
    document.querySelectorAll("[data-key]").forEach((one) => {
      const keys = one.dataset.key === "jk" ? ["j", "k"] : [one.dataset.key];
      one.hidden = !keys.some(can);
    });
  }
  document.addEventListener("keydown", (event) => {
    if (help.open) return; // its own Escape closes it
    const field = event.target.closest("input, select, textarea");
    if (field && event.key === "Escape") { field.blur(); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && ["text", "note"].includes(event.target.id)) {
      event.preventDefault(); send(event.target); return;
    }
    if (event.key === "Enter" && event.target.id === "canned") { // chosen: put in
      event.preventDefault(); event.target.parentElement.querySelector("button").click(); return;
    }
    if (event.key === "Enter" && event.target.id === "to-category") {
      event.preventDefault(); event.target.form.requestSubmit(); return;
    }
    if (field || event.ctrlKey || event.metaKey || event.altKey) return;
    const [act, can] = KEYS[event.key] || [];
    if (act && can()) { event.preventDefault(); act(); }
  });
  document.addEventListener("htmx:afterSettle", (event) => { // what was put in is read, and mended, next
    if (event.detail.elt.id === "text") find("#text").focus();
  });
  const undo = find("#undo");
  if (undo) window.setTimeout(() => { undo.remove(); told(); }, Number(undo.dataset.seconds) * 1000);
  told();
  find("#keys").hidden = false;
})();
