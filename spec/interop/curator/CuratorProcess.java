// A process that has Curator's recipes, for specs of ours that meet it on the same znodes: `CuratorProcess HOST:PORT`.
// It is told on stdin, a line each, words parted by tabs: ID HANDLE VERB ARGUMENT…, and answers {"event":ID,"value":…} or
// {"event":ID,"error":…}. "make KIND PATH…" makes a handle; each has a thread of its own, because Curator's locks belong to
// threads, and does one thing after the other. "renew HOST:PORT" ends the client with all that it holds, and begins a new one.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.Participant;
import org.apache.curator.framework.recipes.locks.InterProcessLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceType;
import org.apache.curator.x.discovery.UriSpec;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;

public class CuratorProcess {
  static final long PATIENCE_S = 40;
  static final ObjectMapper JSON = new ObjectMapper();
  static final Map<String, Handle> HANDLES = new ConcurrentHashMap<>();
  static volatile CuratorFramework client;

  /** What can be done with a recipe. */
  interface Handle {
    Object call(String verb, String[] words) throws Exception;
  }

  static synchronized void say(Map<String, Object> line) throws Exception {
    System.out.println(JSON.writeValueAsString(line));
    System.out.flush();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }

  static IllegalArgumentException unknown(String verb) {
    return new IllegalArgumentException("cannot " + verb);
  }

  static Handle lock(InterProcessLock lock) {
    return (verb, words) -> {
      switch (verb) {
        case "acquire": return lock.acquire(PATIENCE_S, TimeUnit.SECONDS);
        case "try": return lock.acquire(200, TimeUnit.MILLISECONDS);
        case "release": lock.release(); return true;
        case "bump": return bump(lock, words[3], Integer.parseInt(words[4]));
        case "participants": return new ArrayList<>(((InterProcessMutex) lock).getParticipantNodes());
        default: throw unknown(verb);
      }
    };
  }

