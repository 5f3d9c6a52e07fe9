"""kazoo's recipes, each between two or more clients."""

import threading
from datetime import timedelta

from kazoo.exceptions import LockTimeout

from support import attempt, connect, say, stop, until


def in_background(function, *args, **options):
    results = []
    thread = threading.Thread(target=lambda: results.append(attempt(function, *args, **options)))
    thread.start()

    def join():
        thread.join(30)
        return results

    return join


def locks(client, root):
    other, path = connect(client.given_hosts), root + "/lock"
    mine, theirs = client.Lock(path, "mine"), other.Lock(path, "theirs")
    say("Lock", mine.acquire())
    say("Lock not blocking", theirs.acquire(blocking=False))
    say("Lock timeout", attempt(theirs.acquire, timeout=0.1) == LockTimeout.__name__)
    waiting = in_background(theirs.acquire)
    until("contenders", lambda: len(mine.contenders()) == 2)
    say("Lock contenders", mine.contenders())
    mine.release()
    say("Lock passes", [waiting(), theirs.contenders()])
    theirs.release()

    path = root + "/shared"
    readers = [client.ReadLock(path, "r1"), other.ReadLock(path, "r2")]
    say("ReadLock", [one.acquire() for one in readers])
    writer = other.WriteLock(path, "w")
    say("WriteLock not blocking", writer.acquire(blocking=False))
    waiting = in_background(writer.acquire)
    until("the writer", lambda: len(writer.contenders()) == 3)
    late = client.ReadLock(path, "r3")
    say("ReadLock behind a writer", late.acquire(blocking=False))
    for one in readers:
        one.release()
    say("WriteLock passes", [waiting(), writer.contenders()])
    writer.release()

    path = root + "/semaphore"
    holders = [one.Semaphore(path, name, max_leases=2) for one, name in zip((client, other, client), "abc")]
    say("Semaphore", [holders[0].acquire(), holders[1].acquire(), holders[2].acquire(blocking=False)])
    say("Semaphore lease_holders", sorted(holders[0].lease_holders()))
    waiting = in_background(holders[2].acquire)
    holders[0].release()
    say("Semaphore passes", [waiting(), sorted(holders[2].lease_holders())])
    say("Semaphore size", attempt(other.Semaphore(path, max_leases=3).acquire))
    for one in holders[1:]:
        one.release()
    stop(other)


def elections(client, root):
    other, led, enough = connect(client.given_hosts), [], threading.Event()

    def lead(name):
        led.append(name)
        if name == "first":
            enough.wait(30)

    first, second = client.Election(root + "/election", "first"), other.Election(root + "/election", "second")
    leading = in_background(first.run, lead, "first")
    until("a leader", lambda: led)
    following = in_background(second.run, lead, "second")
    until("both", lambda: len(first.contenders()) == 2)
    say("Election", [list(led), first.contenders()])
    enough.set()
    leading()
    following()
    say("Election passes", [led, first.contenders()])
    stop(other)


def queues(client, root):
    queue = client.Queue(root + "/queue")
    for value, priority in ((b"b", 100), (b"c", 200), (b"a", 1)):
        queue.put(value, priority)
    say("Queue", [len(queue)] + [queue.get() for _ in range(4)])
    other = connect(client.given_hosts)
    mine, theirs = client.LockingQueue(root + "/locking"), other.LockingQueue(root + "/locking")
    say("LockingQueue put", [mine.put(b"one"), mine.put_all([b"two", b"three"]), len(mine)])
    say("LockingQueue get", [mine.get(), theirs.get(), mine.get(), mine.holds_lock()])
    say("LockingQueue consume", [mine.consume(), theirs.release(), theirs.get(), len(theirs)])
    say("LockingQueue rest", [theirs.consume(), mine.get(), mine.consume(), mine.get(timeout=0.1)])
    waiting = in_background(theirs.get, timeout=30)
    mine.put(b"late")
    say("LockingQueue waits", [waiting(), theirs.consume()])
    stop(other)


def parties(client, root):
    other = connect(client.given_hosts)
    for kind in ("Party", "ShallowParty"):
        path = root + "/" + kind
        mine, theirs = getattr(client, kind)(path, "mine"), getattr(other, kind)(path, "theirs")
        mine.join()
        theirs.join()
        say(kind, [sorted(mine), len(theirs)])
        say(kind + " leave", [mine.leave(), list(theirs)])
    say("parties before the end", len(client.Party(root + "/Party")))
    stop(other)
    say("parties after it", [len(client.Party(root + "/Party")), len(client.ShallowParty(root + "/ShallowParty"))])


def counters(client, root):
    other = connect(client.given_hosts)
    for name, options in {"int": {}, "float": {"default": 0.5}, "curator": {"support_curator": True}}.items():
        path = root + "/counter-" + name
        mine, theirs = client.Counter(path, **options), other.Counter(path, **options)
        unit = 1.0 if name == "float" else 1
        mine += 3 * unit
        theirs -= 5 * unit
        say("Counter " + name, [mine.value, theirs.pre_value, theirs.post_value, client.get(path)[0].hex()])

    def add():
        counter = other.Counter(root + "/counter-int")
        for _ in range(10):
            counter += 1

    threads = [in_background(add) for _ in range(3)]
    for join in threads:
        join()
    say("Counter contended", client.Counter(root + "/counter-int").value)
    stop(other)


def barriers(client, root):
    other = connect(client.given_hosts)
    closed = client.Barrier(root + "/barrier")
    closed.create()
    say("Barrier closed", closed.wait(timeout=0.1))
    waiting = in_background(other.Barrier(root + "/barrier").wait, 30)
    say("Barrier", [closed.remove(), waiting(), closed.remove()])
    mine, theirs = (one.DoubleBarrier(root + "/double", 2) for one in (client, other))
    entering = in_background(theirs.enter)
    mine.enter()
    entering()
    say("DoubleBarrier", [mine.participating, theirs.participating])
    leaving = in_background(theirs.leave)
    mine.leave()
    leaving()
    say("DoubleBarrier leave", [mine.participating, theirs.participating])
    stop(other)


def settle(partitioner):
    """Does what the partitioner waits for, and tells whether it has its share."""
    if partitioner.release:
        partitioner.release_set()
    elif partitioner.allocating:
        partitioner.wait_for_acquire(1)
    return partitioner.acquired


def shares(client, root):
    other, hour = connect(client.given_hosts), timedelta(hours=1)
    path = root + "/lease"
    takers = [(client, "mine"), (other, "theirs"), (other, "mine")]
    say("NonBlockingLease", [bool(one.NonBlockingLease(path, hour, identifier=name)) for one, name in takers])
    path = root + "/leases"
    names = ("a", "b", "c")
    say("MultiNonBlockingLease", [bool(client.MultiNonBlockingLease(2, path, hour, identifier=name)) for name in names])
    path = root + "/partition"
    options = {"path": path, "set": ["p", "q", "r"], "time_boundary": 0.3}
    partitioners = [one.SetPartitioner(identifier=name, **options) for one, name in ((client, "m1"), (other, "m2"))]
    until("partitions", lambda: all([settle(one) for one in partitioners]))
    say("SetPartitioner", [sorted(one) for one in partitioners])
    for one in partitioners:
        one.finish()
    stop(other)
