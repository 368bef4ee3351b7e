// The review page: what is chosen on one side shows on the other, and everything has a key. No other file is needed.
"use strict";

const texts = JSON.parse(document.body?.dataset.texts ?? "{}");
// A text in the language of the page; script_texts.py lists them all.
const t = (text, values = {}) => (texts[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);

const body = document.body;
const { root, document: documentId, form: formId, tableId } = body.dataset;
const owner = formId ? { form_id: formId } : tableId ? { table_id: tableId } : {};
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const SCALES = [1, 1.5, 2, 3, 4, 6, 8]; // pictures are asked for at these, so that they can be kept
const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4, 6];
const CSS_POINT = 96 / 72;

const go = (name) => one(`[data-go="${name}"]`)?.click();
const told = one("#told");

function tell(text) {
  told.textContent = text;
  told.hidden = false;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => { told.hidden = true; }, 4000);
}

// What the program answers to a change: the new state, or the problem.
async function post(path, data) {
  let answered;
  try {
    answered = await fetch(`${root}/documents/${documentId}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ digest: body.dataset.digest || null, ...data }),
    });
  } catch {
    return { problem: t("the program does not answer: is `budget-forms review` still running?") };
  }
  const said = await answered.text();
  if (answered.ok) return JSON.parse(said);
  try { return { problem: JSON.parse(said).error ?? said }; } catch { return { problem: said }; }
}

function reload(key) {
  history.replaceState(null, "", key ? `#v=${encodeURIComponent(key)}` : location.pathname + location.search);
  location.reload();
}

// ---- Values and their boxes -------------------------------------------------------------------------------------

const values = all("td.value");
const notes = all(".notes button[data-note]");
let picked = null;
let noted = -1;

const partners = (key) => all("td.value, rect.value").filter((element) => element.dataset.key === key);
const cellOf = (key) => values.find((cell) => cell.dataset.key === key);

function hover(element, on) {
  if (!element) return;
  const place = (box) => ["x", "y", "width", "height"].map((name) => box.getAttribute(name)).join();
  // a merged cell is the value of several rows: all of them show
  const same = element.matches("rect") ? all("rect.value", element.closest("svg")).filter((box) => place(box) === place(element)) : [element];
  for (const { dataset } of same) partners(dataset.key).forEach((partner) => partner.classList.toggle("over", on));
}

function explain() {
  const list = one("#detail");
  if (!list) return;
  one(".meaning p").hidden = Boolean(picked);
  const read = (cell) => JSON.parse(cell?.dataset.detail ?? "[]"), { row, panel } = picked?.dataset ?? {};
  const own = picked && cellOf(`row-${row}-${panel}-label`);
  const known = one("#fields").content;
  const meaning = [...(picked === own ? [] : read(picked)), ...read(own)];
  meaning.sort(([, one], [, other]) => (one === null) - (other === null)); // what is not printed comes last
  list.replaceChildren(...meaning.map(([name, text, field, shown]) => {
    const line = document.createElement("div"), term = document.createElement("dt"), value = document.createElement("dd");
    [term.textContent, value.lang, value.textContent] = [name, "zh-CN", shown ?? "–"];
    line.append(term, value);
    line.classList.toggle("wide", (shown?.length ?? 0) > 24);
    if (field) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "plain", textContent: "✎", title: `Correct ${name}` });
      const place = { do: "field", kind: "table_row_value", row, panel, key: picked.dataset.key };
      Object.assign(button.dataset, one(`[data-field="${field}"]`, known).dataset, place, text === null ? {} : { read: text });
      line.append(button);
    }
    return line;
  }));
}

function pick(key, from) {
  all(".picked:not(.note)").filter((element) => !element.closest(".notes")).forEach((element) => element.classList.remove("picked"));
  picked = cellOf(key) ?? null;
  explain();
  if (!picked) return;
  const boxes = partners(key).filter((element) => element !== picked);
  [picked, ...boxes].forEach((element) => element.classList.add("picked"));
  values.forEach((cell) => { cell.tabIndex = cell === picked ? 0 : -1; });
  if (from !== "note") picked.focus({ preventScroll: true });
  picked.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (from !== "page") show(boxes[0]);
}

