package dev.heddle.structured;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Some objects.
 *
 * @param parts each says what every member fulfils
 * @param min fewest members
 * @param max most members, -1 for no bound
 * @param names each takes the name of every member
 * @param witness a member that there must be; null for none
 */
record ObjectSet(
    List<Part> parts,
    Set<String> required,
    int min,
    int max,
    List<TextDfa> names,
    @Nullable Witness witness)
    implements ValueSet {

  static final ObjectSet ALL = new ObjectSet(List.of(), Set.of(), 0, -1, List.of(), null);

  /** Members of a name that the pattern takes. */
  record Pattern(TextDfa names, Conjunction value) {}

  /** A member whose name is one of {@code names} and whose value fulfils something. */
  record Witness(TextDfa names, Conjunction value) {}

  /** What one schema says of members. */
  record Part(Map<String, Conjunction> properties, List<Pattern> patterns, Conjunction others) {
    Conjunction of(String name) {
      Conjunction all = Conjunction.ANYTHING;
      boolean met = false;
      Conjunction own = properties.get(name);
      if (own != null) {
        all = own;
        met = true;
      }
      for (Pattern pattern : patterns) {
        if (pattern.names.matches(name)) {
          all = all.and(pattern.value);
          met = true;
        }
      }
      return met ? all : others;
    }
  }

  static ObjectSet part(Part part) {
    return new ObjectSet(List.of(part), Set.of(), 0, -1, List.of(), null);
  }

  static ObjectSet property(String name, Conjunction value) {
    return part(new Part(Map.of(name, value), List.of(), Conjunction.ANYTHING));
  }

  static ObjectSet requiring(Set<String> names) {
    return new ObjectSet(List.of(), names, 0, -1, List.of(), null);
  }

  static ObjectSet size(int min, int max) {
    return new ObjectSet(List.of(), Set.of(), min, max, List.of(), null);
  }

  static ObjectSet named(TextDfa names) {
    return new ObjectSet(List.of(), Set.of(), 0, -1, List.of(names), null);
  }

  static ObjectSet with(Witness witness) {
    return new ObjectSet(List.of(), Set.of(), 0, -1, List.of(), witness);
  }

  boolean combines(ObjectSet other) {
    return witness == null || other.witness == null || witness.equals(other.witness);
  }

  ObjectSet and(ObjectSet other) {
    Set<String> both = new LinkedHashSet<>(required);
    both.addAll(other.required);
    return new ObjectSet(
        join(parts, other.parts),
        both,
        Math.max(min, other.min),
        StringSet.least(max, other.max),
        join(names, other.names),
        witness == null ? other.witness : witness);
  }

  private static <T> List<T> join(List<T> a, List<T> b) {
    if (b.isEmpty()) {
      return a;
    }
    List<T> all = new ArrayList<>(a);
    b.stream().filter(e -> !all.contains(e)).forEach(all::add);
    return List.copyOf(all);
  }

  /** What a member of that name fulfils. */
  Conjunction of(String name) {
    Conjunction all = Conjunction.ANYTHING;
    for (Part part : parts) {
      all = all.and(part.of(name));
    }
    return names.stream().allMatch(n -> n.matches(name)) ? all : Conjunction.NOTHING;
  }

  /** Names that are written out, in the order of the schemas, and what their members fulfil. */
  Map<String, Conjunction> declared() {
    Map<String, Conjunction> declared = new LinkedHashMap<>();
    for (Part part : parts) {
      part.properties.keySet().forEach(name -> declared.computeIfAbsent(name, this::of));
    }
    required.forEach(name -> declared.computeIfAbsent(name, this::of));
    return declared;
  }

  /** Whether it is known to be empty. */
  @Override
  public boolean isEmpty() {
    return (max >= 0 && (min > max || required.size() > max))
        || required.stream().anyMatch(name -> of(name).isNothing());
  }
}
