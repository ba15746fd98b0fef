// Says where names within words may break: at a space, after a dot, a slash or an underscore, at a
// hump. docs/tidings.css keeps them whole otherwise: half a number reads as another one.

const NAMES = ".md-typeset :is(p, li, td, dd) code:not(pre code)"; // as in tidings.css
const PLACES = /(?<=\s|\w[._/:,(=?]|[A-Za-z]-)(?=["'({[<]?[A-Za-z])|(?<=[a-z])(?=[A-Z])/;
const SHORT = 12; // letters, which have room on any line

for (const code of document.querySelectorAll(NAMES)) {
  if (code.textContent.length <= SHORT) continue;
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) found.push(texts.currentNode);
  for (const text of found) {
    const parts = text.data.split(PLACES).flatMap((part) => [document.createElement("wbr"), part]);
    text.replaceWith(...parts.slice(1));
  }
}
