/** node-zookeeper-client in the shape that the loads drive. It answers by callbacks. */

import { createRequire } from 'node:module';
import { peerFolder } from '../peer.mjs';

export async function openClient({ port, onLoss }) {
  const zookeeper = createRequire(`${peerFolder}/`)('node-zookeeper-client');
  const client = zookeeper.createClient(`127.0.0.1:${String(port)}`);
  await new Promise((resolve) => {
    client.once('connected', resolve);
    client.connect();
  });
  client.on('disconnected', onLoss);
  return {
    get: (observer) => {
      const callback = answer(observer, (data, stat) => ({ data, stat }));
      return (path) => client.getData(path, callback);
    },
    set: (observer) => {
      const callback = answer(observer, (stat) => stat);
      return (path, data) => client.setData(path, data, callback);
    },
    live: (observer) => {
      const callback = (error, data, stat) => {
        if (error) observer.error(error);
        else observer.next({ data, stat });
      };
      const read = (path) => client.getData(path, onEvent, callback);
      const onEvent = (event) => {
        if (observer.wanted) read(event.path);
      };
      return read;
    },
    close: async () => client.close(),
  };
}

function answer(observer, toValue) {
  return (error, first, second) => {
    if (error) {
      observer.error(error);
      return;
    }
    observer.next(toValue(first, second));
    observer.complete();
  };
}
