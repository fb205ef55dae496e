package dev.heddle.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Decides what the next step computes (continuous batching, Orca; chunked prefill, Sarathi, arXiv
 * 2308.16369): first one token of every sequence that decodes, or the several that it has gained
 * without a draw, then prompts in chunks, then sequences that had been pre-empted, then new
 * requests, whose turn it is by {@link FairQueue}.
 *
 * <p>A request enters when there are KV blocks for its prompt and rows for all its choices, and its
 * weights are there. One that waits for weights alone is passed by others; one that waits for
 * blocks is not, so it cannot starve. One with more choices than there are rows left is passed by
 * as many choices as there are rows in all, then by none until it fits. When a decoding sequence
 * needs a block and none is free, the sequence that arrived last gives its blocks up and is
 * computed again later.
 *
 * <p>The choices of a request share the blocks of its prompt; who writes to a shared block first
 * gets a copy.
 *
 * <p>Background requests come last, when {@link BackgroundTurn} says so, with what room a step has
 * left. Any other request that needs blocks or a place takes them from a background sequence, which
 * is queued again and starts from its first token.
 *
 * <p>Scoring a prompt needs a row of logits for each of its tokens; {@link ScoringBudget} bounds
 * how many of them a step takes. Step thread only; a step without admissions allocates nothing.
 */
public final class BatchScheduler {
  /** What a decoded token costs a tenant, in prompt tokens (Sheng et al., section 5). */
  private static final int DECODE_COST = 2;

  private final SequenceBlocks blocks;
  private final FairQueue queue;
  private final AdmissionGate gate;
  private final int maxTokens;
  private final int maxSequences;
  private final int maxLogits;
  private final ScoringBudget scoring;

  /** Both in order of arrival. */
  private final List<Sequence> running = new ArrayList<>();

  private final List<Sequence> preempted = new ArrayList<>();

  /** Background sequences that run, in order of admission; not among the others. */
  private final List<Sequence> background = new ArrayList<>();

  /** Background requests that gave way in this step; they are queued again when it is planned. */
  private final List<SequenceGroup> yielded = new ArrayList<>();

  private final BackgroundTurn turn = new BackgroundTurn();

  /** Choices of admitted groups that have not ended. */
  private int reserved;

  private long arrivals;
  private long preemptions;
  private long prefixHitTokens;

  /**
   * @param maxTokens tokens of a step, &ge; maxSequences
   * @param maxSequences choices in flight
   * @param maxLogits rows of logits of a step, &ge; maxSequences
   * @param rowCost what a row of logits and its score cost, in tokens
   */
  public BatchScheduler(
      KvBlockPool pool,
      AdmissionGate gate,
      ToDoubleFunction<String> tenantWeight,
      int maxTokens,
      int maxSequences,
      int maxLogits,
      double rowCost) {
    this.blocks = new SequenceBlocks(pool);
    this.queue = new FairQueue(tenantWeight);
    this.gate = gate;
    this.maxTokens = maxTokens;
    this.maxSequences = maxSequences;
    this.maxLogits = maxLogits;
    this.scoring = new ScoringBudget(rowCost);
  }

  /** Requests that wait for admission. */
  public int waiting() {
    return queue.size();
  }

  /** Choices in flight, pre-empted ones included. */
  public int reserved() {
    return reserved;
  }

  public int preempted() {
    return preempted.size();
  }

  public long preemptions() {
    return preemptions;
  }

  public long prefixHitTokens() {
    return prefixHitTokens;
  }

  /** Queues a request, which must fit the pool and the sequences when it is alone. */
  public void submit(SequenceGroup group) {
    group.arrive(++arrivals);
    queue.add(group);
  }

