// While somebody types, the frame of a mail follows; without this the button does the same.
(function () {
  "use strict";
  var form = document.getElementById("editor"), again = document.getElementById("mail-again"), waiting;
  if (!form || !again) return;
  form.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () { form.requestSubmit(again); }, 700);
  });
})();
