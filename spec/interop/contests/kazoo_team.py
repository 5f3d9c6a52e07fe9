"""A process with kazoo contenders that take turns freely, told what to do on stdin, telling on stdout, a line of JSON each."""

import datetime
import json
import random
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import LockTimeout, NoNodeError

output = threading.Lock()


def say(event, **more):
    with output:
        print(json.dumps({"event": event, **more}), flush=True)


def pause(most_ms):
    time.sleep(random.random() * most_ms / 1000)


class Contender:
    """One with a client and a thread of its own. What its turns are: the same as in `our-*.ts`."""

    def __init__(self, go, stop, who, kind, hosts, path, maxLeases=None):
        self.go, self.stop, self.who, self.kind, self.path = go, stop, who, kind, path
        # Who is overtaken must try again soon, and not give up.
        retry = {"max_tries": -1, "delay": 0.002, "backoff": 1}
        self.client = KazooClient(hosts=hosts, timeout=10, command_retry=retry)
        self.client.start()
        self.prepare(getattr(self.client, kind), maxLeases)
        say("ready", who=who)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        self.go.wait()
        try:
            self.take_turns()
            self.client.stop()
            self.client.close()
            say("over", who=self.who)
        except Exception as error:
            say("failed", who=self.who, error=repr(error))


class Locker(Contender):
    def prepare(self, make, max_leases):
        more = {} if max_leases is None else {"max_leases": max_leases}
        self.recipe = make(self.path, self.who, **more)

    def take_turns(self):
        while not self.stop.is_set():
            came = time.monotonic()
            if self.kind == "Election":
                self.recipe.run(self.turn)
            else:
                self.acquire()
                try:
                    self.turn()
                finally:
                    self.recipe.release()
            # Writers leave room for kazoo's readers, however slow the machine is.
            stayed_ms = (time.monotonic() - came) * 1000
            pause(8 + (3 * stayed_ms if self.kind == "WriteLock" else 0))

    def acquire(self):
        """kazoo's reader may wait for a writer that came after it and waits for it (its issue 649): then it must come anew."""
        if self.kind != "ReadLock":
            return self.recipe.acquire()
        while True:
            try:
                return self.recipe.acquire(timeout=0.05)
            except LockTimeout:
                pass

    def turn(self):
        mark = "/inside/" + self.who
        _, stat = self.client.create(mark, ephemeral=True, include_data=True)
        seen = {"inside": self.client.get_children("/inside"), "reads": self.kind == "ReadLock"}
        semaphore = self.kind == "Semaphore"
        seen["line"] = self.recipe.lease_holders() if semaphore else self.recipe.contenders()
        seen["torn"] = self.work()
        self.client.delete(mark)
        say("turn", who=self.who, zxid=str(stat.czxid), **seen)

    def work(self):
        if self.kind == "Semaphore":
            pause(6)
        elif self.kind == "ReadLock":
            log, _ = self.client.get("/log")
            pause(3)
            return log != self.client.get("/twin")[0]
        elif self.kind == "WriteLock":
            self.append("/log")
            pause(3)
            self.append("/twin")
        else:
            self.append("/log")
        return False

    def append(self, path):
        text, _ = self.client.get(path)
        pause(3)
        self.client.set(path, text + self.who.encode() + b" ")


class Consumer(Contender):
    def prepare(self, make, _):
        self.recipe = make(self.path)
        self.count = 0

    def take_turns(self):
        self.locking = self.kind == "LockingQueue"
        while not (self.stop.is_set() and len(self.recipe) == 0):
            data = self.recipe.get(0.2) if self.locking else self.recipe.get()
            if data is None:
                pause(5)
                continue
            self.turn(data.decode())
            if self.locking and not self.recipe.consume():
                raise RuntimeError("a mark is not ours any more")

    def turn(self, text):
        self.client.create("/inside/" + text, self.who.encode(), ephemeral=True)
        seen = {"marks": self.marks() if self.locking else {}}
        if self.locking:
            seen.update(entry=self.recipe.processing_element[0], id=self.recipe.id.decode())
        pause(3)
        taken = "/taken/" + text
        _, stat = self.client.create(taken, self.who.encode(), include_data=True)
        if not self.stop.is_set():
            seen["put"] = "%s:%d" % (self.who, self.count)
            self.recipe.put(seen["put"].encode())
            self.count += 1
        self.client.delete("/inside/" + text)
        session = str(self.client.client_id[0])
        say("turn", who=self.who, zxid=str(stat.czxid), text=text, session=session, **seen)

    def marks(self):
        marks = {}
        for name in self.client.get_children(self.path + "/taken"):
            try:
                data, stat = self.client.get(self.path + "/taken/" + name)
                marks[name] = [data.decode(), str(stat.ephemeralOwner)]
            except NoNodeError:
                pass
        return marks


class Member(Contender):
    def prepare(self, make, _):
        self.recipe = make(self.path, self.who)

    def take_turns(self):
        mark = "/inside/" + self.who
        while not self.stop.is_set():
            self.recipe.join()
            saw = list(self.recipe)
            _, stat = self.client.create(mark, ephemeral=True, include_data=True)
            pause(6)
            self.client.delete(mark)
            self.recipe.leave()
            say("turn", who=self.who, zxid=str(stat.czxid), saw=saw)
            pause(8)


class Lessee(Contender):
    def prepare(self, make, _):
        self.make = make

    def take_turns(self):
        while not self.stop.is_set():
            lease = len(self.client.get_children("/taken"))
            if self.make("%s/%d" % (self.path, lease), datetime.timedelta(hours=1), self.who):
                taken = "/taken/%d" % lease
                _, stat = self.client.create(taken, self.who.encode(), include_data=True)
                saw = [] if lease == 0 else [self.holder(lease - 1)]
                say("turn", who=self.who, zxid=str(stat.czxid), saw=saw, lease=lease)
            pause(8)

    def holder(self, lease):
        data, _ = self.client.get("%s/%d/lease_holder" % (self.path, lease))
        return json.loads(data)["holder"]


TEAMS = {
    "Queue": Consumer,
    "LockingQueue": Consumer,
    "Party": Member,
    "NonBlockingLease": Lessee,
}


def main():
    go, stop = threading.Event(), threading.Event()
    for line in sys.stdin:
        request = json.loads(line)
        verb = request.pop("do")
        if verb == "enter":
            TEAMS.get(request["kind"], Locker)(go, stop, **request)
        elif verb == "go":
            go.set()
        else:
            stop.set()
            # Of those who enter next.
            go, stop = threading.Event(), threading.Event()


main()
