package dev.heddle.app.serving;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.speech.SpeechSyntax;
import dev.heddle.registry.access.Scope;
import dev.heddle.runtime.GenerationRequest;
import dev.heddle.structured.Structure;
import dev.heddle.structured.StructureException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes answers ready for the engine: names resolved, text tokenised, lengths checked. */
public final class AnswerFactory {
  /** No vocabulary's longest token is shorter; spares looking at all of it for common prompts. */
  private static final int LEAST_LONGEST_TOKEN = 4;

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
   * @param prefix of the answer's id
   * @throws ApiException if the request cannot be served
   */
  Answer chat(ChatRequest request, Asker asker, String prefix) {
    boolean continued = request.layout().continueFinalMessage();
    AnswerHead head = head(prefix, request.options(), asker, continued);
    ChatPrompts.Prompt prompt = rendered(request, asker);
    ChatPrompts chat = chat();
    head = formed(head.speaking(speech(chat, prompt, request)), request);
    return new Answer(
        head, List.of(prompt(head, 0, prompt.tokens(), prompt.text, request.param(), -1)));
  }

  /** An answer that has to have a form is nothing but that, unless it may call tools. */
  private static SpeechSyntax speech(
      ChatPrompts chat, ChatPrompts.Prompt prompt, ChatRequest request) {
    Form form = request.options().form();
    return form == null || request.tools().areShown()
        ? chat.speech(prompt, request.layout(), request.tools(), form)
        : SpeechSyntax.PLAIN;
  }

