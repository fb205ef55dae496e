package dev.heddle.runtime;

import dev.heddle.format.model.ModelShape;
import dev.heddle.model.StepBatch;
import dev.heddle.runtime.StepMetrics.Metric;
import dev.heddle.sample.Sampler;
import dev.heddle.sample.TokenLogprobs;
import dev.heddle.schedule.BatchScheduler;
import dev.heddle.schedule.Sequence;
import dev.heddle.schedule.StepPlan;
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

  private final StepModel model;
  private final BatchScheduler scheduler;
  private final Requests requests;
  private final StepMetrics metrics;
  private final RowObserver observer;
  private final boolean[] endsSequence;
  private final float[] logits;
  private final Sampler sampler;
  private final TokenLogprobs scratch;

  StepOutput(
      StepModel model,
      BatchScheduler scheduler,
      Requests requests,
      ModelShape shape,
      StepMetrics metrics,
      RowObserver observer) {
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
    this.logits = new float[shape.vocabulary()];
    this.sampler = new Sampler(shape.vocabulary());
    this.scratch = new TokenLogprobs(shape.vocabulary());
  }

  void deliver(StepBatch batch, StepPlan plan) {
    for (int row = 0; row < batch.logitCount; row++) {
      int token = batch.logitTokens[row];
      Sequence sequence = plan.sequence(batch.sequences[token]);
      ActiveRequest request = (ActiveRequest) sequence.group();
      if (!request.over) {
        try {
          use(row, sequence, request, batch.positions[token]);
        } catch (Throwable e) { // whatever it was, the other rows are not concerned
          log.error("request {} failed", request.request().id(), e);
          requests.fail(request, StepLoop.internal(e));
        }
      }
    }
  }

  private void use(int row, Sequence sequence, ActiveRequest request, int position) {
    model.logits(row, logits);
    observer.row(sequence, position, logits);
    if (position < request.promptLength() - 1) {
      scorePrompt(sequence, request.generation().promptScores(), position);
    } else if (request.request().maxTokens() == 0) {
      for (int choice = 0; choice < request.choices(); choice++) {
        requests.finish(request.sequence(choice), FinishReason.LENGTH);
      }
    } else if (scheduler.fork(request)) {
      for (int choice = 0; choice < request.choices(); choice++) {
        draw(request.sequence(choice), request);
      }
    } else {
      draw(sequence, request);
    }
  }

  private void scorePrompt(Sequence sequence, PromptScores scores, int position) {
    score(scores.scores(), position + 1, sequence.token(position + 1));
    scores.publish(position + 2);
    sequence.scored(position);
  }

  private void draw(Sequence sequence, ActiveRequest request) {
    int choice = sequence.choice();
    ChoiceOutput output = request.generation().choice(choice);
    int token = sampler.sample(logits, request.sampling(choice), sequence.length());
    if (output.scores().wanted()) {
      score(output.scores(), output.count(), token);
    }
    request.sampling(choice).accept(token);
    scheduler.append(sequence, token);
    output.append(token);
    request.generation().tokenCame();
    requests.progressed(request);
    metrics.add(Metric.DECODED, 1);
    if ((endsSequence[token] && !request.request().ignoreEos()) || output.stopAsked()) {
      requests.finish(sequence, FinishReason.STOP);
    } else if (output.count() == request.request().maxTokens()) {
      requests.finish(sequence, FinishReason.LENGTH);
    }
  }

  private void score(TokenScores scores, int index, int token) {
    sampler.score(logits, token, scores.width(), scratch);
    scores.set(
        index,
        scratch.logprob(),
        scratch.alternatives(),
        scratch.alternativeTokens(),
        scratch.alternativeLogprobs());
  }
}
