// The desk's list from the keyboard, and kept up to date without losing place or selection.
// The page works without it: every act is a form, every list an address.
"use strict";
(() => {
  const board = document.getElementById("board");
  if (!board) return;
  const HERE = "desk.here"; // the ticket one stood at, and which of the list it was, for coming back
  const find = (what, within = document) => within.querySelector(what);
  const all = (what, within = document) => [...within.querySelectorAll(what)];
  const rows = () => all("li.ticket", board);
  const ticks = () => all("input[name=t]", board);
  const link = (row) => find("a.main", row);
  const current = () => document.activeElement.closest("li.ticket") || rows().find((row) => row.dataset.number === at);
  let lent = ""; // the ticket that was ticked only because one stood there: for one act, nobody chose it
  let [at, place] = (sessionStorage.getItem(HERE) || ":0").split(":");

  // --- place and selection ---
  function keep(row) {
    at = row.dataset.number;
    place = rows().indexOf(row);
    sessionStorage.setItem(HERE, `${at}:${place}`);
    rows().forEach((one) => one.classList.toggle("here", one === row));
  }
  function stand(row, still = false) {
    if (!row) return;
    keep(row);
    link(row).focus({ preventScroll: still });
  }
  function next() { // after an act: where one stood, or what moved up there when the ticket went elsewhere
    const list = rows();
    return list[Math.min(Number(place), list.length - 1)];
  }
  function giveBack() {
    const tick = lent && ticks().find((one) => one.value.startsWith(`${lent}:`));
    if (tick) tick.checked = false;
    lent = "";
    told();
  }
  function step(by) {
    giveBack();
    const list = rows();
    const now = list.indexOf(current());
    stand(list[now < 0 ? 0 : Math.min(Math.max(now + by, 0), list.length - 1)]);
  }
  function choose() { // what is meant when nothing is ticked: where one stands
    if (!ticks().some((tick) => tick.checked)) {
      const row = current() || rows()[0];
      if (!row) return false;
      stand(row);
      const tick = find("input[name=t]", row);
      if (tick) { tick.checked = true; lent = row.dataset.number; }
    }
    told();
    return true;
  }
  function told() {
    const label = document.getElementById("ticked");
    if (!label) return;
    label.dataset.words = label.dataset.words || label.textContent;
    const n = ticks().filter((tick) => tick.checked).length;
    label.textContent = n ? `${label.dataset.words}: ${n}` : label.dataset.words;
  }

  function onward() { // where one stands after an answer to what is ticked: at the first below that has none yet
    const list = rows();
    const left = (row) => !find("input[name=t]:checked", row);
    const here = list.slice(list.indexOf(current()) + 1).find(left) || list.find(left);
    if (here) keep(here);
  }

  // --- fetching anew ---
  function put(html, mine) {
    const stood = document.activeElement === document.body || board.contains(document.activeElement);
    const chosen = new Map(ticks().filter((tick) => tick.checked).map((tick) => tick.value.split(":")));
    const mark = current();
    const top = mark ? mark.getBoundingClientRect().top : null;
    const said = mine ? [] : all(":scope > .flash", board); // what was just said stays to be read
    if (mine) all("main > .flash[role=status]").forEach((one) => one.remove());
    board.innerHTML = html;
    board.prepend(...said);
    for (const tick of ticks()) {
      const [number, version] = tick.value.split(":");
      if (!chosen.has(number)) continue;
      tick.checked = true;
      tick.closest("li").classList.toggle("changed", !mine && chosen.get(number) !== version);
    }
    const row = mine ? next() : rows().find((one) => one.dataset.number === at);
    if (row) {
      if (top !== null && !mine) window.scrollBy(0, row.getBoundingClientRect().top - top);
      if (stood) stand(row, !mine); // whoever went on to a field meanwhile stays there
      else keep(row);
    }
    told();
  }
  async function fetched(address, options = {}, more = {}) {
    const headers = { "HX-Request": "true", ...more };
    const answer = await fetch(address, { ...options, headers, credentials: "same-origin" });
    const door = answer.headers.get("HX-Redirect");
    if (door) window.location.assign(door);
    return answer.ok || answer.status === 400 ? answer : null;
  }
  let fetching = false;
  async function refresh() {
    if (fetching || document.hidden) return;
    fetching = true;
    try {
      const answer = await fetched(board.dataset.part, {}, { "X-Refresh": "true" });
      if (answer) put(await answer.text(), false);
    } catch { /* away: the next time */ } finally { fetching = false; }
  }
  async function act(what) { // to what is ticked; the server says so when nothing is
    const filled = new URLSearchParams(new FormData(document.getElementById("bulk")));
    filled.set("do", what);
    giveBack(); // what somebody ticked stays so: taken, then answered
    if (!board.contains(document.activeElement)) stand(current() || rows()[0]);
    const answer = await fetched("/desk/bulk", { method: "POST", body: filled });
    if (!answer) return;
    put(await answer.text(), true);
    if (what === "note" && answer.ok) { find("#note").value = ""; find("#inside").open = false; }
  }

  // --- keys ---
  function write(box, field, how) {
    const details = document.getElementById(box);
    if (!details || !choose()) return;
    details.open = true;
    const row = current() || rows()[0];
    if (row) row.scrollIntoView({ block: "start" }); // what is answered stays in sight
    if (how) find("#act").value = how;
    document.getElementById(field).focus({ preventScroll: true });
  }
  const help = document.getElementById("help");
  const HAS = { // what a key needs here; the others are not told of
    jk: "li.ticket", x: "input[name=t]", a: "button[value=take]", c: "#to-category", r: "#reply", e: "#reply", n: "#inside", u: "#undo",
  };
  function showKeys() {
    all("[data-key]", help).forEach((one) => { one.hidden = Boolean(HAS[one.dataset.key]) && !find(HAS[one.dataset.key]); });
    help.showModal();
  }
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: () => { const row = current() || rows()[0]; if (row) { stand(row); const tick = find("input[name=t]", row); if (tick) tick.checked = !tick.checked; lent = ""; told(); } },
    a: () => find("button[value=take]") && choose() && act("take"),
    c: () => find("#to-category") && choose() && find("#to-category").focus(),
    r: () => write("reply", "text", "answer"),
    e: () => write("reply", "text", "resolve"),
    n: () => write("inside", "note"),
    u: () => { const undo = document.getElementById("undo"); if (undo) undo.requestSubmit(); },
    "/": () => { find("#q").focus(); find("#q").select(); },
    "?": showKeys,
  };
  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("input:not([type=checkbox]), select, textarea");
    if (event.key === "Enter" && event.target.name === "t") { link(current()).click(); return; }
    if (event.key === "Escape" && field) { giveBack(); stand(current() || rows()[0]); return; }
    if (event.key === "Enter" && event.target.id === "to-category") { event.preventDefault(); act("categorise"); return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "text") {
      event.preventDefault(); find("button[value=preview]").click(); return;
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.id === "note") {
      event.preventDefault(); act("note"); return;
    }
    if (field || help.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = KEYS[event.key];
    if (key) { event.preventDefault(); key(); }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[form=bulk]");
    if (button && ["take", "assign", "categorise", "note"].includes(button.value)) { event.preventDefault(); act(button.value); }
    else if (button && choose() && button.value === "preview") onward();
  });
  board.addEventListener("change", () => { lent = ""; told(); });
  board.addEventListener("focusin", (event) => {
    const row = event.target.closest("li.ticket");
    if (row) keep(row);
  });
  const keys = document.getElementById("keys");
  keys.hidden = false;
  keys.addEventListener("click", showKeys);
  const back = rows().find((row) => row.dataset.number === at) || (document.getElementById("undo") ? next() : null);
  if (back && document.activeElement === document.body) stand(back);
  told();
  window.addEventListener("pagehide", () => { // a ticket's page goes on to the next one of this list, and back to it
    const here = new URL(window.location.href);
    here.searchParams.delete("held");
    here.searchParams.delete("ticked");
    const numbers = rows().map((row) => row.dataset.number);
    sessionStorage.setItem("desk.list", JSON.stringify({ address: here.pathname + here.search, numbers }));
  });
  window.setTimeout(() => { const undo = document.getElementById("undo"); if (undo) undo.remove(); }, 20000);

  // --- live ---
  let asking = 0;
  const poll = () => { asking = asking || window.setInterval(refresh, 30000); };
  if (!window.EventSource) poll();
  else {
    const live = new EventSource(board.dataset.live);
    live.addEventListener("board", refresh);
    live.addEventListener("open", () => { window.clearInterval(asking); asking = 0; });
    live.addEventListener("error", poll); // until it is open again, ask now and then
    window.addEventListener("pagehide", () => live.close());
  }
})();