  /** The same whose answer calls tools as it has to, and has its form where it does not. */
  private AnswerHead formed(AnswerHead head, ChatRequest request) {
    Form form = request.options().form();
    Tools tools = request.tools();
    if (!tools.areEnforced() && !(tools.areShown() && form != null)) {
      return head;
    }
    Structures structures = served.structures();
    try {
      Structure structure = chat().structure(head.speech(), tools, form, structures);
      return head.with(head.options().withForm(new Form(structure, structures.compile(structure))));
    } catch (StructureException e) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "'tools' cannot be enforced: " + e.getMessage(), "tools");
    }
  }

  /**
   * The prompt of a chat. Blocks for the time that rendering takes.
   *
   * @throws ApiException if it cannot be rendered, or can never fit
   */
  ChatPrompts.Prompt rendered(ChatRequest request, Asker asker) {
    requireCanFit(request);
    ChatPrompts chat = chat();
    requireMayParse(request.parseSpecialTokens(), chat, asker);
    ChatPrompts.Prompt prompt =
        chat.prompt(
            request.messages(), request.parseSpecialTokens(), request.layout(), request.tools());
    requireCanFit(prompt.text.length(), request.param(), cuts(request.options()));
    return prompt;
  }

  private ChatPrompts chat() {
    ChatPrompts chat = served.chat();
    if (chat == null) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "This model has no chat template; use /v1/completions.");
    }
    return chat;
  }

  /** Only an operator's key may let messages write control tokens. */
  private static void requireMayParse(@Nullable Boolean asked, ChatPrompts chat, Asker asker) {
    boolean changes = asked != null && asked && !chat.parsesByDefault();
    if (changes && !asker.caller().may(Scope.ADMIN)) {
      throw new ApiException(
          ErrorCode.INSUFFICIENT_PERMISSIONS,
          "'parse_special_tokens' needs an API key with the scope admin.",
          "parse_special_tokens");
    }
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
                prompt(head, prompts.size(), encode(text, head), text, "prompt", scores);
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
        asker.trace(),
        System.currentTimeMillis() / 1000,
        asker.caller(),
        models.resolve(asker.caller(), options.model(), stickyKey),
        withBadWords(options),
        served.tokenizer(),
        continued,
        SpeechSyntax.PLAIN);
  }

  /**
   * The tokens of a text, as a prompt has them.
   *
   * @throws ApiException if it can never fit
   */
  int[] tokens(String text, boolean specials) {
    requireCanFit(text.length(), "prompt", false);
    return served.tokenizer().encode(text, specials);
  }

  private int[] encode(String text, AnswerHead head) {
    requireCanFit(text.length(), "prompt", cuts(head.options()));
    return served.tokenizer().encode(text, true);
  }

  /** Words that are not to come become tokens that are not to come. */
  private Options withBadWords(Options options) {
    if (options.badWords().isEmpty()) {
      return options;
    }
    List<int[]> runs = new ArrayList<>();
    for (String word : options.badWords()) {
      int[] bare = served.tokenizer().encode(word.stripLeading(), false);
      int[] spaced = served.tokenizer().encode(" " + word.stripLeading(), false);
      if (bare.length == 0) {
        throw new ApiException(
            ErrorCode.INVALID_REQUEST, "'bad_words' has a word of no token.", "bad_words");
      }
      runs.add(bare);
      // Within a text the word may be other tokens than at its beginning.
      if (spaced.length == bare.length && spaced[0] != bare[0]) {
        runs.add(spaced);
      }
    }
    return options.withSampling(
        options.sampling().withRules(options.sampling().rules().withBadWords(runs)));
  }

  /** Every message takes a token at least, and its text is part of the prompt. */
  private void requireCanFit(ChatRequest request) {
    long chars = 0;
    for (Map<String, Object> message : request.messages()) {
      chars += String.valueOf(message.get("content")).length();
    }
    requireCanFit(chars, request.param(), cuts(request.options()));
    int messages = request.messages().size();
    if (messages > served.maxContext() && !cuts(request.options())) {
      throw cannotFit(messages + " messages", request.param());
    }
  }

  /** Tokenising takes time by length: what is too long whatever its tokens is refused before. */
  private void requireCanFit(long chars, String param, boolean cut) {
    if (!cut
        && chars > (long) served.maxContext() * LEAST_LONGEST_TOKEN
        && chars > served.tokenizer().charsMax(served.maxContext())) {
      throw cannotFit(chars + " characters", param);
    }
  }

  private static boolean cuts(Options options) {
    return options.truncatePrompt() != null;
  }

  private ApiException cannotFit(String size, String param) {
    return new ApiException(
        ErrorCode.CONTEXT_LENGTH_EXCEEDED,
        "This model's maximum context length is "
            + served.maxContext()
            + " tokens. However, your "
            + param
            + " have "
            + size
            + ", more than can fit. Please reduce the length of the "
            + param
            + ".",
        param);
  }

  private Answer.Prompt prompt(
      AnswerHead head, int index, int[] all, String text, String param, int echoed) {
    Options options = head.options();
    int[] ids = truncated(all, options);
    if (ids.length == 0) {
      throw new ApiException(
          ErrorCode.INVALID_REQUEST, "'" + param + "' must have at least one token.", param);
    }
    int maxTokens = maxTokens(options, ids.length, param);
    int promptLogprobs = Math.max(echoed, options.promptLogprobs());
    // Without tokens to make, the engine is asked to score the prompt: it must have something to
    // do.
    int scores = maxTokens == 0 ? Math.max(0, promptLogprobs) : promptLogprobs;
    GenerationRequest request =
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
            // Each prompt of a list draws by itself: the one at place i with seed + i.
            options.sampling().withSeed(options.sampling().seed() + index));
    if (options.form() != null) {
      request = request.withGrammar(served.structures().mask(options.form().constraint()));
    }
    return new Answer.Prompt(
        request, ids.length == all.length ? text : served.tokenizer().decode(ids));
  }

  /** The prompt's last tokens, where the request says how many. */
  private int[] truncated(int[] ids, Options options) {
    Integer most = options.truncatePrompt();
    if (most == null) {
      return ids;
    }
    int kept = most < 0 ? Math.max(1, served.maxContext() - answerTokens(options)) : most;
    return ids.length <= kept ? ids : Arrays.copyOfRange(ids, ids.length - kept, ids.length);
  }

  /** What an answer may have where the context does not end sooner. */
  private int answerTokens(Options options) {
    Integer stated = options.maxTokens();
    return stated != null
        ? stated
        : Math.max(defaultMaxTokens, options.sampling().rules().minTokens());
  }

  private int maxTokens(Options options, int promptTokens, String param) {
    int context = served.maxContext();
    Integer stated = options.maxTokens();
    if (stated == null && promptTokens < context) {
      return Math.min(answerTokens(options), context - promptTokens);
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
