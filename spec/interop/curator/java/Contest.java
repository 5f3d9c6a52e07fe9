// One contender in a contest of both sides; see contest.ts, which it plays by the rules of.

import java.util.ArrayList;
import java.util.List;
import org.apache.zookeeper.data.Stat;

final class Contest {
  static final int ARGUMENTS = 4;
  private final String path;
  private final String name;
  private final int times;
  private final int rivals;
  private final List<long[]> sections = new ArrayList<>();

  /** Of words: the path of the contest, the contender's name, how often it must have been in, how many contenders there are. */
  Contest(String[] words) {
    path = words[0];
    name = words[1];
    times = Integer.parseInt(words[2]);
    rivals = Integer.parseInt(words[3]);
  }

  /** Says that this one is there, and waits for the others. */
  void meet(String where) throws Exception {
    arrive(where);
    long deadline = System.nanoTime() + CuratorProcess.PATIENCE_S * 1_000_000_000L;
    while (!met(where)) {
      CuratorProcess.mustBe(System.nanoTime() < deadline);
      Thread.sleep(3);
    }
  }

  void arrive(String where) throws Exception {
    CuratorProcess.client.create().orSetData().creatingParentsIfNeeded()
        .forPath(path + "/" + where + "/" + name, new byte[0]);
  }

  /** Whether all have arrived there. */
  boolean met(String where) throws Exception {
    Stat stat = CuratorProcess.client.checkExists().forPath(path + "/" + where);
    return stat != null && stat.getNumChildren() >= rivals;
  }

  int times() {
    return times;
  }

  /** Whether to go in once more: until all have been in so often. */
  boolean goesOn() throws Exception {
    if (sections.size() == times) arrive("done");
    return sections.size() < times || !met("done");
  }

  /** What is done inside. */
  void section(long dwellMs) throws Exception {
    long from = tick();
    Thread.sleep(dwellMs);
    sections.add(new long[] {from, tick()});
  }

  /** A moment between the moments of all others. */
  long tick() throws Exception {
    return CuratorProcess.client.setData().forPath(path + "/clock", new byte[0]).getMzxid();
  }

  List<long[]> sections() {
    return sections;
  }
}
