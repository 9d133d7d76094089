"use strict";
// One history, opened: cohort.detail(report) is its content, as nodes. Texts of
// the report come into the page as text only.
const cohort = (() => {
  const list = (v) => (Array.isArray(v) ? v : []);
  const object = (v) => (v !== null && typeof v === "object" ? v : {});
  const text = (v) =>
    typeof v === "string" || typeof v === "number" || typeof v === "boolean" ? String(v) : "";

  // el("p", {class: "x"}, "text", child)
  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children.filter((c) => c !== null && c !== ""));
    return node;
  }
  const plural = (n, one, many) => `${n} ${n === 1 ? one : many}`;

  function facts(report) {
    const pairs = [
      ["file", report.source],
      ["workflow", report.workflow_id],
      ["run", report.run_id],
      ["rules of", report.profile],
      ["status", report.status],
      ["stage", report.stage],
      ["events", report.events],
      ["turns", report.turns],
    ].filter(([, value]) => text(value) !== "");
    if (pairs.length === 0) return null;
    return el(
      "dl",
      { class: "facts" },
      ...pairs.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, text(value))))
    );
  }

  function side(name, value, nothing, site) {
    return el(
      "div",
      { class: `pane ${name}` },
      el("h4", {}, name, site ? el("span", { class: "site" }, site) : null),
      value ? el("code", {}, value) : el("em", {}, nothing)
    );
  }

  function differences(rows) {
    if (rows.length === 0) return null;
    const head = ["field", "history", "code"].map((h) => el("th", { scope: "col" }, h));
    const body = rows.map((d) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, text(d.field)),
        el("td", {}, el("code", {}, text(d.history))),
        el("td", {}, el("code", {}, text(d.code)))
      )
    );
    return el(
      "table",
      { class: "differences" },
      el("thead", {}, el("tr", {}, ...head)),
      el("tbody", {}, ...body)
    );
  }

  function guard(code) {
    if (!code) return null;
    const copy = el("button", { type: "button", class: "quiet" }, "Copy");
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(code);
        copy.textContent = "Copied";
      } catch {
        // No right to the clipboard: the text is marked, to copy by hand.
        getSelection().selectAllChildren(block);
        copy.textContent = "Marked";
      }
    });
    const block = el("pre", { tabindex: "0" }, el("code", {}, code));
    return part("Proposed guard", el("div", { class: "guard" }, block, copy));
  }

  function part(title, ...children) {
    const kept = children.filter((c) => c !== null);
    return kept.length === 0 ? null : el("div", { class: "part" }, el("h3", {}, title), ...kept);
  }

  function said(name, value) {
    return value ? el("p", { class: "said" }, el("b", {}, `${name} `), value) : null;
  }

  // What breaks, or would without the allow list.
  const breakOf = (report) => (report.divergence ? report : object(report.excused));

  function divergence(report) {
    if (!breakOf(report).divergence) return null;
    const d = object(breakOf(report).divergence);
    const event = text(d.event_id);
    const where = `Turn ${text(d.turn) || "?"}${event && event !== "0" ? `, event ${event}` : ""}`;
    return part(
      where,
      el(
        "div",
        { class: "panes" },
        side("history", text(d.history), "nothing here"),
        side("code", text(d.code), "nothing more", text(d.site))
      ),
      differences(list(d.differences).map(object)),
      said("Hint:", text(d.hint))
    );
  }

  // ---- The turns, history and code side by side ---------------------------

  function timelineRow(row) {
    const same = row.same === true;
    const cell = (name, value, extra) =>
      el(
        "span",
        { class: name, role: "cell" },
        el("span", { class: "label" }, name),
        value ? el("code", {}, value) : el("em", {}, "nothing"),
        extra
      );
    const site = text(row.site);
    return el(
      "div",
      { class: same ? "line" : "line differs", role: "row" },
      el("span", { class: "event", role: "cell" }, text(row.event_id) === "0" ? "" : text(row.event_id)),
      cell("history", text(row.history), null),
      el("span", { class: "mark", role: "cell" }, same ? "=" : "≠",
        el("span", { class: "sr" }, same ? " agree" : " differ")),
      cell("code", text(row.code), site ? el("span", { class: "site" }, site) : null)
    );
  }

  function turn(t) {
    const agrees = t.same === true;
    return el(
      "div",
      { class: agrees ? "turn" : "turn differs", role: "rowgroup" },
      el("div", { class: "turn-head", role: "row" },
        el("span", { role: "cell" }, `turn ${text(t.turn)}`, agrees ? "" : el("b", {}, " differs"))),
      ...list(t.rows).map(object).map(timelineRow)
    );
  }

  // Turns that agree are folded, but for the one before a difference.
  function timeline(report) {
    const turns = list(breakOf(report).timeline).map(object);
    if (turns.length === 0) return null;
    const agrees = (t) => t.same === true;
    const table = (...rows) =>
      el(
        "div",
        { class: "timeline", role: "table", "aria-label": "history and code by turn" },
        el("div", { class: "columns", role: "row" },
          ...["event", "history", "", "code"].map((h) =>
            el("span", { role: "columnheader" }, h))),
        ...rows
      );
    const out = [];
    let folded = [];
    const unfold = () => {
      if (folded.length === 0) return;
      const title = `${plural(folded.length, "turn agrees", "turns agree")}: ${span(folded)}`;
      out.push(el("details", { class: "folded" }, el("summary", {}, title), table(...folded.map(turn))));
      folded = [];
    };
    turns.forEach((t, i) => {
      const next = turns[i + 1];
      if (agrees(t) && !(next && !agrees(next))) {
        folded.push(t);
        return;
      }
      unfold();
      out.push(table(turn(t)));
    });
    unfold();
    return part("Turns", ...out);
  }

  function span(turns) {
    const first = text(turns[0].turn);
    const last = text(turns[turns.length - 1].turn);
    return first === last ? first : `${first} to ${last}`;
  }

  // ---- What else is known -------------------------------------------------

  const branch = (v) => (text(v) === "-1" ? "default" : text(v));
  const answer = (v) =>
    v.family !== "patch" ? branch(v.version) : text(v.version) === "-1" ? "not patched" : "patched";

  function versions(report) {
    const rows = list(report.versions).map(object);
    if (rows.length === 0) return null;
    const head = ["change", "range", "answer", "by", "at"].map((h) => el("th", { scope: "col" }, h));
    const body = rows.map((v) =>
      el(
        "tr",
        {},
        el("th", { scope: "row" }, el("code", {}, text(v.change_id))),
        el("td", {}, `${branch(v.min)} to ${branch(v.max)}`),
        el("td", {}, answer(v)),
        el("td", {}, text(v.source)),
        el("td", {}, text(v.site))
      )
    );
    return part(
      "Versions that the code asked for",
      el(
        "div",
        { class: "scroll", role: "region", tabindex: "0", "aria-label": "versions" },
        el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body))
      )
    );
  }

  function prefixes(report) {
    if (!report.prefixes) return null;
    const p = object(report.prefixes);
    const [where, at] = Number(p.first_bad_turn) > 0 ? ["turn", p.first_bad_turn] : ["event", p.first_bad_event];
    return part(
      "Every stage that the run was in",
      el("p", {}, `${text(p.clean)} of ${text(p.checked)} prefixes replay clean` +
        (Number(at) > 0 ? `; the first that does not ends at ${where} ${text(at)}.` : "."))
    );
  }

  function liveTurn(report) {
    if (!report.live_turn) return null;
    const l = object(report.live_turn);
    const commands = list(l.commands).map(text);
    return part(
      "The next turn, live",
      commands.length === 0
        ? el("p", {}, "The code would issue nothing.")
        : el("ul", { class: "commands" }, ...commands.map((c) => el("li", {}, el("code", {}, c)))),
      said("With it, by this build:", text(l.roll_forward)),
      said("With it, by the other build:", text(l.roll_back)),
      said("With the other build's turn, by this build:", text(l.from_other)),
      said("Error:", text(l.error))
    );
  }

  function remarks(report) {
    const rows = [
      said("Allowed:", list(report.allowed).map(text).join("; ")),
      said("Strict rule:", text(report.strict_rule ?? object(report.excused).strict_rule)),
      // A divergence has been shown, and its error says nothing more.
      report.divergence ? null : said("Error:", text(report.error)),
      said("Hidden nondeterminism:", text(report.hidden_nondeterminism)),
      ...list(report.unconfirmed).map((u) => said("Not in this history:", text(u))),
      ...list(report.notes).map((n) => said("Note:", text(n))),
    ].filter((r) => r !== null);
    return rows.length === 0 ? null : el("div", { class: "part" }, ...rows);
  }

  function detail(report) {
    const parts = [
      divergence(report), remarks(report), guard(text(object(breakOf(report).divergence).proposed_guard)),
      timeline(report), versions(report), prefixes(report), liveTurn(report), facts(report),
    ].filter((p) => p !== null);
    return parts.length > 0 ? parts : [el("p", {}, "Nothing more is known of this history.")];
  }

  return { detail, el, list, object, plural, text };
})();
