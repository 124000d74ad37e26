// What the page says: English in the code and in index.html, where it is read; other languages as tables.

import { zh } from "./words/zh.js";

const TABLES = { zh };
const [language] = navigator.language.split("-");
const table = TABLES[language] ?? {};
const ATTRIBUTES = ["title", "aria-label", "alt", "content"];

// A text with values in place of the names in braces.
export const t = (text, values = {}) =>
  (table[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);

// Put a document's texts into the visitor's language.
export function translate(root) {
  if (!TABLES[language]) return;
  root.documentElement.lang = language;
  const texts = root.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data } = texts.currentNode;
    const text = plain(data);
    if (table[text]) texts.currentNode.data = data.replace(data.trim(), table[text]);
  }
  for (const name of ATTRIBUTES) {
    for (const each of root.querySelectorAll(`[${name}]`))
      each.setAttribute(name, translated(each.getAttribute(name)));
  }
}

// A text, or one with its key at the end: "Undo (Ctrl+Z)".
function translated(text) {
  const [, told, key] = text.match(/^(.*?)( \([^()]*\))?$/);
  return table[text] ?? `${t(told)}${key ?? ""}`;
}

// A text as it is written in a table, without the line breaks of the source.
const plain = (text) => text.trim().replace(/\s+/g, " ");
