package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.runtime.GenerationRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Makes answers ready for the engine: names resolved, text tokenised, lengths checked. */
public final class AnswerFactory {
  private final ModelResolver models;
  private final ServedModel served;
  private final int defaultMaxTokens;

  /**
   * @param defaultMaxTokens tokens of an answer whose request states none; less where the context
   *     ends sooner
   */
  public AnswerFactory(ModelResolver models, ServedModel served, int defaultMaxTokens) {
    this.models = models;
    this.served = served;
    this.defaultMaxTokens = defaultMaxTokens;
  }

  /**
   * Blocks for the time that rendering and tokenising take.
   *
   * @throws ApiException if the request cannot be served
   */
  Answer chat(ChatRequest request, Asker asker) {
    AnswerHead head = head("chatcmpl-", request.options(), asker, false);
    String text = render(request);
    // The template has written every special token that the model expects.
    int[] prompt = served.tokenizer().encode(text, false);
    return new Answer(head, List.of(prompt(head, 0, prompt, text, "messages", -1)));
  }

  /** As {@link #chat}. */
  Answer completion(CompletionRequest request, Asker asker) {
    AnswerHead head = head("cmpl-", request.options(), asker, true);
    boolean scored = request.echo() && request.options().logprobs() >= 0;
    List<Answer.Prompt> prompts = new ArrayList<>();
    for (CompletionRequest.Prompt prompt : request.prompts()) {
      int scores = scored ? request.options().logprobs() : -1;
      prompts.add(
          switch (prompt) {
            case CompletionRequest.Prompt.Text(String text) ->
                prompt(
                    head,
                    prompts.size(),
                    served.tokenizer().encode(text, true),
                    text,
                    "prompt",
                    scores);
            case CompletionRequest.Prompt.Tokens(int[] ids) ->
                prompt(head, prompts.size(), ids, served.tokenizer().decode(ids), "prompt", scores);
          });
    }
    return new Answer(head, prompts);
  }

  private AnswerHead head(String prefix, Options options, Asker asker, boolean continued) {
    String id = prefix + UUID.randomUUID().toString().replace("-", "");
    String stickyKey = asker.stickyKey(options.user(), id);
    return new AnswerHead(
        id,
        asker.requestId(),
        System.currentTimeMillis() / 1000,
        asker.caller(),
        models.resolve(asker.caller(), options.model(), stickyKey),
        options,
        served.tokenizer(),
        continued);
  }

  private String render(ChatRequest request) {
    if (served.template() == null) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "This model has no chat template; use /v1/completions.");
    }
    return served.template().render(request.messages());
  }

  private Answer.Prompt prompt(
      AnswerHead head, int index, int[] ids, String text, String param, int promptLogprobs) {
    if (ids.length == 0) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "'" + param + "' must have at least one token.", param);
    }
    Options options = head.options();
    int maxTokens = maxTokens(options, ids.length, param);
    // Without tokens to make, the engine is asked to score the prompt: it must have something to
    // do.
    int scores = maxTokens == 0 ? Math.max(0, promptLogprobs) : promptLogprobs;
    return new Answer.Prompt(
        new GenerationRequest(
            head.id() + "-" + index,
            head.caller().tenantId().toString(),
            head.adapter(),
            ids,
            maxTokens,
            options.choices(),
            options.ignoreEos(),
            options.logprobs(),
            scores,
            options.sampling()),
        text);
  }

  private int maxTokens(Options options, int promptTokens, String param) {
    int context = served.maxContext();
    Integer stated = options.maxTokens();
    if (stated == null && promptTokens < context) {
      return Math.min(defaultMaxTokens, context - promptTokens);
    }
    if (stated != null && (long) promptTokens + stated <= context) {
      return stated;
    }
    String limit = "This model's maximum context length is " + context + " tokens. However, ";
    String fault =
        stated == null
            ? "your "
                + param
                + " resulted in "
                + promptTokens
                + " tokens. Please reduce the length of the "
                + param
                + "."
            : "you requested "
                + ((long) promptTokens + stated)
                + " tokens ("
                + promptTokens
                + " in the "
                + param
                + ", "
                + stated
                + " in the completion). Please reduce the length of the "
                + param
                + " or completion.";
    throw new ApiException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, limit + fault, param);
  }
}
