package dev.heddle.runtime;

/**
 * Told of a generation's progress on the step thread: implementations return at once (they schedule
 * work elsewhere) and never throw. Tokens are not handed over but lie in {@link Generation}, which
 * has room for all of them, so a slow reader never slows a step.
 */
public interface GenerationListener {
  /** The request has its blocks and its adapter; tokens will follow. Once, before anything else. */
  void onAdmitted();

  /** New tokens are in {@link Generation}. */
  void onProgress();

  /** Every choice has ended; nothing follows. */
  void onFinished();

  /** The generation failed; what came before it stands, nothing follows. */
  void onFailed(GenerationException failure);
}
