package dev.heddle.console;

import dev.heddle.console.answers.Violation;
import java.util.List;

/** What the API answered in place of what was asked for. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Problem problem;

  /** Problem details (RFC 9457). */
  record Problem(String title, String detail, String code, List<Violation> violations) {}

  Refusal(int status, Problem problem) {
    super(problem.detail());
    this.status = status;
    this.problem = problem;
  }

  int status() {
    return status;
  }

  String title() {
    return problem.title();
  }

  String detail() {
    return problem.detail();
  }
}
