package dev.heddle.schedule;

import dev.heddle.format.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The choices of one request: they share a prompt, an adapter and a place in the queue. The
 * scheduler's caller extends it with what it keeps of a request. Step thread only.
 */
public abstract class SequenceGroup {
  private final PrefixCache.Root root;
  private final int[] prompt;
  private final int maxTokens;
  private final int choices;
  private final boolean scoresPrompt;
  private final boolean background;
  private Sequence[] sequences = {};
  long arrival;
  boolean admitted;
  boolean forked;
  int cachedTokens;

  /** Choices that were admitted ahead of it, since there was no room for all of its own. */
  int passed;

  /**
   * @param tenant whose share counts, and whose prefixes may be reused
   * @param adapter null for the base model
   * @param prompt not copied, not changed
   * @param maxTokens most tokens a choice may get
   * @param scoresPrompt every position of the prompt gives a row of logits once
   * @param background it gives way to all that are not, and neither uses nor fills the prefix
   *     cache; it has one choice
   */
  protected SequenceGroup(
      String tenant,
      @Nullable Digest adapter,
      int[] prompt,
      int maxTokens,
      int choices,
      boolean scoresPrompt,
      boolean background) {
    this.root = new PrefixCache.Root(tenant, adapter);
    this.prompt = prompt;
    this.maxTokens = maxTokens;
    this.choices = choices;
    this.scoresPrompt = scoresPrompt;
    this.background = background;
  }

  /** Takes its place in the order of arrival; only now it has sequences. */
  void arrive(long place) {
    arrival = place;
    sequences = new Sequence[choices];
    for (int i = 0; i < choices; i++) {
      sequences[i] = new Sequence(this, i, prompt, maxTokens);
    }
  }

  public String tenant() {
    return root.tenant();
  }

  public @Nullable Digest adapter() {
    return root.adapter();
  }

  public int promptLength() {
    return prompt.length;
  }

  public boolean scoresPrompt() {
    return scoresPrompt;
  }

  public boolean background() {
    return background;
  }

  public int choices() {
    return choices;
  }

  /** One of its sequences; there are none before it is submitted. */
  public Sequence sequence(int choice) {
    return sequences[choice];
  }

  /** Whether it has left the queue. */
  public boolean admitted() {
    return admitted;
  }

  /** Whether its prompt is computed and all its choices are on their way. */
  public boolean forked() {
    return forked;
  }

  /** Tokens of the prompt that the prefix cache held at admission. */
  public int cachedTokens() {
    return cachedTokens;
  }

  /** Whether every choice has ended. */
  public boolean ended() {
    for (Sequence sequence : sequences) {
      if (!sequence.ended()) {
        return false;
      }
    }
    return true;
  }

  PrefixCache.Root root() {
    return root;
  }
}
