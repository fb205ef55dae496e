package dev.heddle.app.serving;

import dev.heddle.app.tracing.RequestTrace;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;

/**
 * The stages of an answer's way as spans of its request's trace: it waited in the queue, its
 * adapter was loaded meanwhile, its prompts were computed, its tokens were decoded. Names are those
 * of OpenTelemetry's conventions for generative models where there are some.
 */
final class AnswerSpans {
  private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("gen_ai.provider.name");
  private static final AttributeKey<String> MODEL = AttributeKey.stringKey("gen_ai.request.model");
  private static final AttributeKey<String> SERVED =
      AttributeKey.stringKey("gen_ai.response.model");
  private static final AttributeKey<String> ID = AttributeKey.stringKey("gen_ai.response.id");
  private static final AttributeKey<Long> PROMPT =
      AttributeKey.longKey("gen_ai.usage.input_tokens");
  private static final AttributeKey<Long> COMPLETION =
      AttributeKey.longKey("gen_ai.usage.output_tokens");
  private static final AttributeKey<Long> CACHED = AttributeKey.longKey("heddle.cached_tokens");
  private static final AttributeKey<String> TENANT = AttributeKey.stringKey("heddle.tenant");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("heddle.outcome");

  private AnswerSpans() {}

  static void tell(Answer answer, AnswerEnd end) {
    AnswerHead head = answer.head();
    RequestTrace trace = head.trace();
    if (trace.traceId().isEmpty()) {
      return;
    }
    Usage usage = end.usage();
    trace.describe(
        Attributes.builder()
            .put(SYSTEM, "heddle")
            .put(ID, head.id())
            .put(MODEL, head.options().model())
            .put(SERVED, head.model().servedBy())
            .put(TENANT, head.caller().tenant())
            .put(OUTCOME, end.outcome())
            .put(PROMPT, (long) usage.prompt())
            .put(CACHED, (long) usage.cached())
            .put(COMPLETION, (long) usage.completion())
            .build());
    long start = answer.startedNanos();
    stage(trace, "queue", start, start + end.queueNanos());
    if (end.loadNanos() > 0) {
      stage(trace, "adapter load", start, start + end.loadNanos());
    }
    if (end.firstTokenNanos() >= 0) {
      stage(trace, "prefill", start + end.queueNanos(), start + end.firstTokenNanos());
      stage(trace, "decode", start + end.firstTokenNanos(), start + end.totalNanos());
    }
  }

  private static void stage(RequestTrace trace, String name, long from, long to) {
    trace.stage(name, from, Math.max(from, to), Attributes.empty());
  }
}
