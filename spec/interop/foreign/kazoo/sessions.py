"""Sessions: their states, taking one up again, and what goes with them."""

import json
import subprocess
import sys

from kazoo.client import KazooClient

from support import SESSION_TIMEOUT_S, connect, say, stop, until

# Makes an ephemeral and is gone without closing its session, as a process that is killed.
DIES = """
import json, os, sys
from kazoo.client import KazooClient
client = KazooClient(hosts=sys.argv[1], timeout=float(sys.argv[3]))
client.start(30)
client.create(sys.argv[2], ephemeral=True)
session, password = client.client_id
print(json.dumps([session, password.hex()]), flush=True)
os._exit(0)
"""


def dies(client, path, timeout_s):
    command = [sys.executable, "-B", "-c", DIES, client.given_hosts, path, str(timeout_s)]
    printed = subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE).stdout
    session, password = json.loads(printed)
    return session, bytes.fromhex(password)


def states(client, root):
    seen, one = [], KazooClient(hosts=client.given_hosts)
    one.add_listener(lambda state: seen.append(state))
    one.start(timeout=30)
    one.stop()
    one.close()
    say("states", seen)
    chrooted = connect(client.given_hosts + root)
    chrooted.ensure_path("/inside")
    say("chroot", sorted(chrooted.get_children("/")) == sorted(client.get_children(root)))
    stop(chrooted)


def resumption(client, root):
    client_id = dies(client, root + "/kept", SESSION_TIMEOUT_S)
    session, password = client_id
    say("client_id", [session != 0, len(password)])
    wrong = connect(client.given_hosts, client_id=(session, b"x" * 16))
    say("wrong password", wrong.client_id[0] != session)
    stop(wrong)
    resumed = connect(client.given_hosts, client_id=client_id)
    say("resumed", resumed.client_id == client_id)
    say("ephemerals kept", resumed.exists(root + "/kept").ephemeralOwner == session)
    stop(resumed)
    say("ephemerals gone", client.exists(root + "/kept"))
    late = connect(client.given_hosts, client_id=client_id)
    say("another session after its end", late.client_id[0] != session)
    stop(late)


def expiry(client, root):
    gone, path = [], root + "/dies"
    dies(client, path, 1)
    if client.exists(path, watch=lambda event: gone.append(event.type)):
        until("the expiry", lambda: gone)
    say("ephemerals after expiry", client.exists(path))
