// Looks every three seconds whether anything arrived; reloads unless somebody is writing. The wall works without it.
(() => {
  const { watch, moved } = document.body.dataset;
  const writing = () =>
    [...document.querySelectorAll("textarea, input:not([type=hidden])")].some((field) =>
      field.type === "file" ? field.files.length : field.value !== field.defaultValue,
    ) || /^(INPUT|TEXTAREA)$/.test(document.activeElement?.tagName ?? "");
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`/wall/moved/${watch}`);
      if (!answer.ok || String((await answer.json()).moved) === moved) return;
    } catch {
      return; // the sandbox is away; it may come back
    }
    if (writing()) document.getElementById("news").hidden = false;
    else location.reload();
  };
  setInterval(look, 3000);
})();
