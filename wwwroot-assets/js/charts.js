// A chart as a picture to take along, with its title and legend, and a page on paper.
const scale = 2, margin = 16, line = 22;
const kept = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'color', 'font-family', 'font-size', 'font-weight', 'text-anchor'];

function styled(svg) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll('*')], to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, n) => {
    const style = getComputedStyle(element);
    for (const name of kept) to[n].style.setProperty(name, style.getPropertyValue(name));
  });
  const { width, height } = svg.viewBox.baseVal;
  for (const [name, value] of Object.entries({ xmlns: 'http://www.w3.org/2000/svg', width: width * scale, height: height * scale })) copy.setAttribute(name, value);
  copy.style.fontSize = '13px';
  copy.querySelectorAll('*').forEach(element => element.style.removeProperty('font-size'));
  return copy;
}

async function drawn(svg) {
  const picture = new Image();
  const address = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(styled(svg))], { type: 'image/svg+xml' }));
  try {
    picture.src = address;
    await picture.decode();
  } finally {
    URL.revokeObjectURL(address);
  }
  return picture;
}

async function save(button) {
  const figure = button.closest('.figure');
  const svg = figure.querySelector('svg.rate-chart');
  const picture = await drawn(svg);
  const legend = [...figure.querySelectorAll('.legend li')];
  const { width, height } = svg.viewBox.baseVal;
  const canvas = Object.assign(document.createElement('canvas'), {
    width: (width + 2 * margin) * scale, height: (height + 3 * margin + line * (1 + legend.length)) * scale,
  });
  const pen = canvas.getContext('2d');
  const style = getComputedStyle(figure);
  pen.scale(scale, scale);
  pen.fillStyle = style.backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.textBaseline = 'middle';
  const write = (text, x, y, font) => { pen.fillStyle = style.color; pen.font = font; pen.fillText(text, x, y); };
  write(figure.querySelector('h2').textContent, margin, margin + line / 2, `600 16px ${style.fontFamily}`);
  pen.drawImage(picture, margin, margin + line + margin / 2, width, height);
  legend.forEach((item, n) => {
    const y = 2 * margin + height + line * (n + 1.5);
    pen.fillStyle = getComputedStyle(item.querySelector('rect')).fill;
    pen.fillRect(margin, y - 6, 12, 12);
    write(item.textContent.trim(), margin + 20, y, `13px ${style.fontFamily}`);
  });
  const address = URL.createObjectURL(await new Promise(done => canvas.toBlob(done, 'image/png')));
  Object.assign(document.createElement('a'), { href: address, download: button.dataset.png }).click();
  URL.revokeObjectURL(address);
}

document.addEventListener('click', event => {
  const png = event.target.closest('[data-png]');
  if (png) save(png);
  if (event.target.closest('[data-print]')) print();
});
