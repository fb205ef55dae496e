package dev.heddle.app.api.adapters;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.heddle.format.Digest;
import dev.heddle.registry.adapter.Adapter;
import dev.heddle.registry.adapter.AliasTarget;
import java.util.List;
import java.util.Set;

/**
 * An adapter in a list.
 *
 * @param resident those of the versions its name refers to whose experts are in the slots now
 */
record ListedAdapterView(@JsonUnwrapped AdapterView adapter, List<String> resident) {
  static ListedAdapterView of(Adapter adapter, Set<Digest> residents) {
    return new ListedAdapterView(
        AdapterView.of(adapter),
        adapter.targets().stream()
            .filter(target -> residents.contains(target.digest()))
            .map(AliasTarget::label)
            .toList());
  }
}
