package dev.heddle.sample;

import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens an answer may have, and which end it. Sets and arrays are not to be changed.
 *
 * @param minTokens as long as an answer has fewer, &ge; 0, no token that ends it is drawn
 * @param stops tokens that end an answer beside the model's end-of-sequence tokens
 * @param allowed nothing else is drawn; null for the whole vocabulary
 * @param badWords runs of tokens, each at least one: the last of a run is not drawn where the
 *     answer ends with the others
 */
public record TokenRules(
    int minTokens, BitSet stops, @Nullable BitSet allowed, List<int[]> badWords) {
  /** Every token may come, and none but the model's own end an answer. */
  public static final TokenRules NONE = new TokenRules(0, new BitSet(), null, List.of());

  public TokenRules {
    badWords = List.copyOf(badWords);
  }

  /** The same with other runs of tokens. */
  public TokenRules withBadWords(List<int[]> runs) {
    return new TokenRules(minTokens, stops, allowed, runs);
  }

  /**
   * Whether there is a token that none of the rules ever forbids, so that one can always be drawn.
   */
  public boolean leaveChoice(int vocabulary, List<Integer> eosTokens) {
    BitSet free = new BitSet(vocabulary);
    if (allowed == null) {
      free.set(0, vocabulary);
    } else {
      free.or(allowed);
    }
    if (minTokens > 0) {
      free.andNot(stops);
      eosTokens.forEach(free::clear);
    }
    badWords.forEach(run -> free.clear(run[run.length - 1]));
    return !free.isEmpty();
  }

  /** Heap that the rules take, in bytes; an upper bound. */
  public long heapBytes() {
    long runs = badWords.stream().mapToLong(run -> 32 + (long) run.length * Integer.BYTES).sum();
    // As given, and as the sampler has it.
    long sets = 2L * (stops.size() + (allowed == null ? 0 : allowed.size())) / Byte.SIZE;
    return runs + sets;
  }
}
