// What scripts say, in the language of the page. A text's name is the English text; the page brings the others.
const texts = JSON.parse(document.getElementById('texts')?.dataset.texts ?? '{}');

/** The text with its figures in the places of {0}, {1}, … */
export const t = (text, ...values) => (texts[text] ?? text).replace(/\{(\d)\}/g, (_, n) => String(values[n]));
