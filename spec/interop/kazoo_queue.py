"""A process with a kazoo Queue or LockingQueue: told what to do on stdin, telling on stdout, a line of JSON each."""

import json
import sys

from kazoo.client import KazooClient


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Consumer:
    """A line is a verb and its arguments, with blanks between them; answers with an event of the same name."""

    def __init__(self, client, settings):
        self.client = client
        kind = client.LockingQueue if settings["kind"] == "LockingQueue" else client.Queue
        self.queue = kind(settings["path"])
        self.id = getattr(self.queue, "id", b"").decode()

    def put(self, priority, *texts):
        for text in texts:
            self.queue.put(text.encode(), int(priority))
        say("put")

    def put_all(self, *texts):
        self.queue.put_all([text.encode() for text in texts])
        say("put_all")

    def get(self, timeout=None):
        data = self.queue.get() if timeout is None else self.queue.get(float(timeout))
        session = str(self.client.client_id[0])
        say("get", text=None if data is None else data.decode(), id=self.id, session=session)

    def holds(self):
        """Whether the mark on the entry in hand is its own."""
        say("holds", done=self.queue.holds_lock())

    def mark(self, entry):
        """What stands in the mark on an entry, and whose it is."""
        data, stat = self.client.get(self.queue.path + "/taken/" + entry)
        say("mark", id=data.decode(), session=str(stat.ephemeralOwner), fence=str(stat.czxid))

    def consume(self):
        say("consume", done=self.queue.consume())

    def release(self):
        say("release", done=self.queue.release())

    def length(self):
        say("length", length=len(self.queue))

    def drain(self, count):
        """Takes so many entries that are there."""
        say("drain", texts=[self.queue.get().decode() for _ in range(int(count))])


def main():
    settings = json.loads(sys.argv[1])
    client = KazooClient(hosts=settings["hosts"], timeout=settings["timeoutMs"] / 1000)
    client.start()
    consumer = Consumer(client, settings)
    say("ready")
    for line in sys.stdin:
        verb, *arguments = line.split()
        getattr(consumer, verb)(*arguments)
    client.stop()


main()