function show(box) {
  if (!box) return;
  const pane = one(".pages"), at = box.getBoundingClientRect(), seen = pane.getBoundingClientRect();
  if (at.top < seen.top + 40 || at.bottom > seen.bottom - 40) pane.scrollTop += at.top - seen.top - seen.height / 3;
  if (at.left < seen.left || at.right > seen.right) pane.scrollLeft += at.left - seen.left - seen.width / 4;
}

function note(number) {
  const button = notes[number];
  if (!button) return;
  noted = number;
  all(".picked").forEach((element) => element.classList.remove("picked"));
  button.classList.add("picked");
  const box = one(`rect.note[data-note="${button.dataset.note}"]`);
  picked = null; // or `c` would correct what no longer shows
  const { key } = button.dataset;
  if (key) pick(key, "note");
  box?.classList.add("picked");
  show(box ?? one(`figure.page[data-page="${button.dataset.page}"]`));
  // a missing row leads to what adds one, any other value to its field, also when it is empty
  const field = picked ?? (key.startsWith("add-") ? one(`[data-add="${key.slice(4)}"]`) : null);
  (field ?? button).focus({ preventScroll: true });
  field?.scrollIntoView({ block: "nearest", inline: "nearest" });
  button.scrollIntoView({ block: "nearest" });
}

function finding(number) {
  note(notes.findIndex((button) => button.dataset.finding === number));
}

function step(by) {
  if (notes[noted + by]) return note(noted + by);
  const next = one(`[data-go="${by > 0 ? "noted-after" : "noted-before"}"]`);
  if (next) next.click(); else tell(by > 0 ? t("this was the last finding of the document") : t("this is the first finding of the document"));
}

function move(across, down) {
  if (!picked) return pick(values[0]?.dataset.key);
  const row = picked.closest("tr");
  const beside = down > 0 ? row.nextElementSibling : row.previousElementSibling;
  const below = down && beside && all("td.value", beside)[all("td.value", row).indexOf(picked)];
  const next = below || values[values.indexOf(picked) + (across || down)];
  if (next) pick(next.dataset.key);
}

// ---- Zoom -------------------------------------------------------------------------------------------------------

let zoom = Number(sessionStorage.getItem("zoom")) || 0; // 0: as wide as the window

function draw() {
  for (const page of all("figure.page")) {
    const points = Number(page.dataset.width), picture = one("img", page);
    page.style.width = zoom ? `${points * CSS_POINT * zoom}px` : "";
    const needed = (page.clientWidth / points) * devicePixelRatio;
    const scale = SCALES.find((step) => step >= needed - 0.05) ?? SCALES.at(-1);
    const address = picture.getAttribute("src").replace(/scale=[\d.]+/, `scale=${scale}`);
    if (Number(/scale=([\d.]+)/.exec(picture.getAttribute("src"))[1]) < scale) picture.src = address;
  }
  const said = one("#zoom");
  if (said) said.textContent = zoom ? `${Math.round(zoom * 100)} %` : t("fit");
}

function enlarge(by) {
  const first = one("figure.page");
  if (!first) return;
  const now = zoom || first.clientWidth / (Number(first.dataset.width) * CSS_POINT);
  const next = by > 0 ? ZOOMS.find((step) => step > now + 0.01) : ZOOMS.findLast((step) => step < now - 0.01);
  zoom = by === 0 ? 0 : next ?? now;
  sessionStorage.setItem("zoom", zoom);
  draw();
  if (picked) show(partners(picked.dataset.key).find((element) => element !== picked));
}

// ---- Corrections ------------------------------------------------------------------------------------------------

const dialog = one("#edit");
let save = null; // what the dialog makes, as the body of a request

function ask(title, what, reason, inputs, made) {
  one("#edit-title").textContent = title;
  one(".what", dialog).textContent = what;
  one(".inputs", dialog).replaceChildren(...inputs);
  one("[name=why]", dialog).value = reason;
  one("[name=who]", dialog).value = localStorage.getItem("who") || body.dataset.who;
  one(".problem", dialog).hidden = true;
  save = made;
  dialog.showModal();
  (inputs.length ? one("input, textarea, select", one(".inputs", dialog)) : one("[name=why]", dialog)).focus();
}

function labelled(text, input) {
  const label = document.createElement("label");
  label.append(text, input);
  return label;
}

