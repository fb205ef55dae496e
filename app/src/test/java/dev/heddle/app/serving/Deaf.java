package dev.heddle.app.serving;

import dev.heddle.runtime.GenerationException;
import dev.heddle.runtime.GenerationListener;

/** Wants to hear nothing. */
final class Deaf implements GenerationListener {
  @Override
  public void onAdmitted() {}

  @Override
  public void onProgress() {}

  @Override
  public void onFinished() {}

  @Override
  public void onFailed(GenerationException failure) {}
}
