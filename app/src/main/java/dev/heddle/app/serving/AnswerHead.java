package dev.heddle.app.serving;

import dev.heddle.app.speech.SpeechSyntax;
import dev.heddle.app.tracing.RequestTrace;
import dev.heddle.format.Digest;
import dev.heddle.format.text.StreamingDecoder;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.registry.access.Principal;
import dev.heddle.registry.snapshot.ResolvedModel;
import dev.heddle.registry.snapshot.VersionRef;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an answer before it begins.
 *
 * @param id of the completion, in every chunk of it
 * @param trace of the HTTP request
 * @param created seconds since the epoch
 * @param continued the answer's text goes on from its prompt, rather than being one of its own
 * @param speech what to look for in the answer's text
 */
record AnswerHead(
    String id,
    RequestTrace trace,
    long created,
    Principal caller,
    ResolvedModel model,
    Options options,
    Tokenizer tokenizer,
    boolean continued,
    SpeechSyntax speech) {

  /** The same with something to look for in the answer's text. */
  AnswerHead speaking(SpeechSyntax other) {
    return new AnswerHead(id, trace, created, caller, model, options, tokenizer, continued, other);
  }

  /** The same with other options. */
  AnswerHead with(Options other) {
    return new AnswerHead(id, trace, created, caller, model, other, tokenizer, continued, speech);
  }

  /** Of the HTTP request, in logs. */
  String requestId() {
    return trace.requestId();
  }

  /** The adapter that answers, null for the base model. */
  @Nullable Digest adapter() {
    VersionRef version = model.version();
    return version == null ? null : version.digest();
  }

  /** A decoder for one choice: special tokens have no text. */
  StreamingDecoder newDecoder() {
    return tokenizer.streamingDecoder(true, continued);
  }
}