function correct(target = picked) {
  if (!target) return tell(t("choose a value first"));
  if (target.matches(".fixed")) return tell(t("this value cannot be corrected"));
  const { kind = "value", table, field, key, label, noteText, allowed, read } = target.dataset;
  const codes = JSON.parse(allowed || "[]");
  let input;
  if (codes.length) {
    input = document.createElement("select");
    input.append(...codes.map(([code, name]) => new Option(name, code, false, code === read)));
  } else {
    input = document.createElement("textarea");
    input.value = read ?? "";
  }
  input.name = "value";
  const was = read === undefined ? t("Nothing was read.") : t("Read: {text}", { text: new Map(codes).get(read) ?? read });
  const numbers = ["row", "panel", "column"].filter((name) => name in target.dataset).map((name) => [name, Number(target.dataset[name])]);
  ask(t("Correct {label}", { label }), `${noteText}\n${was}`, read === undefined ? t("not read") : t("misread"), [labelled(t("As printed; leave it blank where nothing is printed"), input)], () => ({
    key, kind, ...(table && { table }), ...(field && { field }), ...Object.fromEntries(numbers), read: read ?? null, value: input.value || null,
  }));
  input.select?.();
}

function rowOf() {
  const row = picked?.closest("table.grid[data-table] tr");
  if (!row) tell(t("choose a value in a row of funds or indicators first"));
  return row;
}

function addRow(table, after, page) {
  const inputs = [...one(`#new-${table}`).content.cloneNode(true).children];
  const above = after ? one(`table.grid[data-table="${table}"] tr[data-row="${after}"]`) : null;
  for (const field of ["level1", "level2", "scope"]) {
    const input = inputs.map((label) => one(`[name="${field}"]`, label)).find(Boolean);
    const read = above && one(`td[data-field="${field}"]`, above)?.dataset.read;
    if (input && read) input.value = read;
  }
  const number = document.createElement("input");
  Object.assign(number, { type: "number", min: 1, value: page, name: "page" });
  inputs.push(labelled("Page", number));
  ask(t("Add a row"), after ? t("Behind row {row}. Leave blank what is not printed.", { row: after }) : t("As the first row."), t("not read"), inputs, () => {
    const texts = all("[name]", one(".inputs", dialog)).filter((input) => input.name !== "page" && input.value.trim());
    const made = Object.fromEntries(texts.map((input) => [input.name, input.value]));
    return { key: `${table}-${after + 1}-${{ funds: "amount", indicators: "level3", tasks: "name" }[table]}`, kind: "add_row", table, after, page: Number(number.value), values: made };
  });
}

function addTableRow() {
  const row = picked?.closest(".numbers tr");
  if (!row) return tell(t("choose a number in a row first"));
  newTableRow(Number(row.dataset.row), Number(picked.dataset.panel), row.dataset.page);
}

function newTableRow(after, panel, page) {
  const inputs = [...one(`#new-row-${panel}`).content.cloneNode(true).children];
  const number = document.createElement("input");
  Object.assign(number, { type: "number", min: 1, value: page });
  inputs.push(labelled("Page", number));
  ask(t("Add a row"), after ? t("Behind row {row}. Leave blank what is not printed.", { row: after }) : t("As the first row."), t("not read"), inputs, () => {
    const texts = (name) => Object.fromEntries(all(`[data-${name}]`, one(".inputs", dialog)).filter((input) => input.value.trim()).map((input) => [input.dataset[name], input.value]));
    return { key: `row-${after + 1}-${panel}-label`, kind: "add_table_row", after, panel, page: Number(number.value), values: texts("field"), numbers: texts("column") };
  });
}

// A form or a budget table that was not found.
function addOwner(kind, page) {
  const { content, dataset: { title, hint, why } } = one(`#new-${kind}`);
  const inputs = [...content.cloneNode(true).children];
  inputs.forEach((label) => { const input = one('[name^="page"]', label); if (input) input.value = page; });
  ask(title, hint, why, inputs, () => {
    const texts = Object.fromEntries(all("[name]", one(".inputs", dialog)).map((input) => [input.name, input.value.trim()]));
    const { page: first, page_last: last, form_kind, columns, kind: table_kind, ...values } = texts;
    const pages = { page: Number(first), page_last: Number(last) };
    if (kind === "form") return { kind: "add_form", ...pages, form_kind, values: Object.fromEntries(Object.entries(values).filter(([, text]) => text)) };
    const { title: printed, amount_unit, unit_name } = values;
    return { kind: "add_table", ...pages, title: printed, table_kind, amount_unit: amount_unit || null, unit_name: unit_name || null, columns: columns.split("\n").filter((line) => line.trim()) };
  });
}

