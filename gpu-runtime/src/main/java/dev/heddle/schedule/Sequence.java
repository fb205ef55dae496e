package dev.heddle.schedule;

import java.util.Arrays;

/**
 * One choice of a request as the scheduler sees it: its tokens, how many of them have their KV in
 * blocks, and which blocks. Step thread only.
 */
public final class Sequence {
  /** Where a sequence stands. */
  enum State {
    /** Has no blocks: its group waits for admission, or for its first choice's prompt. */
    WAITING,
    RUNNING,
    /** Gave up its blocks to others; all it had is computed again. */
    PREEMPTED,
    ENDED
  }

  private final SequenceGroup group;
  private final int choice;
  private final int[] tokens;
  private int length;
  private int scored;

  /** Positions below have been computed once, whether their KV is still there or not. */
  private int reached;

  int computed;
  final BlockTable blocks;
  State state = State.WAITING;

  /** Full blocks that are entries of the prefix cache, and the last one's entry. */
  int chained;

  long chain = PrefixCache.NO_ENTRY;

  Sequence(SequenceGroup group, int choice, int[] prompt, int maxTokens, int blockTokens) {
    this.group = group;
    this.choice = choice;
    this.tokens = Arrays.copyOf(prompt, prompt.length + maxTokens);
    this.length = prompt.length;
    this.blocks = new BlockTable(Math.ceilDiv(tokens.length, blockTokens));
  }

  public SequenceGroup group() {
    return group;
  }

  /** Index among the request's choices. */
  public int choice() {
    return choice;
  }

  /** Tokens of prompt and output so far. */
  public int length() {
    return length;
  }

  /** Tokens from the start whose KV is in {@link #blocks}, less than length while it runs. */
  public int computed() {
    return computed;
  }

  public int token(int position) {
    return tokens[position];
  }

  public BlockTable blocks() {
    return blocks;
  }

  public boolean ended() {
    return state == State.ENDED;
  }

  /** Whether a step that computes this position must give its row of logits. */
  public boolean wantsLogits(int position) {
    return position == length - 1 || scores(position);
  }

  /** Whether the position's logits score the prompt's next token, for the first time. */
  public boolean scores(int position) {
    return choice == 0
        && group.scoresPrompt()
        && position >= scored
        && position < group.promptLength() - 1;
  }

  /** The logits of this position have been used for {@link #scores}. */
  public void scored(int position) {
    scored = position + 1;
  }

  /** Whether the position was computed before, and is only computed again. */
  public boolean isReached(int position) {
    return position < reached;
  }

  /** Tokens more have their KV in the blocks. */
  void advance(int count) {
    computed += count;
    reached = Math.max(reached, computed);
  }

  /** Adds a token that was drawn. */
  void append(int token) {
    tokens[length++] = token;
  }

  int remaining() {
    return length - computed;
  }

  int[] tokens() {
    return tokens;
  }

  /** The prefix cache may be asked: nothing that must be computed itself would be skipped. */
  boolean mayReusePrefix() {
    boolean scored = !group.scoresPrompt() || choice > 0 || this.scored >= group.promptLength() - 1;
    return scored && !group.background();
  }

  /** Forgets all that was computed; the blocks have been given back. */
  void forgetComputed() {
    computed = 0;
    chained = 0;
    chain = PrefixCache.NO_ENTRY;
  }
}
