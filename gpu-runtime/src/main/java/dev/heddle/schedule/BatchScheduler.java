package dev.heddle.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Says what the next step computes (continuous batching, Orca; chunked prefill, Sarathi, arXiv
 * 2308.16369): first one token of every sequence that decodes, then prompts in chunks, then
 * sequences that had been pre-empted, then new requests, whose turn it is by {@link FairQueue}.
 *
 * <p>A request enters when there are KV blocks for its prompt and rows for all its choices, and its
 * weights are there. One that waits for weights alone is passed by others; one that waits for
 * blocks is not, so it cannot starve. When a decoding sequence needs a block and none is free, the
 * sequence that arrived last gives its blocks up and is computed again later.
 *
 * <p>The choices of a request share the blocks of its prompt; who writes to a shared block first
 * gets a copy. Step thread only; a step without admissions allocates nothing.
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

  /** Both in order of arrival. */
  private final List<Sequence> running = new ArrayList<>();

  private final List<Sequence> preempted = new ArrayList<>();

  /** Choices of admitted groups that have not ended. */
  private int reserved;

  private long arrivals;
  private long preemptions;
  private long prefixHitTokens;

  /**
   * @param maxTokens tokens of a step, &ge; maxSequences
   * @param maxSequences choices in flight
   * @param maxLogits rows of logits of a step, &ge; maxSequences
   */
  public BatchScheduler(
      KvBlockPool pool,
      AdmissionGate gate,
      ToDoubleFunction<String> tenantWeight,
      int maxTokens,
      int maxSequences,
      int maxLogits) {
    this.blocks = new SequenceBlocks(pool);
    this.queue = new FairQueue(tenantWeight);
    this.gate = gate;
    this.maxTokens = maxTokens;
    this.maxSequences = maxSequences;
    this.maxLogits = maxLogits;
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
    group.arrive(++arrivals, blocks.blockTokens());
    queue.add(group);
  }

  /** Fills the plan; an empty one means that nothing can be computed now. */
  public void schedule(StepPlan plan) {
    plan.clear();
    decode(plan);
    for (int i = 0; i < running.size(); i++) {
      if (running.get(i).remaining() > 1) {
        chunk(running.get(i), plan);
      }
    }
    resume(plan);
    if (preempted.isEmpty()) {
      admit(plan);
    }
  }

  /** The plan was computed: its tokens have their KV, full blocks can be found by others. */
  public void computed(StepPlan plan) {
    for (int i = 0; i < plan.size(); i++) {
      Sequence sequence = plan.sequence(i);
      sequence.computed += plan.tokens(i);
      blocks.keepFull(sequence);
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
    blocks.checkIntegrity(running);
    for (Sequence sequence : running) {
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
        reserved == running.size() + preempted.size() + unforked && reserved <= maxSequences,
        reserved + " places are reserved");
  }

  private void decode(StepPlan plan) {
    for (int i = 0; i < running.size(); i++) {
      Sequence sequence = running.get(i);
      if (sequence.remaining() == 1 && room(sequence, plan)) {
        plan.add(sequence, 1, 1);
      }
    }
  }

  /** Makes the next position writable; false if the sequence itself had to give way. */
  private boolean room(Sequence sequence, StepPlan plan) {
    while (!blocks.makeWritable(sequence, plan)) {
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
    while (!preempted.isEmpty()
        && hasRoom(plan)
        && blocks.allocate(preempted.getFirst(), running.size())) {
      Sequence sequence = preempted.removeFirst();
      run(sequence);
      chunk(sequence, plan);
    }
  }

  private void admit(StepPlan plan) {
    queue.rewind();
    for (SequenceGroup group = queue.peek(); group != null && hasRoom(plan); group = queue.peek()) {
      switch (gate.enter(group)) {
        case HELD -> {
          boolean places = reserved + group.choices() <= maxSequences;
          if (!places || !blocks.allocate(group.sequence(0), running.size())) {
            return;
          }
          enter(group, group.sequence(0), plan);
        }
        case WAIT -> queue.pass();
        case REFUSED -> end(group);
      }
    }
  }

  private void enter(SequenceGroup group, Sequence first, StepPlan plan) {
    queue.poll();
    group.admitted = true;
    group.cachedTokens = first.computed;
    reserved += group.choices();
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
      if (sequence.wantsLogits(sequence.computed + count)) {
        if (plan.logitCount() + rows == maxLogits) {
          break;
        }
        rows++;
      }
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
