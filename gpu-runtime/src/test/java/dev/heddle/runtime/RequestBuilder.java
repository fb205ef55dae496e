package dev.heddle.runtime;

import dev.heddle.format.Digest;
import dev.heddle.sample.SamplingParams;
import org.jspecify.annotations.Nullable;

/** Requests that differ in one thing from a plain greedy one of 20 tokens. */
final class RequestBuilder {
  private int[] prompt;
  private String tenant = "tenant";
  private @Nullable Digest adapter;
  private int maxTokens = 20;
  private int choices = 1;
  private int logprobs = -1;
  private int promptLogprobs = -1;
  private SamplingParams sampling = SamplingParams.GREEDY;

  RequestBuilder(int[] prompt) {
    this.prompt = prompt;
  }

  RequestBuilder prompt(int[] value) {
    prompt = value;
    return this;
  }

  RequestBuilder tenant(String value) {
    tenant = value;
    return this;
  }

  RequestBuilder adapter(@Nullable Digest value) {
    adapter = value;
    return this;
  }

  RequestBuilder maxTokens(int value) {
    maxTokens = value;
    return this;
  }

  RequestBuilder choices(int value) {
    choices = value;
    return this;
  }

  RequestBuilder logprobs(int value) {
    logprobs = value;
    return this;
  }

  RequestBuilder promptLogprobs(int value) {
    promptLogprobs = value;
    return this;
  }

  RequestBuilder sampling(SamplingParams value) {
    sampling = value;
    return this;
  }

  GenerationRequest build() {
    return new GenerationRequest(
        "test",
        tenant,
        adapter,
        prompt,
        maxTokens,
        choices,
        true,
        logprobs,
        promptLogprobs,
        sampling);
  }
}
