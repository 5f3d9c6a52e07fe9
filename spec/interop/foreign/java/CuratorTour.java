// Shows a server what Curator can do, and tells what came of each step in a line: `CuratorTour HOST:PORT [SCENARIO…]`.
// A scenario is a method with its name in the table at the end; each has its own clients and znodes.

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.shared.SharedCountListener;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

public class CuratorTour {
  static final int TIMEOUT_MS = 10_000;
  static final long PATIENCE_S = 30;

  interface Scenario {
    void run(String root) throws Exception;
  }

  static String hosts;
  /** Two clients, as of two processes. */
  static CuratorFramework mine, theirs;

  static void say(String step, Object value) {
    System.out.println(step + ": " + value);
  }

  static Object attempt(Callable<?> call) throws Exception {
    try {
      return call.call();
    } catch (KeeperException error) {
      return error.code() + " " + error.getPath();
    }
  }

  static CuratorFramework connect() throws Exception {
    CuratorFramework client =
        CuratorFrameworkFactory.newClient(hosts, TIMEOUT_MS, TIMEOUT_MS, new RetryOneTime(100));
    client.start();
    if (!client.blockUntilConnected((int) PATIENCE_S, TimeUnit.SECONDS)) throw new IllegalStateException("not connected");
    return client;
  }

  static <T> CompletableFuture<T> background(Callable<T> call) {
    return CompletableFuture.supplyAsync(() -> {
      try {
        return call.call();
      } catch (Exception error) {
        throw new IllegalStateException(error);
      }
    });
  }

  static <T> T join(CompletableFuture<T> running) throws Exception {
    return running.get(PATIENCE_S, TimeUnit.SECONDS);
  }

