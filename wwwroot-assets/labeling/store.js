// What waits to be sent, in IndexedDB, so that it survives a reload, a closed tab and a dead battery.
// Every entry belongs to one account; nothing is ever read without naming the account.
const name = 'labeler-outbox';
let opening;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      const entries = request.result.createObjectStore('entries', { keyPath: 'order', autoIncrement: true });
      entries.createIndex('account', 'account');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older version open'));
  });
  return opening;
}

async function transact(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction('entries', mode, { durability: 'strict' });
    const request = work(transaction.objectStore('entries'));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/** Stores an entry and gives it its place in the order. */
export async function add(entry) {
  entry.order = await transact('readwrite', entries => entries.add(entry));
  return entry;
}

/** All of an account's entries, oldest first. */
export function listOf(account) {
  return transact('readonly', entries => entries.index('account').getAll(account));
}

export function replace(entry) {
  return transact('readwrite', entries => entries.put(entry));
}

export function remove(order) {
  return transact('readwrite', entries => entries.delete(order));
}
