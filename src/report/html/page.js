// Shows and hides findings; everything is there without it.
(() => {
  "use strict";
  const form = document.getElementById("filter");
  const shown = document.getElementById("shown");
  const search = form.querySelector("input[type=search]");
  const boxes = [...form.querySelectorAll("input[name=level]")];
  const findings = [...document.querySelectorAll("[data-fingerprint]")];
  const groups = [...document.querySelectorAll("[data-group]")].reverse();
  const texts = [];
  const text = (at) => (texts[at] ??= findings[at].textContent.toLowerCase());
  const filter = () => {
    const words = search.value.trim().toLowerCase();
    const levels = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let count = 0;
    findings.forEach((finding, at) => {
      const fits = levels.has(finding.dataset.level) && (words === "" || text(at).includes(words));
      finding.classList.toggle("off", !fits);
      count += fits;
    });
    for (const group of groups) {
      group.classList.toggle("off", group.querySelector("[data-fingerprint]:not(.off)") === null);
    }
    shown.textContent = `${count} of ${findings.length} findings shown`;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
  filter();

  const open = () => {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.classList.remove("off");
    for (let at = target; at; at = at.parentElement) {
      at.classList.remove("off");
      if (at.localName === "details") at.open = true;
    }
    target.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  // Everything prints, also what is closed.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
})();
