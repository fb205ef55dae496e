package dev.heddle.schedule;

/**
 * One choice of a request in the scheduler: its tokens, its KV blocks, and how many of the tokens
 * have their KV there. Step thread only.
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
  private final int[] prompt;
  private final Chunks<int[]> output;
  private int length;
  private int scored;

  /** Positions below have been computed once, whether their KV is still there or not. */
  private int reached;

  int computed;
  final BlockTable blocks = new BlockTable();
  State state = State.WAITING;

  /** Full blocks that are entries of the prefix cache, and the last one's entry. */
  int chained;

  long chain = PrefixCache.NO_ENTRY;

  Sequence(SequenceGroup group, int choice, int[] prompt, int maxTokens) {
    this.group = group;
    this.choice = choice;
    this.prompt = prompt;
    this.output = new Chunks<>(maxTokens, int[]::new);
    this.length = prompt.length;
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

  /** Whether its prompt is computed: what remains are tokens that it has gained. */
  boolean decodes() {
    return computed >= prompt.length;
  }

  /** The token at a position below {@link #length}, of the prompt or of the output. */
  public int token(int position) {
    int index = position - prompt.length;
    return index < 0 ? prompt[position] : output.get(index)[Chunks.offset(index)];
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
    int index = length - prompt.length;
    output.reserve(index)[Chunks.offset(index)] = token;
    length++;
  }

  int remaining() {
    return length - computed;
  }

  /** Fills {@code target} with the tokens from a position on, all of which are there. */
  void copyTokens(int from, int[] target) {
    for (int i = 0; i < target.length; i++) {
      target[i] = token(from + i);
    }
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
