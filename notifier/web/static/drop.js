// A file may be dropped on the form; without this it is chosen by its field.
(function () {
  "use strict";
  var place = document.getElementById("jatuh"), field = document.getElementById("file");
  if (!place || !field) return;
  place.querySelector("[data-hint]").hidden = false;
  ["dragover", "drop"].forEach(function (name) {  // beside it: else the browser would leave the page for the file
    document.addEventListener(name, function (event) { event.preventDefault(); });
  });
  ["dragenter", "dragover"].forEach(function (name) {
    place.addEventListener(name, function (event) { event.preventDefault(); place.classList.add("over"); });
  });
  ["dragleave", "drop"].forEach(function (name) {
    place.addEventListener(name, function () { place.classList.remove("over"); });
  });
  var going = document.querySelector("[data-going]");
  field.form.addEventListener("submit", function () { going.hidden = false; });
  window.addEventListener("pageshow", function () { going.hidden = true; });  // come back to from the next page
  place.addEventListener("drop", function (event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) field.files = event.dataTransfer.files;
  });
})();
