// Forms that need a passkey: the browser is asked for it, and its answer is sent with the form.
const canUse = () => window.PublicKeyCredential?.parseCreationOptionsFromJSON !== undefined;

function show() {
  if (canUse()) for (const form of document.querySelectorAll('[data-passkey][hidden]')) form.hidden = false;
}

async function ask(form) {
  const token = form.querySelector('input[name="__RequestVerificationToken"]');
  const create = form.dataset.passkey === 'create';
  const address = create ? '/account/passkeys/options' : '/sign-in/passkey/options';
  const answer = await fetch(address, { method: 'POST', body: new URLSearchParams({ [token.name]: token.value }) });
  if (!answer.ok) throw new Error(`${answer.status}`);
  const options = await answer.json();
  return create
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

document.addEventListener('submit', async event => {
  const form = event.target;
  if (!form.matches?.('[data-passkey]')) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const fault = form.querySelector('[data-passkey-fault]'), button = form.querySelector('button');
  fault.hidden = true;
  button.disabled = true;
  try {
    form.elements.credential.value = JSON.stringify(await ask(form));
    form.submit();
  } catch {
    // Cancelled, or there is none: the person decides what to do.
    fault.hidden = false;
    button.disabled = false;
  }
}, true);

show();
document.addEventListener('DOMContentLoaded', show);
window.Blazor?.addEventListener('enhancedload', show);
