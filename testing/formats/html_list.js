"use strict";
// The list of histories: opening, filters, keys.
(() => {
  const { detail, el, list, object, plural, text } = cohort;
  const byId = (id) => document.getElementById(id);
  const data = object(JSON.parse(byId("cohort-data").textContent));
  const reports = list(data.reports).map(object);

  const bodies = [...document.querySelectorAll("tbody.history")];
  const reportOf = (body) => reports[Number(body.dataset.report)] || {};
  const buttonOf = (body) => body.querySelector("button.source");

  function toggle(body, open) {
    const button = buttonOf(body);
    let row = body.querySelector("tr.detail");
    const isOpen = button.getAttribute("aria-expanded") === "true";
    if (open === undefined) open = !isOpen;
    if (open && row === null) {
      const cell = el("td", { colspan: "5" }, ...detail(reportOf(body)));
      row = el("tr", { class: "detail", id: button.getAttribute("aria-controls") }, cell);
      body.append(row);
    }
    if (row !== null) row.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    body.classList.toggle("open", open);
  }

  function arm(body) {
    const label = body.querySelector(".source");
    const button = el(
      "button",
      { type: "button", class: "source", "aria-expanded": "false", "aria-controls": `d${body.dataset.report}` },
      ...label.childNodes
    );
    if (label.title) button.title = label.title;
    label.replaceWith(button);
    body.querySelector("tr.row").addEventListener("click", (event) => {
      const selecting = String(getSelection()) !== "" && !event.target.closest("button");
      if (!selecting) toggle(body);
    });
  }

  // ---- Filters ----------------------------------------------------------------

  const chips = [...document.querySelectorAll(".chip")];
  const type = byId("type");
  const search = byId("search");
  const haystacks = new Map();

  function strings(value, out) {
    if (value !== null && typeof value === "object") {
      for (const item of Object.values(value)) strings(item, out);
    } else {
      out.push(text(value));
    }
    return out;
  }

  function haystack(body) {
    if (!haystacks.has(body)) {
      haystacks.set(body, strings(reportOf(body), []).join("\n").toLowerCase());
    }
    return haystacks.get(body);
  }

  function filter() {
    const verdicts = new Set(
      chips.filter((c) => c.getAttribute("aria-pressed") === "true").map((c) => c.dataset.verdict)
    );
    const words = search.value.toLowerCase().split(/\s+/).filter((w) => w !== "");
    let shown = 0;
    for (const body of bodies) {
      const matches =
        (verdicts.size === 0 || verdicts.has(body.dataset.verdict)) &&
        (type.selectedIndex <= 0 || body.dataset.type === type.value) &&
        (words.length === 0 || words.every((w) => haystack(body).includes(w)));
      body.hidden = !matches;
      if (matches) shown += 1;
    }
    byId("shown").textContent =
      shown === bodies.length ? plural(shown, "history", "histories") : `${shown} of ${bodies.length} histories`;
    byId("nothing").hidden = shown > 0 || bodies.length === 0;
  }

  function press(verdict, alone) {
    for (const chip of chips) {
      const mine = chip.dataset.verdict === verdict;
      const was = chip.getAttribute("aria-pressed") === "true";
      chip.setAttribute("aria-pressed", String(mine ? alone || !was : was && !alone));
    }
  }

  function chooseType(name) {
    const index = [...type.options].findIndex((o, i) => i > 0 && o.value === name);
    type.selectedIndex = Math.max(index, 0);
  }

  function showAll() {
    press(null, true);
    type.selectedIndex = 0;
    search.value = "";
    filter();
  }

  // A count in the table of verdicts shows what it counts.
  function armCount(cell) {
    const { verdict, type: name } = cell.dataset;
    const label = `${cell.textContent} ${verdict} of ${name}: show them`;
    const button = el("button", { type: "button", class: "count", "aria-label": label }, ...cell.childNodes);
    cell.append(button);
    button.addEventListener("click", () => {
      press(verdict, true);
      chooseType(name);
      search.value = "";
      filter();
      byId("histories").scrollIntoView();
      const first = bodies.find((b) => !b.hidden);
      if (first) buttonOf(first).focus({ preventScroll: true });
    });
  }

  // ---- Keys ---------------------------------------------------------------------

  function move(step) {
    const visible = bodies.filter((b) => !b.hidden);
    if (visible.length === 0) return;
    const at = visible.indexOf(document.activeElement?.closest("tbody.history"));
    const next = at < 0 ? (step > 0 ? 0 : visible.length - 1) : at + step;
    const target = visible[Math.min(Math.max(next, 0), visible.length - 1)];
    buttonOf(target).focus();
    buttonOf(target).scrollIntoView({ block: "nearest" });
  }

  const keys = byId("keys");

  function onSearchKey(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      if (search.value === "") {
        move(1);
      } else {
        search.value = "";
        filter();
      }
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      move(1);
    }
  }

  function onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (event.target === search) return onSearchKey(event);
    if (event.target.closest("input, select, textarea")) return;
    const inList = event.target.closest("button.source") !== null;
    const actions = {
      "/": () => search.focus(),
      "?": () => keys.showModal(),
      j: () => move(1),
      k: () => move(-1),
      ArrowDown: inList ? () => move(1) : null,
      ArrowUp: inList ? () => move(-1) : null,
    };
    const action = Object.hasOwn(actions, event.key) ? actions[event.key] : null;
    if (!action) return;
    event.preventDefault();
    action();
  }

  // ---- Begin ----------------------------------------------------------------------

  bodies.forEach(arm);
  document.querySelectorAll("td.num[data-verdict]:not(.zero)").forEach(armCount);
  for (const chip of chips) {
    chip.addEventListener("click", () => {
      press(chip.dataset.verdict, false);
      filter();
    });
  }
  type.addEventListener("change", filter);
  search.addEventListener("input", filter);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", showAll);
  byId("keys-open").addEventListener("click", () => keys.showModal());
  byId("keys-close").addEventListener("click", () => keys.close());
  document.addEventListener("keydown", onKey);
  byId("tools").hidden = bodies.length === 0;
  byId("noscript").hidden = true;
  filter();
  const linked = bodies.find((b) => `#${b.id}` === location.hash);
  if (linked) toggle(linked, true);
})();
