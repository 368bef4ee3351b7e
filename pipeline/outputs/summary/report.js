"use strict";
// Without this script everything is there but sorting and filtering.
const textOf = (row, place) => {
  const cell = row.cells[place];
  return cell.dataset.value ?? cell.textContent;
};
const compare = (one, other) => {
  if (one === "" || other === "") return (one === "") - (other === "");
  const numbers = [Number(one), Number(other)];
  return numbers.some(Number.isNaN) ? one.localeCompare(other, "zh-CN") : numbers[0] - numbers[1];
};
const sort = (table, head, place) => {
  const down = head.getAttribute("aria-sort") !== "descending" && head.classList.contains("n")
    || head.getAttribute("aria-sort") === "ascending";
  table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const body = table.tBodies[0];
  const rows = [...body.rows].sort((one, other) => {
    const [a, b] = [textOf(one, place), textOf(other, place)];
    return a === "" || b === "" ? compare(a, b) : (down ? -1 : 1) * compare(a, b);
  });
  body.append(...rows);
};
for (const table of document.querySelectorAll("table.sortable")) {
  [...table.tHead.rows[0].cells].forEach((head, place) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head, place));
    head.append(button);
  });
  if (table.tBodies[0].rows.length > 10 && !table.closest(".drawer")) {
    const filter = document.createElement("input");
    filter.type = "search";
    filter.placeholder = document.body.dataset.filter;
    filter.setAttribute("aria-label", document.body.dataset.filter);
    filter.addEventListener("input", () => {
      for (const row of table.tBodies[0].rows) {
        row.hidden = !row.textContent.toLowerCase().includes(filter.value.trim().toLowerCase());
      }
    });
    table.parentElement.before(filter);
  }
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.querySelector(".drawer:target")) location.hash = "close";
});
