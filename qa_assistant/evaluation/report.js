"use strict";
// Filters the cases; what is chosen is the address's fragment, so that a view can be linked to.
// Without this script every case is shown and `#case-…` still leads to its case.
(() => {
  const form = document.getElementById("filters");
  const cases = [...document.querySelectorAll("details.case")].map((element) => ({
    element,
    outcome: element.dataset.outcome,
    change: element.dataset.change,
    tags: JSON.parse(element.dataset.tags),
    text: null,
  }));

  // Without accents, so that İ is found as i and é as e.
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const textOf = (one) => (one.text ??= folded(one.element.textContent));

  function apply() {
    const chosen = new FormData(form);
    const tags = chosen.getAll("tag");
    const words = folded(chosen.get("q")).split(/\s+/).filter(Boolean);
    const among = (name, value) => !chosen.has(name) || chosen.getAll(name).includes(value);
    let shown = 0;
    for (const one of cases) {
      const matches =
        among("outcome", one.outcome) &&
        among("change", one.change) &&
        tags.every((tag) => one.tags.includes(tag)) &&
        words.every((word) => textOf(one).includes(word));
      one.element.hidden = !matches;
      shown += matches;
    }
    document.getElementById("shown").value = `${shown} of ${cases.length} cases`;
  }

  function remember() {
    const chosen = new URLSearchParams(new FormData(form));
    if (!chosen.get("q")) chosen.delete("q");
    history.replaceState(null, "", `#${chosen}`);
  }

  function choose(parameters) {
    for (const control of form.elements) {
      if (control.type === "checkbox") control.checked = parameters.getAll(control.name).includes(control.value);
    }
    form.elements.q.value = parameters.get("q") ?? "";
    apply();
  }

  function follow() {
    const fragment = location.hash.slice(1);
    const target = fragment.startsWith("case-") && document.getElementById(fragment);
    if (target) {
      if (target.hidden) choose(new URLSearchParams());
      target.open = true;
      target.scrollIntoView();
    } else if (fragment.includes("=")) {
      choose(new URLSearchParams(fragment));
      document.getElementById("cases").scrollIntoView();
    }
  }

  form.addEventListener("input", () => { apply(); remember(); });
  form.addEventListener("reset", () => setTimeout(() => { apply(); remember(); }));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", follow);
  form.hidden = false;
  apply();
  follow();
})();
