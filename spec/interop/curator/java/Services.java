// Curator's service discovery.

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceType;
import org.apache.curator.x.discovery.UriSpec;
import org.apache.curator.x.discovery.details.JsonInstanceSerializer;

@SuppressWarnings({"rawtypes", "unchecked"})
final class Services {
  static final Map<String, CuratorProcess.Kind> KINDS = Map.of("discovery", (path, words) -> discovery(path));

  private static CuratorProcess.Handle discovery(String base) throws Exception {
    JsonInstanceSerializer<Map> serializer = new JsonInstanceSerializer<>(Map.class);
    ServiceDiscovery<Map> discovery = ServiceDiscoveryBuilder.builder(Map.class)
        .client(CuratorProcess.client).basePath(base).serializer(serializer).build();
    discovery.start();
    Map<String, ServiceInstance<Map>> registered = new HashMap<>();
    return (verb, words) -> {
      switch (verb) {
        case "register":
        case "update":
          ServiceInstance<Map> instance = instance(words[0], words[1], words[2], words[3]);
          if (verb.equals("register")) discovery.registerService(instance);
          else discovery.updateService(instance);
          registered.put(words[1], instance);
          return CuratorProcess.text(serializer.serialize(instance));
        case "unregister": discovery.unregisterService(registered.remove(words[0])); return true;
        case "churn": return churn(discovery, words[0], new Contest(from(1, words)));
        case "names": return new ArrayList<>(discovery.queryForNames());
        case "instances":
          List<Object> found = new ArrayList<>();
          for (ServiceInstance<Map> one : discovery.queryForInstances(words[0])) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("json", CuratorProcess.text(serializer.serialize(one)));
            told.put("uri", one.buildUriSpec(Map.of("what", "search")));
            told.put("enabled", one.isEnabled());
            found.add(told);
          }
          return found;
        case "close": discovery.close(); return true;
        default: throw CuratorProcess.unknown(verb);
      }
    };
  }

  private static ServiceInstance<Map> instance(String name, String id, String payload, String type) throws Exception {
    return ServiceInstance.<Map>builder()
        .name(name).id(id).address("10.0.0.9").port(90).sslPort(94)
        .payload(new ObjectMapper().readValue(payload, HashMap.class))
        .serviceType(ServiceType.valueOf(type))
        .uriSpec(new UriSpec("{scheme}://{address}:{ssl-port}/{what}"))
        .build();
  }

  /** Registers an instance and takes it away again, until both sides have done so often enough and met one of the other's. */
  private static boolean churn(ServiceDiscovery<Map> discovery, String name, Contest contest) throws Exception {
    boolean hasMet = false;
    boolean hasArrived = false;
    contest.meet("start");
    for (int i = 0; i < contest.times() || !contest.met("done"); i++) {
      ServiceInstance<Map> own = instance(name, "java-" + i, "{\"round\":" + i + "}", i % 2 == 0 ? "DYNAMIC" : "STATIC");
      discovery.registerService(own);
      Collection<ServiceInstance<Map>> all = discovery.queryForInstances(name);
      if (all.stream().noneMatch(one -> one.getId().equals(own.getId()))) {
        throw new IllegalStateException(own.getId() + " is not in its own listing");
      }
      hasMet |= all.stream().anyMatch(one -> one.getId().startsWith("ours-") && one.getPayload().containsKey("round"));
      discovery.unregisterService(own);
      if (hasArrived || i < contest.times() || !hasMet) continue;
      hasArrived = true;
      contest.arrive("done");
    }
    return true;
  }

  private static String[] from(int index, String[] words) {
    return java.util.Arrays.copyOfRange(words, index, words.length);
  }
}
