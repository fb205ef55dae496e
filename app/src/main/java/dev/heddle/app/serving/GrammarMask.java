package dev.heddle.app.serving;

import dev.heddle.sample.TokenMask;
import dev.heddle.structured.ConstraintState;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The mask of one choice. What the next place allows is computed by another thread while the model
 * runs; a thread that comes for it first computes it itself. Step thread.
 */
final class GrammarMask implements TokenMask {
  private final ConstraintState state;
  private final Executor ahead;
  private @Nullable FutureTask<?> pending;

  GrammarMask(ConstraintState state, Executor ahead) {
    this.state = state;
    this.ahead = ahead;
  }

  @Override
  public long[] allowed() {
    if (pending != null) {
      await(pending);
      pending = null;
    }
    return state.allowed();
  }

  @Override
  public void accept(int token) {
    state.accept(token);
    if (state.isEnded() || state.only() >= 0 || state.isPrepared()) {
      return;
    }
    FutureTask<?> next = new FutureTask<>(state.prepared(), null);
    try {
      ahead.execute(next);
      pending = next;
    } catch (RejectedExecutionException stopping) {
      pending = null; // computed when it is asked for
    }
  }

  /** Runs it if nobody has begun to. */
  private static void await(FutureTask<?> task) {
    task.run();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          task.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a mask could not be computed", e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public int forced() {
    return state.only();
  }

  @Override
  public boolean ended() {
    return state.isEnded();
  }

  @Override
  public TokenMask copy() {
    return new GrammarMask(state.copy(), ahead);
  }
}
