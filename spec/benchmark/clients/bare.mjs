/** The bare client in the shape that the loads drive. */

import { BareClient } from '../bare-client.mjs';

export async function openClient({ port, onLoss }) {
  const client = await new Promise((resolve, reject) => {
    const opened = new BareClient(port, {
      onOpen: () => resolve(opened),
      onLoss: (error) => {
        reject(error);
        onLoss(error);
      },
    });
  });
  return {
    get: (observer) => (path) => client.get(path).subscribe(observer),
    set: (observer) => (path, data) => client.set(path, data).subscribe(observer),
    live: (observer) => {
      const rereading = { next: (node) => observer.next(node), error: observer.error };
      const read = (path) => client.get(path, onEvent).subscribe(rereading);
      // After an event the path is read again, with a new watch, for as long as the load wants values.
      const onEvent = (path) => {
        if (observer.wanted) read(path);
      };
      return read;
    },
    close: async () => client.close(),
  };
}
