package dev.heddle.runtime;

import dev.heddle.format.model.ModelShape;
import dev.heddle.model.StepBatch;
import dev.heddle.model.StepModel;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.sample.DeadEndException;
import dev.heddle.schedule.BatchScheduler;
import dev.heddle.schedule.Sequence;
import dev.heddle.schedule.StepPlan;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of a step's rows of logits: scores of prompts, and tokens of choices, drawn and
 * published. What goes wrong with one row fails its request alone. Step thread only.
 */
final class StepOutput {
  /** Sees every row of logits before it is used. */
  @FunctionalInterface
  interface RowObserver {
    void row(Sequence sequence, int position, float[] logits);
  }

  private static final Logger log = LoggerFactory.getLogger(StepOutput.class);

  /** Most tokens after a drawn one that are taken in the same step. */
  private static final int MOST_FORCED = 32;

  private final StepModel model;
  private final BatchScheduler scheduler;
  private final ActiveRequests requests;
  private final StepMetrics metrics;
  private final @Nullable RowObserver observer;
  private final boolean[] endsSequence;
  private final float[] logits;
  private final Draws draws;
  private final RowsToScore toScore;

  /** Whose tokens are scored, in the order of {@link #toScore}. */
  private final @Nullable ActiveRequest[] scored;

  StepOutput(
      StepModel model,
      BatchScheduler scheduler,
      ActiveRequests requests,
      ModelShape shape,
      StepMetrics metrics,
      RuntimeConfig config,
      @Nullable RowObserver observer) {
    this.model = model;
    this.scheduler = scheduler;
    this.requests = requests;
    this.metrics = metrics;
    this.observer = observer;
    this.endsSequence = new boolean[shape.vocabulary()];
    for (int token : shape.eosTokens()) {
      if (token < endsSequence.length) {
        endsSequence[token] = true;
      }
    }
    this.logits = new float[observer == null ? 0 : shape.vocabulary()];
    this.draws = new Draws(model, shape.vocabulary(), config.maxSequences());
    this.toScore = new RowsToScore(config.logitRows());
    this.scored = new ActiveRequest[config.maxSequences()];
  }

  void deliver(StepBatch batch, StepPlan plan) {
    scorePrompts(batch, plan);
    draw(batch, plan);
    scoreDrawn();
    for (int i = 0; i < draws.count(); i++) {
      Sequence sequence = draws.sequence(i);
      ActiveRequest request = (ActiveRequest) sequence.group();
      if (!request.over) {
        try {
          take(draws.token(i), sequence, request);
          takeForced(sequence, request);
        } catch (Throwable e) { // whatever it was, the other rows are not concerned
          fail(request, e);
        }
      }
    }
    draws.clear();
  }

  /** Lets every choice that has its row of logits draw a token; fails those that cannot. */
  private void draw(StepBatch batch, StepPlan plan) {
    draws.clear();
    for (int row = 0; row < batch.logitCount; row++) {
      int token = batch.logitTokens[row];
      Sequence sequence = plan.sequence(batch.sequences[token]);
      ActiveRequest request = (ActiveRequest) sequence.group();
      if (!request.over && batch.positions[token] >= request.promptLength() - 1) {
        try {
          observe(row, sequence, batch.positions[token]);
          use(row, sequence, request);
        } catch (Throwable e) { // whatever it was, the other rows are not concerned
          fail(request, e);
        }
      }
    }
    if (draws.count() > 0) {
      model.show(draws);
    }
    for (int i = 0; i < draws.count(); i++) {
      Throwable failure = draws.failure(i);
      ActiveRequest request = (ActiveRequest) draws.sequence(i).group();
      if (failure != null && !request.over) {
        fail(request, failure);
      }
    }
  }

  private void fail(ActiveRequest request, Throwable cause) {
    if (cause instanceof DeadEndException e) { // a matter of the request, not of the engine
      requests.fail(
          request,
          new GenerationException(
              GenerationException.Kind.DEAD_END, String.valueOf(e.getMessage()), e));
      return;
    }
    log.error("request {} failed", request.request().id(), cause);
    requests.fail(request, StepLoop.internal(cause));
  }

  /** Shows a row to the observer, which only tests have. */
  private void observe(int row, Sequence sequence, int position) {
    if (observer != null) {
      model.logits(row, logits);
      observer.row(sequence, position, logits);
    }
  }

