// The labeling page's elements. They start wherever they stand, also after Blazor's enhanced navigation, and stop when they leave.
class Running extends HTMLElement {
  #running = null;

  async connectedCallback() {
    this.#running = new AbortController();
    const { signal } = this.#running;
    await this.run(signal);
  }

  disconnectedCallback() {
    this.#running?.abort();
  }
}

customElements.define('labeling-desk', class extends Running {
  async run(signal) {
    const { Controller } = await import('./controller.js');
    if (!signal.aborted) await new Controller(this, JSON.parse(this.querySelector('script[type="application/json"]').textContent), signal).start();
  }
});

// On other pages: sends what an earlier visit left in this browser, and says so while it waits.
customElements.define('labeling-outbox', class extends Running {
  async run(signal) {
    const [{ Api }, { Outbox }, { showSaved }] = await Promise.all([import('./api.js'), import('./outbox.js'), import('./meters.js')]);
    if (signal.aborted) return;
    const outbox = new Outbox(new Api(this.dataset.account, this.dataset.token), signal);
    outbox.addEventListener('change', () => {
      showSaved(this, outbox);
      this.querySelector('[data-saved]').hidden = outbox.waiting.length + outbox.refused.length === 0;
    }, { signal });
    await outbox.load();
  }
});
