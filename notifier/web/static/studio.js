// Comfort while writing; without this everything is there too.
(function () {
  "use strict";
  var form = document.getElementById("editor");
  if (!form) return;
  var again = document.getElementById("mail-again"), waiting, field = form.querySelector("textarea");

  function place(text, line, column) {
    var at = 0;
    while (--line > 0 && at >= 0) at = text.indexOf("\n", at) + 1 || -1;
    return Math.max(at, 0) + column - 1;
  }

  function button(of, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.className = "snippet";
    made.textContent = of.textContent;
    made.addEventListener("click", act);
    of.replaceChildren(made);
  }

  form.addEventListener("focusin", function (event) {
    if (event.target.tagName === "TEXTAREA") field = event.target;
  });

  // the palette writes where the cursor stands, in the field that was used last
  if (field && !field.readOnly) document.querySelectorAll("[data-snippet]").forEach(function (one) {
    button(one, function () {
      field.focus();
      field.setRangeText(one.dataset.snippet, field.selectionStart, field.selectionEnd, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // a finding leads to its place
  document.querySelectorAll("[data-line]").forEach(function (one) {
    button(one, function () {
      var told = one.dataset, source = document.getElementById(told.field);
      var at = place(source.value, Number(told.line), Number(told.column));
      source.focus();
      source.setSelectionRange(at, at + Number(told.length));
    });
  });

  // Ctrl+Enter checks, Ctrl+S keeps the draft
  form.addEventListener("keydown", function (event) {
    if (!event.ctrlKey && !event.metaKey) return;
    var wanted = event.key === "Enter" ? "check" : event.key === "s" ? "save" : "";
    var pressed = wanted && form.querySelector("button[name=do][value=" + wanted + "]");
    if (!pressed) return;
    event.preventDefault();
    form.requestSubmit(pressed);
  });

  // the frame of a mail follows the typing; the button does the same
  if (again) form.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { form.requestSubmit(again); }, 700);
  });
})();