  // ---- scores of prompts: all rows of the step at once, by the backend

  private void scorePrompts(StepBatch batch, StepPlan plan) {
    toScore.clear();
    for (int row = 0; row < batch.logitCount; row++) {
      int token = batch.logitTokens[row];
      int position = batch.positions[token];
      Sequence sequence = plan.sequence(batch.sequences[token]);
      ActiveRequest request = (ActiveRequest) sequence.group();
      if (!request.over && position < request.promptLength() - 1) {
        observe(row, sequence, position);
        TokenScores scores = request.generation().promptScores().scores();
        toScore.add(row, sequence.token(position + 1), scores, position + 1);
      }
    }
    if (toScore.count() > 0) {
      model.score(toScore);
      for (int i = 0; i < toScore.count(); i++) {
        publish(batch, plan, i);
      }
    }
  }

  private void publish(StepBatch batch, StepPlan plan, int scored) {
    int token = batch.logitTokens[toScore.row(scored)];
    Sequence sequence = plan.sequence(batch.sequences[token]);
    ActiveRequest request = (ActiveRequest) sequence.group();
    if (!request.over) {
      try {
        toScore.require(scored);
        request.generation().promptScores().publish(batch.positions[token] + 2);
        sequence.scored(batch.positions[token]);
      } catch (RuntimeException e) { // the other rows are not concerned
        fail(request, e);
      }
    }
  }

  // ---- tokens

  private void use(int row, Sequence sequence, ActiveRequest request) {
    if (request.request().maxTokens() == 0) {
      for (int choice = 0; choice < request.choices(); choice++) {
        requests.finish(request.sequence(choice), FinishReason.LENGTH);
      }
      return;
    }
    if (scheduler.fork(request)) {
      for (int choice = 0; choice < request.choices(); choice++) {
        draws.add(row, request.sequence(choice));
      }
    } else {
      draws.add(row, sequence);
    }
  }

  /** Scores of what was drawn, where requests want them: all of the step at once. */
  private void scoreDrawn() {
    toScore.clear();
    int wanted = 0;
    for (int i = 0; i < draws.count(); i++) {
      Sequence sequence = draws.sequence(i);
      ActiveRequest request = (ActiveRequest) sequence.group();
      if (!request.over && output(sequence).scores().wanted()) {
        try {
          ChoiceOutput output = output(sequence);
          toScore.add(draws.row(i), draws.token(i), output.scores(), output.count());
          scored[wanted++] = request;
        } catch (Throwable e) { // whatever it was, the other rows are not concerned
          fail(request, e);
        }
      }
    }
    if (wanted == 0) {
      return;
    }
    model.score(toScore);
    for (int i = 0; i < wanted; i++) {
      try {
        toScore.require(i);
      } catch (RuntimeException e) { // the other rows are not concerned
        fail(Objects.requireNonNull(scored[i]), e);
      }
    }
    Arrays.fill(scored, 0, wanted, null);
  }

  private static ChoiceOutput output(Sequence sequence) {
    return ((ActiveRequest) sequence.group()).generation().choice(sequence.choice());
  }

  /** Nothing is drawn where a grammar leaves one token; only its score would need its row. */
  private void takeForced(Sequence sequence, ActiveRequest request) {
    int choice = sequence.choice();
    boolean scored = output(sequence).scores().wanted();
    for (int more = 0; more < MOST_FORCED && !scored && !sequence.ended(); more++) {
      int forced = request.sampling(choice).forced();
      if (forced < 0) {
        return;
      }
      take(forced, sequence, request);
    }
  }

  private void take(int token, Sequence sequence, ActiveRequest request) {
    int choice = sequence.choice();
    ChoiceOutput output = output(sequence);
    request.sampling(choice).accept(token);
    scheduler.append(sequence, token);
    output.append(token);
    request.generation().tokenCame();
    requests.progressed(request);
    metrics.add(Metric.DECODED, 1);
    if ((endsSequence[token] && !request.request().ignoreEos())
        || request.sampling(choice).stops(token)
        || request.sampling(choice).ended()
        || output.stopAsked()) {
      requests.finish(sequence, FinishReason.STOP);
    } else if (output.count() == request.request().maxTokens()) {
      requests.finish(sequence, FinishReason.LENGTH);
    }
  }
}