function removeTableRow() {
  const row = picked?.closest(".numbers tr");
  if (!row) return tell(t("choose a number in a row first"));
  const { panel } = picked.dataset, cells = all(`td[data-panel="${panel}"]`, row);
  const texts = cells.map((cell) => cell.dataset.read).filter(Boolean).join("  ");
  const label = cells.find((cell) => cell.dataset.field === "label")?.dataset.read ?? null;
  ask(t("Remove row {row}", { row: row.dataset.row }), texts, t("no row of the table"), [], () => ({ kind: "remove_table_row", row: Number(row.dataset.row), panel: Number(panel), label }));
}

function removeTable() {
  const title = one("h1").textContent;
  ask(t("Remove the table"), `${title}\n${t("It was read as a budget table, and is none.")}`, t("no budget table"), [], () => ({ then: "up", kind: "remove_table" }));
}

function insert() {
  const row = rowOf();
  if (row) addRow(row.closest("table").dataset.table, Number(row.dataset.row), row.dataset.page);
}

function removeRow() {
  const row = rowOf();
  if (!row) return;
  const table = row.closest("table").dataset.table, name = row.dataset.named === "yes" ? row.dataset.name : null;
  const texts = all("td.value", row).map((cell) => cell.dataset.read).filter(Boolean).join("  ");
  ask(t("Remove row {row}", { row: row.dataset.row }), texts, t("no row of the form"), [], () => ({ kind: "remove_row", table, row: Number(row.dataset.row), name }));
}

const titleOf = (table) => one(`table.grid[data-table="${table}"]`).dataset.title;

function split() {
  const row = rowOf();
  if (!row) return;
  const table = row.closest("table").dataset.table, other = table === "funds" ? "indicators" : "funds";
  const first = document.createElement("select");
  first.append(new Option(t("none of them"), "0"), ...all(`table.grid[data-table="${other}"] tbody tr`).map((line) => new Option(`${line.dataset.row} ${line.dataset.name}`, line.dataset.row)));
  const what = t("A second form begins with row {row} of {table}: {name}", { row: row.dataset.row, table: titleOf(table), name: row.dataset.name });
  ask(t("Split the form"), what, t("two forms read as one"), [labelled(t("The first of its rows in {table}", { table: titleOf(other) }), first)], () => {
    const rows = { [table]: Number(row.dataset.row), [other]: Number(first.value) };
    return { kind: "split", fund: rows.funds, indicator: rows.indicators };
  });
}

function merge() {
  if (!one('[data-go="after"]')) return tell(t("this is the last form of the document"));
  ask(t("Merge with the next form"), t("The next form is the rest of this one; its rows come behind those of this one."), t("one form read as two"), [], () => ({ kind: "merge" }));
}

async function review() {
  const reviewed = body.dataset.reviewed !== "yes";
  const who = localStorage.getItem("who") || body.dataset.who;
  const { problem } = await post("corrections", { form_id: formId, kind: "reviewed", reviewed, who, why: t("compared with the page") });
  if (problem) tell(problem); else reload(picked?.dataset.key);
}

dialog?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const who = one("[name=who]", dialog).value, why = one("[name=why]", dialog).value;
  const { key, then, ...made } = save();
  const button = one("button.main", dialog), problem = one(".problem", dialog);
  button.disabled = true;
  const answer = await post("corrections", { ...owner, who, why, ...made });
  button.disabled = false;
  problem.textContent = answer.problem ?? "";
  problem.hidden = !answer.problem;
  if (answer.problem) return;
  localStorage.setItem("who", who);
  if (answer.shown) location.href = `${root}/${answer.shown}`;
  else if (then) go(then);
  else reload(key ?? picked?.dataset.key);
});

async function takeBack(number, question) {
  if (question && !confirm(question)) return;
  const { problem } = await post("take-back", { number });
  if (problem) tell(problem); else reload();
}

