"""A process with kazoo's Counter, Barrier and DoubleBarrier: a line of JSON on stdin for each thing to do, answers on stdout."""

import json
import sys
import threading
import time

from kazoo.client import KazooClient

output = threading.Lock()


def say(event, **more):
    with output:
        print(json.dumps({"event": event, "at": int(time.time() * 1000), **more}), flush=True)


class Actions:
    def __init__(self, client):
        self.client = client
        self.enough = threading.Event()

    def count(self, path, by, times, default=0, curator=False):
        counter = self.client.Counter(path, default=default, support_curator=curator)
        by = type(default)(by)
        values = []
        for _ in range(times):
            counter += by
            values.append(counter.post_value)
        say("counted", values=values, value=counter.value)

    def race(self, path):
        threading.Thread(target=self.racing, args=(path,), daemon=True).start()

    def racing(self, path):
        counter = self.client.Counter(path)
        values = []
        while not self.enough.is_set():
            counter += 1
            values.append(counter.post_value)
            if len(values) == 1:
                say("races")
        say("counted", values=values)

    def read(self, path):
        say("read", data=self.client.get(path)[0].decode())

    def close(self, path):
        self.client.Barrier(path).create()
        say("closed")

    def open(self, path):
        say("opened", removed=self.client.Barrier(path).remove())

    def wait(self, path):
        threading.Thread(target=self.waiting, args=(path,), daemon=True).start()

    def waiting(self, path):
        say("waits")
        say("through", cleared=self.client.Barrier(path).wait(30))

    def enter(self, path, count, stays):
        threading.Thread(target=self.inside, args=(path, count, stays), daemon=True).start()

    def inside(self, path, count, stays):
        for pause, work in stays:
            time.sleep(pause)
            barrier = self.client.DoubleBarrier(path, count, "kazoo")
            say("enters", name=barrier.node_name)
            barrier.enter()
            say("in", participating=barrier.participating)
            if work is None:
                self.enough.wait()
            else:
                time.sleep(work)
            say("leaves")
            barrier.leave()
            say("left")

    def finish(self):
        self.enough.set()


def main():
    # By default a counter gives up when it has lost two races in a row.
    retry = {"max_tries": -1, "delay": 0.001, "max_delay": 0.01}
    client = KazooClient(hosts=sys.argv[1], timeout=5, command_retry=retry)
    client.start()
    actions = Actions(client)
    say("ready")
    for line in sys.stdin:
        name, arguments = json.loads(line)
        getattr(actions, name)(**arguments)
    client.stop()


main()
