package dev.heddle.app.serving;

import dev.heddle.format.text.Tokenizer;
import dev.heddle.sample.TokenMask;
import dev.heddle.structured.Constraint;
import dev.heddle.structured.ConstraintCache;
import dev.heddle.structured.Structure;
import dev.heddle.structured.StructureException;
import dev.heddle.structured.StructureLimits;
import dev.heddle.structured.TokenVocabulary;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Compiles what answers must look like for the model's tokenizer, and computes masks ahead of the
 * step thread. Costs nothing until the first request asks. Safe for any thread.
 */
public final class Structures implements AutoCloseable {
  /** Share of the heap that compiled structures and their masks may take. */
  private static final int HEAP_SHARE = 16;

  private static final long MAX_BYTES = 128L << 20;
  private static final int THREADS = 2;

  private final Tokenizer tokenizer;
  private final List<Integer> ends;
  private final ExecutorService ahead =
      Executors.newFixedThreadPool(
          THREADS, Thread.ofPlatform().daemon().name("heddle-grammar-", 0).factory());
  private @Nullable ConstraintCache cache;

  /**
   * @param ends tokens that end an answer
   */
  public Structures(Tokenizer tokenizer, List<Integer> ends) {
    this.tokenizer = tokenizer;
    this.ends = List.copyOf(ends);
  }

  /**
   * A tokenizer's tokens as forms are compiled for them.
   *
   * @param ends tokens that end an answer
   */
  public static TokenVocabulary vocabulary(Tokenizer tokenizer, List<Integer> ends) {
    int size = tokenizer.vocabularySize();
    return TokenVocabulary.of(
        size,
        tokenizer::tokenBytes,
        tokenizer::isSpecial,
        ends.stream().mapToInt(t -> t).filter(t -> t < size).toArray());
  }

  /**
   * Blocks for as long as compiling takes.
   *
   * @throws StructureException naming everything that is wrong
   */
  public Constraint compile(Structure structure) {
    Constraint constraint = cache().get(structure);
    constraint.start().allowed(); // the first mask is at hand when the prompt has been computed
    return constraint;
  }

  /** A mask for the first token of an answer. */
  public TokenMask mask(Constraint constraint) {
    return new GrammarMask(constraint.start(), ahead);
  }

  private synchronized ConstraintCache cache() {
    if (cache == null) {
      long bytes = Math.min(MAX_BYTES, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
      cache = new ConstraintCache(vocabulary(tokenizer, ends), StructureLimits.DEFAULT, bytes);
    }
    return cache;
  }

  @Override
  public void close() {
    ahead.shutdownNow();
  }
}
