package dev.heddle.runtime;

import static dev.heddle.runtime.SimulatedAdapters.mix;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Logprobs;
import dev.heddle.ops.RowMath;
import dev.heddle.sample.Sampler;
import dev.heddle.sample.SamplingState;
import dev.heddle.sample.TokenMask;

/** What {@link SimulatedModel} gives a request that is alone: no blocks, no slots, no batch. */
final class AloneModel {
  private final ModelShape shape;
  private final float[] logits;
  private final Sampler sampler;
  private final Logprobs scores;

  AloneModel(ModelShape shape) {
    this.shape = shape;
    this.logits = new float[shape.vocabulary()];
    this.sampler = new Sampler(shape.vocabulary(), RowMath.SCALAR);
    this.scores = new Logprobs(shape.vocabulary());
  }

  /** Compares every token and score that a request got, and why it ended. */
  void check(SimulatedClient client, SimulatedAdapters adapters) {
    GenerationRequest request = client.generation.request();
    long fingerprint = adapters.fingerprint(request.adapter());
    long hash = checkPrompt(client, fingerprint);
    for (int choice = 0; choice < request.choices(); choice++) {
      SamplingState state =
          SamplingState.of(request.sampling(), request.prompt(), shape.eosTokens());
      TokenMask grammar = request.grammar();
      state = grammar == null ? state : state.with(grammar);
      checkChoice(client, choice, state.forChoice(choice), hash, fingerprint);
    }
  }

  private long checkPrompt(SimulatedClient client, long fingerprint) {
    int[] prompt = client.generation.request().prompt();
    PromptScores prompted = client.generation.promptScores();
    boolean complete = client.finished && !client.cancelled();
    if (complete && client.generation.request().promptLogprobs() >= 0 && prompt.length > 1) {
      assertThat(prompted.count()).as("scores of the prompt").isEqualTo(prompt.length);
    }
    long hash = 0;
    for (int position = 0; position < prompt.length; position++) {
      if (position > 0 && position < prompted.count()) {
        SimulatedModel.logits(hash, logits);
        scores.score(logits, prompt[position], prompted.alternatives(position));
        assertThat(prompted.logprob(position)).as("prompt score").isEqualTo(scores.logprob());
      }
      hash = mix(hash, SimulatedModel.kv(prompt[position], position, fingerprint));
    }
    return hash;
  }

  private void checkChoice(
      SimulatedClient client, int choice, SamplingState state, long hash, long fingerprint) {
    GenerationRequest request = client.generation.request();
    ChoiceOutput output = client.generation.choice(choice);
    FinishReason expected = request.maxTokens() == 0 ? FinishReason.LENGTH : null;
    for (int i = 0; i < output.count(); i++) {
      assertThat(expected).as("nothing follows the end").isNull();
      int position = request.prompt().length + i;
      SimulatedModel.logits(hash, logits);
      int token = sampler.sample(logits, state, position);
      assertThat(output.token(i)).as("token %d of choice %d", i, choice).isEqualTo(token);
      if (request.logprobs() >= 0) {
        scores.score(logits, token, request.logprobs());
        assertThat(output.logprob(i)).isEqualTo(scores.logprob());
        assertThat(output.alternatives(i)).isEqualTo(request.logprobs());
      }
      state.accept(token);
      hash = mix(hash, SimulatedModel.kv(token, position, fingerprint));
      expected = ended(request, token, i + 1);
    }
    if (client.finished && !client.cancelled() && !output.stopAsked()) {
      assertThat(output.finish()).as("why choice %d ended", choice).isEqualTo(expected).isNotNull();
    }
  }

  private FinishReason ended(GenerationRequest request, int token, int count) {
    if (shape.eosTokens().contains(token) && !request.ignoreEos()) {
      return FinishReason.STOP;
    }
    return count == request.maxTokens() ? FinishReason.LENGTH : null;
  }
}
