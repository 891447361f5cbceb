/** An element with properties, data-* and aria-* attributes, and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'onclick') element.addEventListener('click', value);
    else if (name in element && !name.includes('-')) element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter(child => child !== null && child !== undefined));
  return element;
}

/** One picture of the page's own sprite, whose address the page tells. */
export function icon(name) {
  const sprite = document.querySelector('labeling-desk').dataset.sprite;
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

export const keycap = text => make('kbd', {}, text);

/** A pointer's click leaves no focus behind, or the next Space would press the button again instead of its own meaning. */
export function releaseFocus(event) {
  if (event.detail > 0) document.activeElement?.blur();
}

/** How wide a picture of so many pixels may stand before enlarging shows nothing more. */
export const largest = pixels => Math.max(480, pixels * 4);

/** The largest squares (or wider frames) that fit: columns and width in pixels. */
export function fit(count, width, height, aspect, gap, smallest) {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const across = (width - gap * (columns - 1)) / columns;
    const down = (height - gap * (rows - 1)) / rows * aspect;
    const size = Math.floor(Math.min(across, down));
    if (size > best.size) best = { columns, size };
  }
  if (best.size >= smallest) return best;
  const columns = Math.max(1, Math.floor((width + gap) / (smallest + gap)));
  return { columns, size: Math.floor((width - gap * (columns - 1)) / columns) };
}