// ---- Keys and clicks --------------------------------------------------------------------------------------------

const items = all("[data-item]");

function item(by) {
  const now = items.indexOf(document.activeElement);
  items[Math.min(Math.max(now + by, 0), items.length - 1)]?.focus();
}

const everywhere = {
  "?": () => one("#help").showModal(),
  "/": () => { const search = one("#q"); if (search) search.focus(); else location.href = `${root}/#search`; },
  u: () => go(one('[data-go="up"]') ? "up" : "documents"),
  "]": () => go("after"),
  "[": () => go("before"),
};
const inLists = { j: () => item(1), k: () => item(-1), ArrowDown: () => item(1), ArrowUp: () => item(-1) };
const inPages = {
  n: () => step(1), p: () => step(-1),
  "+": () => enlarge(1), "=": () => enlarge(1), "-": () => enlarge(-1), 0: () => enlarge(0),
};
const inBoth = {
  ...inPages,
  j: () => move(0, 1), k: () => move(0, -1), l: () => move(1, 0), h: () => move(-1, 0),
  ArrowDown: () => move(0, 1), ArrowUp: () => move(0, -1), ArrowRight: () => move(1, 0), ArrowLeft: () => move(-1, 0),
  c: () => correct(), Enter: () => correct(),
};
const inForms = { ...inBoth, i: insert, x: removeRow, s: split, m: merge, a: review };
const inTables = { ...inBoth, i: addTableRow, x: removeTableRow };
const keysOf = { form: inForms, table: inTables, page: inPages, document: inLists, documents: inLists };
const actions = {
  "add-form": ({ dataset }) => addOwner("form", dataset.page), "add-table": ({ dataset }) => addOwner("table", dataset.page),
  "add-table-row": ({ dataset }) => newTableRow(Number(dataset.last), Number(dataset.panel), dataset.lastPage),
  field: correct, "remove-table": removeTable, help: () => everywhere["?"](), larger: () => enlarge(1), smaller: () => enlarge(-1), review: () => review(), close: () => dialog.close(),
};

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey && dialog?.open) return one("form", dialog).requestSubmit();
  if (event.ctrlKey || event.metaKey || event.altKey || one("dialog[open]")) return;
  if (event.target.closest("input, textarea, select")) { if (event.key === "Escape") event.target.blur(); return; }
  if (event.key === "Enter" && event.target.closest("a, button")) return;
  const keys = { ...everywhere, ...keysOf[body.className] };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});

document.addEventListener("click", (event) => {
  const target = event.target.closest("[data-do], [data-take-back], [data-note], [data-key]");
  if (!target) return;
  const { do: action, takeBack: number, note: shown, key } = target.dataset;
  if (action === "add") addRow(target.dataset.table, Number(target.dataset.last), target.dataset.lastPage);
  else if (action) actions[action](target);
  else if (number) takeBack(Number(number), target.dataset.ask);
  else if (shown) note(Number(shown) - 1);
  else pick(key, target.closest(".pages") ? "page" : "values");
});
document.addEventListener("dblclick", (event) => { if (event.target.closest("td.value")) correct(); });
document.addEventListener("mouseover", (event) => hover(event.target.closest("td.value, rect.value"), true));
document.addEventListener("mouseout", (event) => hover(event.target.closest("td.value, rect.value"), false));
addEventListener("resize", draw);

for (const page of all("figure.page")) {
  const picture = one("img", page);
  const told = async () => {
    const answered = await fetch(picture.src);
    const line = document.createElement("p");
    line.className = "notice bad";
    line.textContent = `${page.dataset.broken} ${answered.ok ? "" : await answered.text()}`;
    picture.closest(".paper").before(line);
  };
  picture.addEventListener("error", told, { once: true });
  if (picture.complete && !picture.naturalWidth && picture.loading !== "lazy") told();
}
draw();
if (values[0]) values[0].tabIndex = 0;
if (location.hash === "#first-finding") note(0);
else if (location.hash === "#last-finding") note(notes.length - 1);
else if (location.hash.startsWith("#finding=")) finding(location.hash.slice(9));
else if (location.hash === "#search") one("#q")?.focus();
else if (location.hash.startsWith("#v=")) pick(decodeURIComponent(location.hash.slice(3)));
