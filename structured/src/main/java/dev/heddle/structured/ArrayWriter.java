package dev.heddle.structured;

import java.util.HashMap;
import java.util.Map;

/** Writes arrays into a network: a node for each number of items, and of counted ones. */
final class ArrayWriter {
  private final SchemaWriter schemas;
  private final JsonWriter json;
  private final NetworkBuilder network;
  private final Map<Long, Integer> nodes = new HashMap<>();

  ArrayWriter(SchemaWriter schemas, JsonWriter json) {
    this.schemas = schemas;
    this.json = json;
    this.network = json.network;
  }

  void write(int from, ArraySet set, int to) {
    ArraySet.Counted counted = set.counted();
    int most = counted == null ? 0 : Math.max(counted.min(), counted.max());
    int last = set.max();
    if (last < 0) {
      last = Math.max(Math.max(1, most), Math.max(set.min(), set.prefix().size()));
    }
    network.budget().spend((long) last * (most + 1));
    network.empty(network.after(from, '['), node(0, 0));
    for (int items = 0; items <= last; items++) {
      for (int count = 0; count <= Math.min(items, most); count++) {
        step(set, items, last, count, most);
        if (items >= set.min() && (counted == null || count >= counted.min())) {
          network.bytes(node(items, count), ']', ']', to);
        }
      }
    }
  }

  private void step(ArraySet set, int items, int last, int count, int most) {
    if (items == set.max()) {
      return;
    }
    Conjunction item = set.item(items);
    if (item.isNothing()) {
      return;
    }
    int here = node(items, count);
    int value = items == 0 ? here : json.mark(here, ',');
    int next = Math.min(items + 1, last);
    ArraySet.Counted counted = set.counted();
    if (counted == null) {
      call(value, item, node(next, 0));
      return;
    }
    call(value, item.and(counted.others()), node(next, count));
    if (count < most && (counted.max() < 0 || count < counted.max())) {
      call(value, item.and(counted.what()), node(next, count + 1));
    } else if (counted.max() < 0) {
      call(value, item.and(counted.what()), node(next, count));
    }
  }

  private void call(int from, Conjunction value, int to) {
    if (!value.isNothing()) {
      network.call(from, schemas.rule(value), to);
    }
  }

  private int node(int items, int count) {
    return nodes.computeIfAbsent((long) items << 32 | count, k -> network.node());
  }
}
