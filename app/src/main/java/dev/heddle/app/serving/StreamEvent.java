package dev.heddle.app.serving;

/** What an answer consists of, in the order it comes. */
sealed interface StreamEvent {
  /** Every part of the request has its blocks and its adapter. Once, before any token. */
  record Admitted() implements StreamEvent {}

  /** Tokens of one choice. */
  record Progress(Delta delta) implements StreamEvent {}
}