  /** Fills the plan; an empty one means that nothing can be computed now. */
  public void schedule(StepPlan plan) {
    plan.clear();
    decode(plan);
    scoring.begin(maxTokens - plan.tokenCount());
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (sequence.remaining() > 1 && !sequence.decodes()) {
        chunk(sequence, plan);
      }
    }
    resume(plan);
    if (preempted.isEmpty()) {
      admit(plan);
    }
    for (int i = 0; i < yielded.size(); i++) {
      queue.add(yielded.get(i));
    }
    yielded.clear();
    if (!background.isEmpty() && turn.comes(plan.tokenCount())) {
      for (int i = 0; i < background.size() && hasRoom(plan); i++) {
        chunk(background.get(i), plan);
      }
    }
  }

  /** The plan was computed: its tokens have their KV, full blocks can be found by others. */
  public void computed(StepPlan plan) {
    for (int i = 0; i < plan.size(); i++) {
      Sequence sequence = plan.sequence(i);
      sequence.advance(plan.tokens(i));
      if (!sequence.group().background()) {
        blocks.keepFull(sequence);
      }
    }
  }

  /**
   * Once the first choice has computed the prompt: the others start from its blocks.
   *
   * @return whether they did; false if that was before
   */
  public boolean fork(SequenceGroup group) {
    if (group.forked) {
      return false;
    }
    group.forked = true;
    Sequence first = group.sequence(0);
    for (int i = 1; i < group.choices(); i++) {
      Sequence other = group.sequence(i);
      blocks.share(first, other);
      run(other);
    }
    return true;
  }

  /** Adds a drawn token to a sequence that runs. */
  public void append(Sequence sequence, int token) {
    sequence.append(token);
    queue.charge(sequence.group().tenant(), DECODE_COST);
  }

  /** Ends one choice, wherever it stands; its blocks are free at once. */
  public void end(Sequence sequence) {
    if (sequence.ended()) {
      return;
    }
    running.remove(sequence);
    preempted.remove(sequence);
    background.remove(sequence);
    blocks.release(sequence);
    sequence.state = Sequence.State.ENDED;
    reserved -= sequence.group().admitted ? 1 : 0;
  }

  /** Ends every choice of a request, queued or admitted. */
  public void end(SequenceGroup group) {
    if (!group.admitted) {
      queue.remove(group);
    }
    for (int i = 0; i < group.choices(); i++) {
      end(group.sequence(i));
    }
  }

  /**
   * Proves that blocks and places balance.
   *
   * @throws IllegalStateException naming what does not
   */
  public void checkIntegrity() {
    List<Sequence> holders = new ArrayList<>(running);
    holders.addAll(background);
    blocks.checkIntegrity(holders);
    for (Sequence sequence : holders) {
      require(sequence.state == Sequence.State.RUNNING, "a sequence runs that should not");
    }
    int unforked = 0;
    for (Sequence sequence : running) {
      unforked += sequence.group().forked ? 0 : waitingChoices(sequence.group());
    }
    for (Sequence sequence : preempted) {
      unforked += sequence.group().forked ? 0 : waitingChoices(sequence.group());
      require(sequence.blocks.size() == 0, "a pre-empted sequence has blocks");
    }
    require(
        reserved == holders.size() + preempted.size() + unforked && reserved <= maxSequences,
        reserved + " places are reserved");
  }

  private void decode(StepPlan plan) {
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      int remaining = sequence.remaining();
      if (remaining == 0 || (remaining > 1 && !sequence.decodes())) {
        continue;
      }
      int others = running.size() - i - 1; // each of which has a token, too
      int count = Math.min(remaining, maxTokens - plan.tokenCount() - others);
      if (room(sequence, count, plan)) {
        plan.add(sequence, count, count == remaining ? 1 : 0);
      }
    }
  }

  /** Makes the next positions writable; false if the sequence itself had to give way. */
  private boolean room(Sequence sequence, int count, StepPlan plan) {
    for (int i = 0; i < count; i++) {
      if (!room(sequence, plan, sequence.computed + i)) {
        return false;
      }
    }
    return true;
  }

  private boolean room(Sequence sequence, StepPlan plan, int position) {
    while (!blocks.makeWritable(sequence, position, plan)) {
      if (yieldBackground()) {
        continue;
      }
      Sequence last = running.getLast();
      preempt(last);
      if (last == sequence) {
        return false;
      }
    }
    return true;
  }

  private void preempt(Sequence sequence) {
    running.remove(sequence);
    blocks.release(sequence);
    sequence.state = Sequence.State.PREEMPTED;
    insertByArrival(preempted, sequence);
    preemptions++;
  }

  private void resume(StepPlan plan) {
    while (!preempted.isEmpty() && hasRoom(plan) && allocate(preempted.getFirst())) {
      Sequence sequence = preempted.removeFirst();
      run(sequence);
      chunk(sequence, plan);
    }
  }

  private void admit(StepPlan plan) {
    SequenceGroup wide = null;
    queue.rewind();
    for (SequenceGroup group = queue.peek(); group != null && hasRoom(plan); group = queue.peek()) {
      switch (gate.enter(group)) {
        case HELD -> {
          if (group.background()) {
            enterBackground(group);
          } else if (!hasPlaces(group)) {
            wide = wide == null ? group : wide;
            if (wide.passed >= maxSequences) {
              return;
            }
            queue.pass();
          } else if (allocate(group.sequence(0))) {
            enter(group, group.sequence(0), plan);
            if (wide != null) {
              wide.passed += group.choices();
            }
          } else {
            return;
          }
        }
        case WAIT -> queue.pass();
        case REFUSED -> end(group);
      }
    }
  }

  /** Blocks for a sequence, if need be those of background sequences. */
  private boolean allocate(Sequence sequence) {
    while (!blocks.allocate(sequence, running.size())) {
      if (!yieldBackground()) {
        return false;
      }
    }
    return true;
  }

  /** Whether there are places for all choices, if need be those of background sequences. */
  private boolean hasPlaces(SequenceGroup group) {
    while (reserved + group.choices() > maxSequences) {
      if (!yieldBackground()) {
        return false;
      }
    }
    return true;
  }

  /** Lets a background request in, or passes it: nobody waits behind it. */
  private void enterBackground(SequenceGroup group) {
    Sequence only = group.sequence(0);
    if (reserved < maxSequences && blocks.allocate(only, running.size())) {
      leaveQueue(group);
      only.state = Sequence.State.RUNNING;
      background.add(only);
    } else {
      queue.pass();
    }
  }

  /** Has the background sequence that came last wait again; false if none runs. */
  private boolean yieldBackground() {
    if (background.isEmpty()) {
      return false;
    }
    Sequence last = background.removeLast();
    blocks.release(last);
    last.state = Sequence.State.WAITING;
    last.group().admitted = false;
    reserved--;
    preemptions++;
    yielded.add(last.group());
    return true;
  }

  /** Takes the request whose turn it is out of the queue. */
  private void leaveQueue(SequenceGroup group) {
    queue.poll();
    group.admitted = true;
    reserved += group.choices();
  }

  private void enter(SequenceGroup group, Sequence first, StepPlan plan) {
    leaveQueue(group);
    group.cachedTokens = first.computed;
    prefixHitTokens += first.computed;
    queue.charge(group.tenant(), first.remaining());
    run(first);
    chunk(first, plan);
  }

  /** Plans as much of a prompt as the step has room for. */
  private void chunk(Sequence sequence, StepPlan plan) {
    int most = Math.min(sequence.remaining(), maxTokens - plan.tokenCount());
    int count = 0;
    int rows = 0;
    while (count < most) {
      int position = sequence.computed + count;
      if (sequence.wantsLogits(position)) {
        if (plan.logitCount() + rows == maxLogits
            || (sequence.scores(position) && !scoring.takeRow())) {
          break;
        }
        rows++;
      }
      scoring.addToken();
      count++;
    }
    if (count > 0) {
      plan.add(sequence, count, rows);
    }
  }

  private void run(Sequence sequence) {
    sequence.state = Sequence.State.RUNNING;
    insertByArrival(running, sequence);
  }

  private boolean hasRoom(StepPlan plan) {
    return plan.tokenCount() < maxTokens && plan.logitCount() < maxLogits;
  }

  private static int waitingChoices(SequenceGroup group) {
    int count = 0;
    for (int i = 0; i < group.choices(); i++) {
      count += group.sequence(i).state == Sequence.State.WAITING ? 1 : 0;
    }
    return count;
  }

  private static void insertByArrival(List<Sequence> list, Sequence sequence) {
    int index = list.size();
    while (index > 0 && cameBefore(sequence, list.get(index - 1))) {
      index--;
    }
    list.add(index, sequence);
  }

  private static boolean cameBefore(Sequence one, Sequence other) {
    long arrival = one.group().arrival;
    long otherArrival = other.group().arrival;
    return arrival == otherArrival ? one.choice() < other.choice() : arrival < otherArrival;
  }

  private static void require(boolean holds, String fault) {
    if (!holds) {
      throw new IllegalStateException(fault);
    }
  }
}
