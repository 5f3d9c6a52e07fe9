// Curator's queues.

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.queue.DistributedDelayQueue;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBase;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.state.ConnectionState;

final class Queues {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of(
      "simpleQueue", (path, words) -> simple(path),
      "queue", (path, words) -> queue(path, words[0], words.length > 1 ? words[1] : null));

  private static final QueueSerializer<String> TEXTS = new QueueSerializer<>() {
    public byte[] serialize(String item) {
      return CuratorProcess.bytes(item);
    }

    public String deserialize(byte[] data) {
      return CuratorProcess.text(data);
    }
  };

  /** Puts an item in; the number is its priority, or when it is due. */
  interface Put {
    void put(String item, long number) throws Exception;
  }

  /** A queue of one of the three kinds, and how to put something in. */
  private static final class Built {
    final QueueBase<String> queue;
    final Put put;

    Built(QueueBase<String> queue, Put put) throws Exception {
      this.queue = queue;
      this.put = put;
      queue.start();
    }
  }

  private static Built build(String type, QueueBuilder<String> builder) throws Exception {
    switch (type) {
      case "plain":
        DistributedQueue<String> plain = builder.buildQueue();
        return new Built(plain, (item, number) -> plain.put(item));
      case "priority":
        DistributedPriorityQueue<String> priority = builder.buildPriorityQueue(0);
        return new Built(priority, (item, number) -> priority.put(item, (int) number));
      case "delay":
        DistributedDelayQueue<String> delay = builder.buildDelayQueue();
        return new Built(delay, delay::put);
      default: throw CuratorProcess.unknown("build " + type);
    }
  }

  /** Tells the contest when it has consumed so much. */
  private static final class Consumer implements QueueConsumer<String> {
    final List<Object[]> consumed = new CopyOnWriteArrayList<>();
    final LinkedBlockingQueue<String> untaken = new LinkedBlockingQueue<>();
    final Contest contest;
    final boolean hangs;

    Consumer(Contest contest, boolean hangs) {
      this.contest = contest;
      this.hangs = hangs;
    }

    public void consumeMessage(String item) throws Exception {
      untaken.add(item);
      if (hangs) new CountDownLatch(1).await();
      consumed.add(new Object[] {item, System.currentTimeMillis()});
      if (contest != null && consumed.size() == contest.times()) contest.arrive("done");
      if (contest != null) Thread.sleep(2);
    }

    public void stateChanged(CuratorFramework client, ConnectionState state) {}
  }

  private static CuratorProcess.Handle queue(String path, String type, String lockPath) throws Exception {
    List<Built> built = new ArrayList<>();
    AtomicReference<Consumer> consumer = new AtomicReference<>();
    return (verb, words) -> {
      switch (verb) {
        case "produce":
          built.add(build(type, builder(path, null, lockPath)));
          return true;
        case "consume":
        case "hang":
          Contest contest = words.length < Contest.ARGUMENTS ? null : new Contest(words);
          consumer.set(new Consumer(contest, verb.equals("hang")));
          if (contest != null) contest.meet("consume");
          built.add(build(type, builder(path, consumer.get(), lockPath)));
          return true;
        case "put": built.get(0).put.put(words[0], Long.parseLong(words[1])); return true;
        case "fill": return fill(built.get(0).put, type, new Contest(words));
        case "take": return consumer.get().untaken.poll(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS);
        case "consumed": return consumer.get().consumed;
        case "close": for (Built one : built) one.queue.close(); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static QueueBuilder<String> builder(String path, Consumer consumer, String lockPath) {
    QueueBuilder<String> builder =
        QueueBuilder.builder(CuratorProcess.client, consumer, TEXTS, path).putInBackground(false);
    return lockPath == null ? builder : builder.lockPath(lockPath);
  }

  /** Puts items in until all who consume have had enough; each is called by its name, its number, and when it is due. */
  private static List<String> fill(Put queue, String type, Contest contest) throws Exception {
    List<String> items = new ArrayList<>();
    contest.meet("start");
    while (items.size() < contest.times() || !contest.met("done")) {
      int i = items.size();
      long number = type.equals("delay") ? System.currentTimeMillis() + i * 37 % 200 : i % 3 - 1;
      String item = "java " + i + " " + number;
      queue.put(item, number);
      items.add(item);
      // Consumers must keep up.
      if (i >= contest.times()) Thread.sleep(5);
    }
    return items;
  }

  private static CuratorProcess.Handle simple(String path) {
    SimpleDistributedQueue queue = new SimpleDistributedQueue(CuratorProcess.client, path);
    AtomicReference<Consumer> consumer = new AtomicReference<>();
    AtomicBoolean closed = new AtomicBoolean();
    return (verb, words) -> {
      switch (verb) {
        case "offer": return queue.offer(CuratorProcess.bytes(words[0]));
        case "poll": return CuratorProcess.text(queue.poll(CuratorProcess.PATIENCE_S, TimeUnit.SECONDS));
        case "produce": return true;
        case "fill": return fill((item, number) -> queue.offer(CuratorProcess.bytes(item)), "simple", new Contest(words));
        case "consume":
          Consumer its = new Consumer(new Contest(words), false);
          consumer.set(its);
          its.contest.meet("consume");
          new Thread(() -> {
            try {
              while (!closed.get()) {
                byte[] item = queue.poll(20, TimeUnit.MILLISECONDS);
                if (item != null) its.consumeMessage(CuratorProcess.text(item));
              }
            } catch (Exception error) {
              its.consumed.add(new Object[] {error.toString(), 0});
            }
          }).start();
          return true;
        case "consumed": return consumer.get().consumed;
        case "close": closed.set(true); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }
}
