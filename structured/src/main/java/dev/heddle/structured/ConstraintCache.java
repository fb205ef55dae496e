package dev.heddle.structured;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Compiled structures of one tokenizer, the most recently used ones, up to a number of bytes. Safe
 * for any thread; a structure that two threads ask for at once may be compiled twice.
 */
public final class ConstraintCache {
  private final TokenVocabulary vocabulary;
  private final StructureLimits limits;
  private final long maxBytes;
  private final MaskPool masks;
  private final Map<String, Constraint> constraints = new LinkedHashMap<>(16, 0.75f, true);

  /**
   * @param maxBytes heap of what is kept, half of it for masks; a structure in use that is no
   *     longer kept has the states of its limit besides
   */
  public ConstraintCache(TokenVocabulary vocabulary, StructureLimits limits, long maxBytes) {
    this.vocabulary = vocabulary;
    this.limits = limits;
    this.maxBytes = maxBytes / 2;
    this.masks = new MaskPool(maxBytes / 2);
  }

  /**
   * The structure, compiled now if it is not known.
   *
   * @throws StructureException naming everything that is wrong
   */
  public Constraint get(Structure structure) {
    String digest = StructureDigest.of(structure);
    synchronized (constraints) {
      Constraint known = constraints.get(digest);
      if (known != null) {
        evict();
        return known;
      }
    }
    Constraint made = Constraint.compile(structure, vocabulary, limits, masks);
    synchronized (constraints) {
      Constraint first = constraints.putIfAbsent(digest, made);
      evict();
      return first == null ? made : first;
    }
  }

  /** Heap of what is kept, in bytes. */
  public long bytes() {
    synchronized (constraints) {
      return masks.bytes() + constraints.values().stream().mapToLong(Constraint::bytes).sum();
    }
  }

  /** Structures that are kept. */
  public int size() {
    synchronized (constraints) {
      return constraints.size();
    }
  }

  private void evict() {
    long bytes = constraints.values().stream().mapToLong(Constraint::bytes).sum();
    Iterator<Constraint> oldest = constraints.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
  }
}
