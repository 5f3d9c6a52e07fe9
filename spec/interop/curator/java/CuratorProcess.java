// A process that has Curator's recipes, for specs of ours that meet it on the same znodes: `CuratorProcess HOST:PORT`.
// It is told on stdin, a line each, words parted by tabs: ID HANDLE VERB ARGUMENT…, and answers {"event":ID,"value":…} or
// {"event":ID,"error":…}. "make KIND PATH…" makes a handle; each has a thread of its own, because Curator's locks belong to
// threads, and does one thing after the other. "renew HOST:PORT" ends the client with all that it holds, and begins a new one.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;

public class CuratorProcess {
  static final long PATIENCE_S = 40;
  static final ObjectMapper JSON = new ObjectMapper();
  static final Map<String, Handle> HANDLES = new ConcurrentHashMap<>();
  static final List<Map<String, Kind>> FAMILIES =
      List.of(Locks.KINDS, Elections.KINDS, Barriers.KINDS, Queues.KINDS, Values.KINDS, Services.KINDS);
  static volatile CuratorFramework client;

  /** What can be done with a recipe. */
  interface Handle {
    Object call(String verb, String[] words) throws Exception;
  }

  /** Makes a recipe of one kind. */
  interface Kind {
    Handle make(String path, String[] words) throws Exception;
  }

  static synchronized void say(Map<String, Object> line) throws Exception {
    System.out.println(JSON.writeValueAsString(line));
    System.out.flush();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] data) {
    return data == null ? null : new String(data, StandardCharsets.UTF_8);
  }

  static IllegalArgumentException unknown(String verb) {
    return new IllegalArgumentException("cannot " + verb);
  }

  /** Of something that was waited for. */
  static void mustBe(boolean condition) {
    if (!condition) throw new IllegalStateException("waited too long");
  }

  private static Handle make(String kind, String path, String[] words) throws Exception {
    for (Map<String, Kind> family : FAMILIES) {
      if (family.containsKey(kind)) return family.get(kind).make(path, words);
    }
    throw unknown("make " + kind);
  }

  private static String[] from(int index, String[] words) {
    return Arrays.copyOfRange(words, Math.min(index, words.length), words.length);
  }

  private static void answer(String[] words) throws Exception {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", words[0]);
    try {
      if (words[2].equals("renew")) {
        client.close();
        HANDLES.clear();
        connect(words[3]);
        line.put("value", true);
      } else if (words[2].equals("make")) {
        HANDLES.put(words[1], make(words[3], words[4], from(5, words)));
        line.put("value", true);
      } else {
        line.put("value", HANDLES.get(words[1]).call(words[2], from(3, words)));
      }
    } catch (Exception error) {
      line.put("error", error.toString());
    }
    say(line);
  }

  private static void connect(String hosts) throws Exception {
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
