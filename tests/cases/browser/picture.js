// What is wrong with how a browser draws the picture of this page.
const shown = (element) => element.textContent.trim();
const box = (element) => element.getBoundingClientRect();
const inside = (inner, outer) =>
    inner.left >= outer.left - 1 && inner.right <= outer.right + 1 &&
    inner.top >= outer.top - 1 && inner.bottom <= outer.bottom + 1;
const apart = (one, other) =>
    one.right <= other.left + 1 || other.right <= one.left + 1 ||
    one.bottom <= other.top + 1 || other.bottom <= one.top + 1;

const picture = document.querySelector("svg");
const texts = [...picture.querySelectorAll("text")];
// Each is drawn twice: its ground, and its edge above the rows.
const cards = [...picture.querySelectorAll("rect.card")].filter((card) => !card.style.fill);
const rows = texts.filter((text) => text.parentNode.querySelector(":scope > title") && !text.matches(".title"));
const said = [];
for (const text of texts) {
    if (box(text).width === 0) said.push(`not drawn: ${shown(text)}`);
    if (!inside(box(text), box(picture))) said.push(`outside of the picture: ${shown(text)}`);
}
for (const row of rows) {
    if (!cards.some((card) => inside(box(row), box(card)))) said.push(`outside of its card: ${shown(row)}`);
}
texts.forEach((one, at) => texts.slice(at + 1).forEach((other) => {
    if (!apart(box(one), box(other))) said.push(`over one another: ${shown(one)}, ${shown(other)}`);
}));
cards.forEach((one, at) => cards.slice(at + 1).forEach((other) => {
    if (!apart(box(one), box(other))) said.push("two cards over one another");
}));
for (const text of texts.filter((text) => !rows.includes(text))) {
    if (cards.some((card) => !apart(box(text), box(card)))) said.push(`over a card: ${shown(text)}`);
}
said.push(`${cards.length} cards, ${rows.length} rows, ${texts.length} texts`);
const pre = document.createElement("pre");
pre.id = "said";
pre.textContent = said.join("\n");
document.body.append(pre);
