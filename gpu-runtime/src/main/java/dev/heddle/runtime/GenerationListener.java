package dev.heddle.runtime;

/**
 * Is notified of a generation's progress. Called by the step thread: an implementation returns at
 * once, schedules its work elsewhere and never throws. It reads tokens from {@link Generation},
 * which keeps all of them, so a slow reader never slows a step.
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