  static void until(String what, Callable<Boolean> check) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
    while (!check.call()) {
      if (System.nanoTime() > end) throw new IllegalStateException("waited too long for " + what);
      Thread.sleep(5);
    }
  }

  static int childrenOf(String path) throws Exception {
    try {
      return mine.getChildren().forPath(path).size();
    } catch (KeeperException.NoNodeException error) {
      // It was a container.
      return 0;
    }
  }

  /** Names with the ids of protected creates taken out, in the order of their numbers. */
  static List<String> names(String path) throws Exception {
    return mine.getChildren().forPath(path).stream()
        .map(name -> name.replaceAll("^_c_[0-9a-f-]{36}-", "<protected>-"))
        .sorted(Comparator.comparing(name -> name.substring(Math.max(0, name.length() - 10))))
        .collect(Collectors.toList());
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] data) {
    return data == null ? "null" : new String(data, StandardCharsets.UTF_8);
  }

  static void framework(String root) throws Exception {
    say("create", mine.create().creatingParentsIfNeeded().forPath(root + "/a/b", bytes("1")));
    say("create again", attempt(() -> mine.create().forPath(root + "/a/b")));
    say("orSetData", mine.create().orSetData().forPath(root + "/a/b", bytes("2")) + " " + text(theirs.getData().forPath(root + "/a/b")));
    say("set", mine.setData().withVersion(1).forPath(root + "/a/b", bytes("3")).getVersion());
    say("set wrong version", attempt(() -> mine.setData().withVersion(1).forPath(root + "/a/b", bytes("4"))));
    say("delete", attempt(() -> mine.delete().forPath(root + "/a")));
    say("delete quietly", mine.delete().quietly().withVersion(-1).forPath(root + "/none"));
    String path = mine.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(root + "/p-");
    say("withProtection", names(root) + " " + path.startsWith(root + "/_c_"));
    mine.delete().guaranteed().forPath(path);
    say("acl", mine.getACL().forPath(root).toString().replace("\n", ""));
    CuratorFramework inside = mine.usingNamespace(root.substring(1) + "/space");
    say("namespace", inside.create().forPath("/x") + " " + (theirs.checkExists().forPath(root + "/space/x") != null));
    say("delete deep", mine.delete().deletingChildrenIfNeeded().forPath(root + "/a"));
  }

  static void transaction(String root) throws Exception {
    mine.create().forPath(root, bytes("0"));
    List<CuratorTransactionResult> results = mine.transaction().forOperations(
        mine.transactionOp().create().forPath(root + "/a", bytes("1")),
        mine.transactionOp().create().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(root + "/s-"),
        mine.transactionOp().setData().withVersion(0).forPath(root, bytes("1")),
        mine.transactionOp().check().withVersion(1).forPath(root),
        mine.transactionOp().delete().forPath(root + "/a"));
    for (CuratorTransactionResult one : results) {
      say("committed", one.getType() + " " + one.getForPath() + " " + one.getResultPath() + " " + one.getError());
    }
    say("refused", attempt(() -> mine.transaction().forOperations(
        mine.transactionOp().create().forPath(root + "/lost"), mine.transactionOp().check().withVersion(9).forPath(root))));
    say("nothing done", theirs.checkExists().forPath(root + "/lost"));
  }

  static void mutex(String root) throws Exception {
    InterProcessMutex first = new InterProcessMutex(mine, root), second = new InterProcessMutex(theirs, root);
    first.acquire();
    say("acquire again", first.acquire(1, TimeUnit.SECONDS));
    say("not yet", second.acquire(50, TimeUnit.MILLISECONDS));
    CompletableFuture<Boolean> waiting = background(() -> {
      boolean held = second.acquire(PATIENCE_S, TimeUnit.SECONDS);
      second.release();
      return held;
    });
    until("a contender", () -> childrenOf(root) == 2);
    say("contenders", names(root));
    first.release();
    say("still held", first.isAcquiredInThisProcess() + " " + childrenOf(root));
    first.release();
    say("passed on", join(waiting) + " " + childrenOf(root));
  }

  static void readWriteLock(String root) throws Exception {
    InterProcessReadWriteLock here = new InterProcessReadWriteLock(mine, root), there = new InterProcessReadWriteLock(theirs, root);
    here.readLock().acquire();
    say("two readers", there.readLock().acquire(PATIENCE_S, TimeUnit.SECONDS));
    say("no writer", background(() -> there.writeLock().acquire(50, TimeUnit.MILLISECONDS)).get());
    there.readLock().release();
    CompletableFuture<Boolean> writer = background(() -> {
      boolean held = there.writeLock().acquire(PATIENCE_S, TimeUnit.SECONDS);
      there.readLock().acquire();
      there.writeLock().release();
      there.readLock().release();
      return held;
    });
    until("the writer", () -> childrenOf(root) == 2);
    say("queue", names(root));
    here.readLock().release();
    say("writer, then reader", join(writer) + " " + childrenOf(root));
  }

  static void semaphore(String root) throws Exception {
    InterProcessSemaphoreV2 here = new InterProcessSemaphoreV2(mine, root, 2), there = new InterProcessSemaphoreV2(theirs, root, 2);
    List<Lease> leases = new ArrayList<>(here.acquire(2));
    say("leases", names(root + "/leases"));
    say("no third", there.acquire(50, TimeUnit.MILLISECONDS) == null);
    CompletableFuture<Lease> waiting = background(() -> there.acquire(PATIENCE_S, TimeUnit.SECONDS));
    until("a contender", () -> childrenOf(root + "/leases") == 3);
    here.returnLease(leases.get(0));
    say("passed on", join(waiting) != null);
    there.returnLease(join(waiting));
    here.returnLease(leases.get(1));
    say("all back", childrenOf(root + "/leases"));
  }

  static void latch(String root) throws Exception {
    CuratorFramework leaving = connect();
    LeaderLatch first = new LeaderLatch(leaving, root, "first"), second = new LeaderLatch(mine, root, "second");
    first.start();
    say("first", first.await(PATIENCE_S, TimeUnit.SECONDS));
    second.start();
    until("both", () -> first.getParticipants().size() == 2);
    say("participants", first.getParticipants().stream().map(Object::toString).collect(Collectors.joining(", ")));
    say("second", second.hasLeadership() + " follows " + second.getLeader().getId());
    say("names", names(root));
    // Its process goes, and its ephemeral with the session.
    leaving.close();
    say("fails over", second.await(PATIENCE_S, TimeUnit.SECONDS) + " " + second.getLeader().getId());
    second.close();
    say("nobody", childrenOf(root));
  }

  static void cache(String root) throws Exception {
    mine.create().creatingParentsIfNeeded().forPath(root + "/old/deep", bytes("1"));
    List<String> told = new ArrayList<>();
    CuratorCache cache = CuratorCache.build(mine, root);
    cache.listenable().addListener((type, before, after) -> {
      synchronized (told) {
        told.add(type + " " + (after == null ? before : after).getPath() + " " + (after == null ? "" : text(after.getData())));
      }
    });
    cache.start();
    tell("initial", told, 3);
    theirs.create().forPath(root + "/new", bytes("1"));
    tell("created", told, 1);
    theirs.create().creatingParentsIfNeeded().forPath(root + "/x/y", bytes("1"));
    tell("created deep", told, 2);
    theirs.setData().forPath(root + "/x/y", bytes("2"));
    tell("changed", told, 1);
    theirs.delete().deletingChildrenIfNeeded().forPath(root + "/x");
    tell("deleted", told, 2);
    say("size", cache.size() + " " + text(cache.get(root + "/new").get().getData()));
    cache.close();
  }

  static void tell(String step, List<String> told, int count) throws Exception {
    until(step + ", " + told, () -> {
      synchronized (told) {
        return told.size() >= count;
      }
    });
    synchronized (told) {
      say(step, told.stream().sorted().collect(Collectors.toList()));
      told.clear();
    }
  }

  static void barriers(String root) throws Exception {
    DistributedBarrier closed = new DistributedBarrier(mine, root + "/single");
    closed.setBarrier();
    CompletableFuture<Boolean> waiting = background(
        () -> new DistributedBarrier(theirs, root + "/single").waitOnBarrier(PATIENCE_S, TimeUnit.SECONDS));
    closed.removeBarrier();
    say("barrier", join(waiting));
    DistributedDoubleBarrier here = new DistributedDoubleBarrier(mine, root + "/double", 2);
    DistributedDoubleBarrier there = new DistributedDoubleBarrier(theirs, root + "/double", 2);
    say("alone", here.enter(50, TimeUnit.MILLISECONDS));
    here = new DistributedDoubleBarrier(mine, root + "/pair", 2);
    there = new DistributedDoubleBarrier(theirs, root + "/pair", 2);
    DistributedDoubleBarrier other = there;
    CompletableFuture<Boolean> entering = background(() -> other.enter(PATIENCE_S, TimeUnit.SECONDS));
    say("enter", here.enter(PATIENCE_S, TimeUnit.SECONDS) + " " + join(entering));
    CompletableFuture<Boolean> leaving = background(() -> other.leave(PATIENCE_S, TimeUnit.SECONDS));
    say("leave", here.leave(PATIENCE_S, TimeUnit.SECONDS) + " " + join(leaving));
    say("left", childrenOf(root + "/pair"));
  }

  static void counts(String root) throws Exception {
    DistributedAtomicLong here = new DistributedAtomicLong(mine, root + "/long", new ExponentialBackoffRetry(1, 20));
    DistributedAtomicLong there = new DistributedAtomicLong(theirs, root + "/long", new ExponentialBackoffRetry(1, 20));
    say("initialize", here.initialize(5L) + " " + there.initialize(7L));
    say("add", value(here.add(10L)) + ", " + value(there.subtract(20L)) + ", " + value(here.increment()));
    say("compareAndSet", value(there.compareAndSet(-4L, 100L)) + ", " + there.compareAndSet(3L, 4L).succeeded());
    List<CompletableFuture<Integer>> adding = new ArrayList<>();
    for (DistributedAtomicLong one : Arrays.asList(here, there)) {
      adding.add(background(() -> {
        int done = 0;
        while (done < 10) if (one.increment().succeeded()) done++;
        return done;
      }));
    }
    say("contended", join(adding.get(0)) + join(adding.get(1)) + " " + value(here.get()));
    say("bytes", Arrays.toString(mine.getData().forPath(root + "/long")));

    SharedCount ours = new SharedCount(mine, root + "/shared", 3), others = new SharedCount(theirs, root + "/shared", 4);
    List<String> told = new ArrayList<>();
    others.addListener(new SharedCountListener() {
      public void countHasChanged(org.apache.curator.framework.recipes.shared.SharedCountReader count, int value) {
        synchronized (told) {
          told.add("" + value);
        }
      }

      public void stateChanged(CuratorFramework client, ConnectionState state) {}
    });
    ours.start();
    others.start();
    ours.setCount(8);
    tell("shared", told, 1);
    say("trySetCount", others.trySetCount(others.getVersionedValue(), 9));
    until("the change", () -> ours.getCount() == 9);
    ours.close();
    others.close();
  }

  static String value(AtomicValue<Long> one) {
    return one.succeeded() + " " + one.preValue() + " " + one.postValue();
  }

  static void nodes(String root) throws Exception {
    PersistentNode node = new PersistentNode(mine, CreateMode.EPHEMERAL, true, root + "/node", bytes("1"));
    node.start();
    say("created", node.waitForInitialCreate(PATIENCE_S, TimeUnit.SECONDS) + " " + node.getActualPath().startsWith(root + "/_c_"));
    String path = node.getActualPath();
    long first = theirs.checkExists().forPath(path).getCzxid();
    theirs.delete().forPath(path);
    until("it to be back", () -> {
      Stat stat = theirs.checkExists().forPath(node.getActualPath());
      return stat != null && stat.getCzxid() > first;
    });
    node.setData(bytes("2"));
    until("its data", () -> text(theirs.getData().forPath(node.getActualPath())).equals("2"));
    say("back", childrenOf(root));
    node.close();
    say("gone", childrenOf(root));
  }

  /** Containers that are empty again and TTL znodes go on their own. */
  static void reaping(String root) throws Exception {
    String path = mine.create().creatingParentContainersIfNeeded().forPath(root + "/container/child");
    say("with TTL", mine.create().withTtl(1).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath(root + "/ttl"));
    mine.delete().forPath(path);
    until("the parents to be reaped", () -> theirs.checkExists().forPath(root) == null);
    say("reaped", true);
  }

  static final Map<String, Scenario> SCENARIOS = new LinkedHashMap<>();

  static {
    SCENARIOS.put("framework", CuratorTour::framework);
    SCENARIOS.put("transaction", CuratorTour::transaction);
    SCENARIOS.put("mutex", CuratorTour::mutex);
    SCENARIOS.put("readWriteLock", CuratorTour::readWriteLock);
    SCENARIOS.put("semaphore", CuratorTour::semaphore);
    SCENARIOS.put("latch", CuratorTour::latch);
    SCENARIOS.put("cache", CuratorTour::cache);
    SCENARIOS.put("barriers", CuratorTour::barriers);
    SCENARIOS.put("counts", CuratorTour::counts);
    SCENARIOS.put("nodes", CuratorTour::nodes);
    SCENARIOS.put("reaping", CuratorTour::reaping);
  }

  public static void main(String[] args) throws Exception {
    hosts = args[0];
    mine = connect();
    theirs = connect();
    List<String> asked = Arrays.asList(args).subList(1, args.length);
    for (String name : asked.isEmpty() ? SCENARIOS.keySet() : asked) {
      say("scenario", name);
      SCENARIOS.get(name).run("/curator-" + name);
    }
    // The locks' parents were containers, and are gone by now or soon.
    for (String name : Arrays.asList("mutex", "readWriteLock", "latch")) {
      if (asked.isEmpty()) until(name + " to be reaped", () -> mine.checkExists().forPath("/curator-" + name) == null);
    }
    for (String name : mine.getChildren().forPath("/")) {
      if (name.startsWith("curator-")) mine.delete().quietly().deletingChildrenIfNeeded().forPath("/" + name);
    }
    theirs.close();
    mine.close();
    say("end", true);
  }
}
