/** A chart's SVG text as a node: read as a document of its own, never as this page's markup. */

/** What a drawing may consist of; all else is left out, whatever it says. */
const DRAWN = new Set(
  'svg g path line polyline polygon rect circle ellipse text tspan title desc defs clipPath linearGradient stop'.split(
    ' ',
  ),
);

/** The picture, or `null` when the text is not an SVG document. */
export function picture(text: string): SVGElement | null {
  const read = new DOMParser().parseFromString(text, 'image/svg+xml');
  const root = read.documentElement;
  if (root.localName !== 'svg' || read.querySelector('parsererror')) return null;
  clean(root);
  const node = document.importNode(root, true) as Element as SVGElement;
  // The picture's name is on the element around it.
  node.setAttribute('aria-hidden', 'true');
  node.setAttribute('focusable', 'false');
  return node;
}

function clean(element: Element): void {
  for (const child of [...element.children]) {
    if (DRAWN.has(child.localName)) clean(child);
    else child.remove();
  }
  for (const { name } of [...element.attributes]) {
    // Handlers, links, and inline styles, which the page's policy refuses anyway.
    if (/^on|href$|^style$/i.test(name)) element.removeAttribute(name);
  }
}