  /** Adds one, so often, in a way that only a lock makes safe. */
  static int bump(InterProcessLock lock, String path, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      if (!lock.acquire(PATIENCE_S, TimeUnit.SECONDS)) throw new IllegalStateException("waited too long");
      try {
        int value = Integer.parseInt(text(client.getData().forPath(path)));
        client.setData().forPath(path, bytes("" + (value + 1)));
      } finally {
        lock.release();
      }
    }
    return times;
  }

  static Handle semaphore(String path, int max) {
    InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(client, path, max);
    List<Lease> leases = new ArrayList<>();
    return (verb, words) -> {
      switch (verb) {
        case "try":
        case "acquire":
          long limitMs = verb.equals("try") ? 200 : PATIENCE_S * 1000;
          Lease lease = semaphore.acquire(limitMs, TimeUnit.MILLISECONDS);
          if (lease != null) leases.add(lease);
          return lease == null ? null : lease.getNodeName();
        case "release": semaphore.returnLease(leases.remove(0)); return true;
        case "holders": return new ArrayList<>(semaphore.getParticipantNodes());
        default: throw unknown(verb);
      }
    };
  }

  static Handle latch(String path, String id) throws Exception {
    LeaderLatch latch = new LeaderLatch(client, path, id);
    return (verb, words) -> {
      switch (verb) {
        case "start": latch.start(); return true;
        case "await": return latch.await(PATIENCE_S, TimeUnit.SECONDS);
        case "leads": return latch.hasLeadership();
        case "leader": return latch.getLeader().getId();
        case "participants":
          List<String> ids = new ArrayList<>();
          for (Participant one : latch.getParticipants()) ids.add(one.getId());
          return ids;
        case "close": latch.close(); return true;
        default: throw unknown(verb);
      }
    };
  }

  static Handle doubleBarrier(String path, int count) {
    DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(client, path, count);
    return (verb, words) -> {
      switch (verb) {
        case "enter": return barrier.enter(PATIENCE_S, TimeUnit.SECONDS);
        case "leave": return barrier.leave(PATIENCE_S, TimeUnit.SECONDS);
        default: throw unknown(verb);
      }
    };
  }

  static Handle atomicLong(String path) {
    DistributedAtomicLong counter = new DistributedAtomicLong(client, path, new ExponentialBackoffRetry(1, 20));
    return (verb, words) -> {
      switch (verb) {
        case "get": return "" + counter.get().postValue();
        case "add":
          for (int i = 0; i < Integer.parseInt(words[4]); ) {
            AtomicValue<Long> added = counter.add(Long.parseLong(words[3]));
            if (added.succeeded()) i++;
          }
          return true;
        default: throw unknown(verb);
      }
    };
  }

  static Handle sharedCount(String path, int seed) {
    SharedCount count = new SharedCount(client, path, seed);
    return (verb, words) -> {
      switch (verb) {
        case "start": count.start(); return count.getCount();
        case "get": return count.getCount();
        case "set": count.setCount(Integer.parseInt(words[3])); return true;
        case "trySet": return count.trySetCount(count.getVersionedValue(), Integer.parseInt(words[3]));
        case "close": count.close(); return true;
        default: throw unknown(verb);
      }
    };
  }

  static Handle simpleQueue(String path) {
    SimpleDistributedQueue queue = new SimpleDistributedQueue(client, path);
    return (verb, words) -> {
      switch (verb) {
        case "offer": return queue.offer(bytes(words[3]));
        case "poll": return text(queue.poll(PATIENCE_S, TimeUnit.SECONDS));
        default: throw unknown(verb);
      }
    };
  }

  static Handle priorityQueue(String path) throws Exception {
    LinkedBlockingQueue<String> consumed = new LinkedBlockingQueue<>();
    QueueConsumer<String> consumer = new QueueConsumer<String>() {
      public void consumeMessage(String message) {
        consumed.add(message);
      }

      public void stateChanged(CuratorFramework client, ConnectionState state) {}
    };
    QueueSerializer<String> serializer = new QueueSerializer<String>() {
      public byte[] serialize(String item) {
        return bytes(item);
      }

      public String deserialize(byte[] data) {
        return text(data);
      }
    };
    Map<String, DistributedPriorityQueue<String>> queues = new HashMap<>();
    return (verb, words) -> {
      switch (verb) {
        case "produce":
        case "consume":
          QueueBuilder<String> builder =
              QueueBuilder.builder(client, verb.equals("consume") ? consumer : null, serializer, path);
          queues.put(verb, builder.lockPath(path + "-locks").buildPriorityQueue(0));
          queues.get(verb).start();
          return true;
        case "put": queues.get("produce").put(words[4], Integer.parseInt(words[3])); return true;
        case "flush": return queues.get("produce").flushPuts(PATIENCE_S, TimeUnit.SECONDS);
        case "take": return consumed.poll(PATIENCE_S, TimeUnit.SECONDS);
        case "close": for (DistributedPriorityQueue<String> one : queues.values()) one.close(); return true;
        default: throw unknown(verb);
      }
    };
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  static Handle discovery(String base) throws Exception {
    JsonInstanceSerializer<Map> serializer = new JsonInstanceSerializer<>(Map.class);
    ServiceDiscovery<Map> discovery =
        ServiceDiscoveryBuilder.builder(Map.class).client(client).basePath(base).serializer(serializer).build();
    discovery.start();
    Map<String, ServiceInstance<Map>> registered = new HashMap<>();
    return (verb, words) -> {
      switch (verb) {
        case "register":
        case "update":
          ServiceInstance<Map> instance = ServiceInstance.<Map>builder()
              .name(words[3]).id(words[4]).address("10.0.0.9").port(90).sslPort(94)
              .payload(JSON.readValue(words[5], HashMap.class))
              .serviceType(ServiceType.valueOf(words[6]))
              .uriSpec(new UriSpec("{scheme}://{address}:{ssl-port}/{what}"))
              .build();
          if (verb.equals("register")) discovery.registerService(instance);
          else discovery.updateService(instance);
          registered.put(words[4], instance);
          return text(serializer.serialize(instance));
        case "unregister": discovery.unregisterService(registered.remove(words[3])); return true;
        case "names": return discovery.queryForNames();
        case "instances":
          List<Object> found = new ArrayList<>();
          for (ServiceInstance<Map> one : discovery.queryForInstances(words[3])) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("json", text(serializer.serialize(one)));
            told.put("uri", one.buildUriSpec(Map.of("what", "search")));
            told.put("enabled", one.isEnabled());
            found.add(told);
          }
          return found;
        case "close": discovery.close(); return true;
        default: throw unknown(verb);
      }
    };
  }

  static Handle compressed(String path) {
    return (verb, words) -> {
      switch (verb) {
        case "create": return client.create().compressed().forPath(path, bytes(words[3]));
        case "read": return text(client.getData().decompressed().forPath(path));
        default: throw unknown(verb);
      }
    };
  }

  static Handle make(String[] words) throws Exception {
    String path = words[4];
    switch (words[3]) {
      case "mutex": return lock(new InterProcessMutex(client, path));
      case "semaphoreMutex": return lock(new InterProcessSemaphoreMutex(client, path));
      case "read": return lock(new InterProcessReadWriteLock(client, path).readLock());
      case "write": return lock(new InterProcessReadWriteLock(client, path).writeLock());
      case "semaphore": return semaphore(path, Integer.parseInt(words[5]));
      case "latch": return latch(path, words[5]);
      case "double": return doubleBarrier(path, Integer.parseInt(words[5]));
      case "long": return atomicLong(path);
      case "count": return sharedCount(path, Integer.parseInt(words[5]));
      case "simpleQueue": return simpleQueue(path);
      case "priorityQueue": return priorityQueue(path);
      case "discovery": return discovery(path);
      case "compressed": return compressed(path);
      default: throw unknown("make " + words[3]);
    }
  }

  static void answer(String[] words) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", words[0]);
    try {
      if (words[2].equals("renew")) {
        client.close();
        HANDLES.clear();
        connect(words[3]);
        line.put("value", true);
      } else if (words[2].equals("make")) {
        HANDLES.put(words[1], make(words));
        line.put("value", true);
      } else {
        line.put("value", HANDLES.get(words[1]).call(words[2], words));
      }
    } catch (Exception error) {
      line.put("error", error.toString());
    }
    say(line);
  }

  static void connect(String hosts) throws Exception {
    // The tracker would keep a watch on the ensemble's configuration.
    client = CuratorFrameworkFactory.builder().connectString(hosts)
        .sessionTimeoutMs(10_000).connectionTimeoutMs(10_000).retryPolicy(new ExponentialBackoffRetry(100, 5))
        .ensembleTracker(false).build();
    client.start();
    if (!client.blockUntilConnected((int) PATIENCE_S, TimeUnit.SECONDS)) throw new IllegalStateException("not connected");
  }

  public static void main(String[] args) throws Exception {
    connect(args[0]);
    say(Map.of("event", "ready"));
    Map<String, ExecutorService> threads = new HashMap<>();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split("\t");
      threads.computeIfAbsent(words[1], handle -> Executors.newSingleThreadExecutor()).submit(() -> {
        answer(words);
        return null;
      });
    }
    client.close();
    System.exit(0);
  }
}
